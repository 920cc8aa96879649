"""Keeps the index equal to the database."""


def update() -> int:
    """Bring the index up to the newest record versions; how many studies were written to it."""
    raise NotImplementedError


def rebuild() -> int:
    """Make the whole index again and switch to it; how many studies it holds."""
    raise NotImplementedError

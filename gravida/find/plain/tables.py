"""The word tables of this package: TOML files beside it, each read once."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

_HERE = Path(__file__).parent


@cache
def table(name: str) -> dict[str, Any]:
    """The content of NAME.toml; callers read and never change it."""
    with (_HERE / f"{name}.toml").open("rb") as file:
        return tomllib.load(file)


def word_set(name: str, *keys: str) -> frozenset[str]:
    """The words of a text value, parted by spaces."""
    value: Any = table(name)
    for key in keys:
        value = value[key]
    return frozenset(value.split())

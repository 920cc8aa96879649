"""FIND: the public side, from a search to a study page."""

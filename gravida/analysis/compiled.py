"""Compiled loops where numba is installed; the same numbers come from numpy where it is not."""

import os
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from typing import Any, TypeVar

Loop = TypeVar("Loop", bound=Callable[..., Any])


def numba_is_wanted() -> bool:
    """Whether numba is installed and GRAVIDA_NUMBA is not 0."""
    return os.environ.get("GRAVIDA_NUMBA", "1") != "0" and find_spec("numba") is not None


def compiled(loop: Loop) -> Loop:
    """The loop, compiled at its first call.

    Only for loops that have a numpy twin: without numba the caller takes the twin and never this one.
    Nothing is kept on disk unless the operator names a folder in NUMBA_CACHE_DIR; sums keep their order.
    """
    state: dict[str, Callable[..., Any]] = {}

    def first_compiles(*arguments: Any) -> Any:
        if "loop" not in state:
            numba = import_module("numba")
            state["loop"] = numba.njit(cache="NUMBA_CACHE_DIR" in os.environ, fastmath=False)(loop)
        return state["loop"](*arguments)

    return first_compiles  # type: ignore[return-value]

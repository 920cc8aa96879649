"""The parts of the site that are there, of those that might be."""

import importlib
import importlib.util
from collections.abc import Iterable, Iterator
from types import ModuleType


def present(names: Iterable[str]) -> Iterator[ModuleType]:
    """The modules that exist, imported; one that exists and is broken raises."""
    return (importlib.import_module(name) for name in names if _is_there(name))


def _is_there(name: str) -> bool:
    try:
        return importlib.util.find_spec(name) is not None
    except ModuleNotFoundError:
        return False

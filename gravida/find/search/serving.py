"""The index that this process searches: kept open, changed for a newer one, made again when it is broken."""

import logging
import threading
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import connection

from gravida.find.search import upkeep
from gravida.find.search.generation import (
    Generation,
    NoIndex,
    current_folder,
    open_generation,
    remove_leftovers,
    sole_builder,
)

logger = logging.getLogger(__name__)

# A build that fails, or whose files break at once, is not tried again by every visitor.
PAUSE_BETWEEN_REBUILDS = timedelta(seconds=30)
# A folder may be replaced, and removed, between reading its name and opening it.
_ATTEMPTS = 3


class _Open:
    """What this process has open; the fields change under `lock` only."""

    lock = threading.Lock()
    pointer: tuple[str, int, int] | None = None
    generation: Generation | None = None
    builder: threading.Thread | None = None
    builder_began: datetime | None = None


def serving(*, now: datetime) -> Generation | None:
    """The index to search; None while it is made again, which this call begins where it must."""
    root = Path(settings.SEARCH_INDEX)
    with _Open.lock:
        pointer = _stamp(root)
        if _Open.generation and pointer == _Open.pointer and _Open.generation.is_untouched:
            return _Open.generation
        _Open.generation = _Open.pointer = None
        try:
            generation, _Open.pointer = _opened(root)
        except NoIndex as reason:
            _begin_rebuild(reason, now)
            return None
        _Open.generation = generation
        _remove_older(root)
    return generation


def _remove_older(root: Path) -> None:
    """Remove the index that this process has just closed, unless somebody else still reads it."""
    with sole_builder(root, wait=False) as is_ours:
        if is_ours:
            remove_leftovers(root)


def wait_for_rebuild(seconds: float) -> None:
    """Wait until the rebuild begun by this process, if any, has ended."""
    if _Open.builder:
        _Open.builder.join(seconds)


def forget() -> None:
    """Close what this process has open; the next search opens it anew."""
    with _Open.lock:
        _Open.generation = _Open.pointer = _Open.builder_began = None


def _opened(root: Path) -> tuple[Generation, tuple[str, int, int] | None]:
    for _ in range(_ATTEMPTS - 1):
        pointer = _stamp(root)
        try:
            return open_generation(current_folder(root)), pointer
        except NoIndex:
            if _stamp(root) == pointer:
                raise
    return open_generation(current_folder(root)), _stamp(root)


def _stamp(root: Path) -> tuple[str, int, int] | None:
    try:
        told = (root / "current").stat()
    except OSError:
        return None
    return str(root), told.st_ino, told.st_mtime_ns


def _begin_rebuild(reason: NoIndex, now: datetime) -> None:
    is_running = _Open.builder is not None and _Open.builder.is_alive()
    began = _Open.builder_began
    if is_running or (began and timedelta() <= now - began < PAUSE_BETWEEN_REBUILDS):
        return
    logger.warning("search index is made again: %s", reason)
    _Open.builder_began = now
    _Open.builder = threading.Thread(target=_rebuild, name="search-rebuild", daemon=True)
    _Open.builder.start()


def _rebuild() -> None:
    try:
        upkeep.rebuild_unless_another_does()
    finally:
        connection.close()

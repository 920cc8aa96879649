"""The SQLite file, written anew each night, so that what was erased is in no unused part of it.

secure_delete zeroes what is deleted, but when SQLite moves rows between pages it may leave a copy of them in
the unused part of the old page, where nothing reaches it but a rewriting of the whole file. (An incremental
vacuum only gives back pages that are free as a whole.) Texts in such a copy are sealed all the same.
"""

import logging
import secrets
import shutil
from datetime import datetime, timedelta
from pathlib import Path

from django.db import connection
from django.utils import timezone

from gravida.web.leases import give_back_lease, take_lease

log = logging.getLogger("gravida.tasks")

NIGHT = range(2, 5)  # hours of the site's clock
# 300 MB take 1.5 s of CPU, and writers wait as long; a larger file is left to its operator.
LARGEST_BYTES = 500 * 2**20
# The new file passes through the log beside the old one.
FREE_FOR_EACH_BYTE = 3
ONCE_IN = timedelta(hours=20)
_LEASE = "database rewritten"


def rewrite_file(at: datetime) -> bool:
    """Write the file anew, at night and once a night; whether it was done now."""
    file = Path(str(connection.settings_dict["NAME"]))
    if connection.vendor != "sqlite" or connection.in_atomic_block or not file.is_file():
        return False
    if timezone.localtime(at).hour not in NIGHT or not _has_room(file):
        return False
    tonight = secrets.token_hex(8)
    if not take_lease(_LEASE, holder=tonight, length=ONCE_IN):
        return False
    is_done = False
    try:
        _vacuum()
        is_done = True
    finally:
        if not is_done:
            give_back_lease(_LEASE, holder=tonight)
    return True


def _has_room(file: Path) -> bool:
    size = file.stat().st_size
    if size > LARGEST_BYTES:
        log.info("the database file is not rewritten by itself: %d MB", size // 2**20)
        return False
    return shutil.disk_usage(file.parent).free > FREE_FOR_EACH_BYTE * size


def _vacuum() -> None:
    with connection.cursor() as cursor:
        cursor.execute("VACUUM")
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")

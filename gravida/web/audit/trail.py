"""Writing to the trail: one entry for each act, in the same transaction as the act."""

import hashlib
import json
import re
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime

from django.db import connection, models

from gravida.web.audit.models import AuditEntry, AuditHead, AuditPersonal
from gravida.web.people.models import Person

Changes = Mapping[str, tuple[str, str]]
ACTION = re.compile(r"[a-z_]+(\.[a-z_]+)*")
# What may stand in an entry that is about no row: codes, counts, days and instants - no name fits.
CODE = re.compile(r"[a-z0-9_.:/+-]{0,80}|\d{4}-\d{2}-\d{2}T[0-9:.+-]{5,21}")


class OutsideTransaction(Exception):
    """An entry was to be written outside a transaction: the act and its entry must stand or fall together."""


def record(
    *,
    action: str,
    by: Person | None,
    at: datetime,
    about: models.Model | str,
    study: str = "",
    centre: str = "",
    changes: Changes | None = None,
    reason: str = "",
) -> None:
    """Add one entry to the trail, in the caller's transaction.

    Call it after the rows of the act are written: it locks the end of the chain until the transaction
    ends, and whoever waits for a row while holding that lock can make two acts wait for each other.

    `changes`: field -> (old, new). Of a model, a field that its Privacy declares shareable is kept as it is,
    any other as a salted digest. About a word, codes and numbers are kept as they are, all else as a digest.
    `reason` is kept apart, sealed and erasable. OutsideTransaction when there is no transaction;
    ValueError for an action that is no dotted word, a moment without a zone, or a row without a number.
    """
    if not connection.in_atomic_block:
        raise OutsideTransaction(action)
    if not ACTION.fullmatch(action):
        raise ValueError(f"{action!r}: wanted lower-case words with dots, as sign_in.done")
    if at.tzinfo is None:
        raise ValueError(f"{at}: need a moment with its zone")
    salt = secrets.token_hex(16)
    head = _locked_head()
    entry = AuditEntry(
        number=head.number + 1,
        at=at.astimezone(UTC),
        action=action,
        by=by,
        about=reference(about),
        study=study,
        centre=centre,
        changes={
            name: [_kept(about, name, old, salt), _kept(about, name, new, salt)]
            for name, (old, new) in (changes or {}).items()
        },
        reason=salted(reason, salt) if reason else "",
        previous=head.digest,
    )
    entry.digest = digest_of(entry)
    entry.save(force_insert=True)
    AuditPersonal.objects.create(entry=entry, salt=salt, reason=reason)
    AuditHead.objects.filter(pk=head.pk).update(number=entry.number, digest=entry.digest)


def erase(*, about: models.Model | str) -> int:
    """Forget what is personal in every entry about this: salts and reasons go, the entries stay; how many."""
    personal = AuditPersonal.objects.filter(entry__about=reference(about)).exclude(salt="")
    return personal.update(salt="", reason="")


def reference(about: models.Model | str) -> str:
    """How an entry names what it is about, as `people.person:12`."""
    if isinstance(about, str):
        return about
    if about.pk is None:
        raise ValueError(f"{about._meta.label_lower} has no number yet: save it first")
    return f"{about._meta.label_lower}:{about.pk}"


def salted(value: str, salt: str) -> str:
    """Digest of a personal value, 64 hex signs; without the salt it tells nothing."""
    return hashlib.sha256(f"{salt}\0{value}".encode()).hexdigest()


def digest_of(entry: AuditEntry) -> str:
    """The entry's place in the chain: SHA-256 over everything it says and the digest before it."""
    told = [
        entry.number,
        entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        entry.action,
        entry.by_id,
        entry.about,
        entry.study,
        entry.centre,
        entry.changes,
        entry.reason,
        entry.previous,
    ]
    return hashlib.sha256(json.dumps(told, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def _locked_head() -> AuditHead:
    """The end of the chain, held until the transaction ends (SQLite holds the whole file)."""
    AuditHead.objects.bulk_create([AuditHead(pk=1)], ignore_conflicts=True)
    return AuditHead.objects.select_for_update().get(pk=1)


def _kept(about: models.Model | str, name: str, value: str, salt: str) -> str:
    """A value as the entry keeps it: itself where it is nobody's, else `salted:` and a digest."""
    if value == "" or _is_shareable(about, name, value):
        return value.replace("\0", "")
    return f"salted:{salted(value, salt)}"


def _is_shareable(about: models.Model | str, name: str, value: str) -> bool:
    if isinstance(about, str):
        return CODE.fullmatch(value) is not None
    privacy = getattr(about, "Privacy", None)
    return privacy is not None and name in privacy.shareable

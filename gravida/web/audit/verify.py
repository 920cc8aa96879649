"""Whether the trail is whole: every entry in its place and unchanged, the database still refusing changes."""

from dataclasses import dataclass

from django.db import connection

from gravida.web.audit.models import AuditEntry, AuditHead
from gravida.web.audit.trail import digest_of
from gravida.web.audit.triggers import OF_VENDOR

AT_A_TIME = 2000


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What a check of the trail found."""

    entries: int  # read until the end or the first bad one
    digest: str  # of the last good entry: write it down elsewhere, and a later check can ask for it
    bad: int | None = None  # number of the first bad entry
    reason: str = ""  # as a code: changed, missing, not_after, cut, anchor

    @property
    def is_whole(self) -> bool:
        """Whether nothing is wrong."""
        return not self.reason


def verify(*, anchor: tuple[int, str] | None = None) -> Verdict:
    """Read the whole trail; the first bad entry is named.

    `anchor`: a number and the digest it had at an earlier check, kept outside this database; it shows a
    trail that somebody with the database in hand has written anew from there on.
    """
    number, digest = 0, ""
    for entry in AuditEntry.objects.order_by("number").iterator(chunk_size=AT_A_TIME):
        reason = _wrong(entry, after=number, previous=digest, anchor=anchor)
        if reason:
            return Verdict(entries=number, digest=digest, bad=number + 1, reason=reason)
        number, digest = entry.number, entry.digest
    reason = _wrong_at_the_end(number, digest, anchor)
    return Verdict(entries=number, digest=digest, bad=number + 1 if reason else None, reason=reason)


def _wrong(entry: AuditEntry, *, after: int, previous: str, anchor: tuple[int, str] | None) -> str:
    if entry.number != after + 1:
        return "missing"
    if entry.previous != previous:
        return "not_after"
    if entry.digest != digest_of(entry):
        return "changed"
    if anchor and anchor[0] == entry.number and anchor[1] != entry.digest:
        return "anchor"
    return ""


def _wrong_at_the_end(number: int, digest: str, anchor: tuple[int, str] | None) -> str:
    head = AuditHead.objects.filter(pk=1).first()
    expected = (head.number, head.digest) if head else (0, "")
    if expected != (number, digest) or (anchor and anchor[0] > number):
        return "cut"
    return ""


def has_triggers() -> bool:
    """Whether the database still refuses changes of entries by itself."""
    wanted = {
        statement.split()[2]
        for statement in OF_VENDOR[connection.vendor]["CREATE"]
        if "TRIGGER" in statement[:15]
    }
    if connection.vendor == "sqlite":
        question = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    else:
        # A trigger that is switched off (tgenabled D) stands there and does nothing.
        question = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'"
    with connection.cursor() as cursor:
        cursor.execute(question)
        return wanted <= {row[0] for row in cursor.fetchall()}

"""Opening a link with its code: counted first, then looked at, at the same cost whatever is behind it."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import F

from gravida.find.notes import tries
from gravida.find.notes.actions import end
from gravida.find.notes.models import Ending, Share
from gravida.find.notes.sealing import NOTHING, Sealed, digest_of, open_notes
from gravida.find.notes.snapshot import Snapshot, from_bytes


class NothingOpens(Exception):
    """Wrong code, ended link, unknown link: one answer for all."""


@dataclass(frozen=True, kw_only=True)
class Opened:
    """The notes, and until when link and code open them."""

    snapshot: Snapshot
    expires_at: datetime


def open_share(*, token: str, code: str, network: str, at: datetime) -> Opened:
    """The notes behind a link; `code` as `normal_code` gives it. NothingOpens, or TooMany."""
    digest = digest_of(token)
    with tries.counted_try(digest, network=network, at=at) as may_look:
        share = Share.objects.live(at=at).filter(digest=digest).first() if may_look else None
        text = open_notes(_sealed(share) if share else NOTHING, token=token, code=code)
    if share is None or text is None:
        _count_wrong(digest, at=at)
        raise NothingOpens
    _count_opening(share, network=network, at=at)
    return Opened(snapshot=from_bytes(text), expires_at=share.expires_at)


def _sealed(share: Share) -> Sealed:
    return Sealed(
        salt=bytes(share.salt or b""),
        nonce=bytes(share.nonce or b""),
        ciphertext=bytes(share.ciphertext or b""),
    )


def _count_wrong(digest: str, *, at: datetime) -> None:
    """After the last wrong try of its life nothing is left to guess at."""
    if tries.is_spent(digest):
        end(Share.objects.filter(digest=digest), ending=Ending.TRIES, at=at)


def _count_opening(share: Share, *, network: str, at: datetime) -> None:
    """One more opening; NothingOpens when the link ended while its code was looked at."""
    hour = at.replace(minute=0, second=0, microsecond=0)
    with transaction.atomic():
        if (
            not Share.objects.live(at=at)
            .filter(digest=share.digest)
            .update(openings=F("openings") + 1, last_opened_at=hour)
        ):
            raise NothingOpens
        tries.forget_wrong(share.digest, network=network)

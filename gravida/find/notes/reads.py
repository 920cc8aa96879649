"""What a device with its key may read about its links: no word of what they hold."""

from dataclasses import dataclass
from datetime import datetime

from gravida.find.notes.actions import owner_digest
from gravida.find.notes.models import Ending, Share, Tries


@dataclass(frozen=True, kw_only=True)
class SharedLink:
    """A link as its owner sees it; its address is kept nowhere."""

    digest: str
    made_at: datetime
    expires_at: datetime
    ending: Ending
    openings: int
    last_opened_at: datetime | None
    wrong_tries: int

    @property
    def is_live(self) -> bool:
        """Whether link and code open it."""
        return self.ending == Ending.NOT


def links_of(owner_key: str, *, at: datetime) -> tuple[SharedLink, ...]:
    """The links of a device, newest first; empty for an unknown key."""
    shares = list(
        Share.objects.filter(owner__digest=owner_digest(owner_key))
        .defer("salt", "nonce", "ciphertext")
        .order_by("-made_at", "digest")
    )
    wrong = dict(
        Tries.objects.filter(digest__in=[share.digest for share in shares]).values_list("digest", "in_life")
    )
    return tuple(
        SharedLink(
            digest=share.digest,
            made_at=share.made_at,
            expires_at=share.expires_at,
            ending=_ending(share, at=at),
            openings=share.openings,
            last_opened_at=share.last_opened_at,
            wrong_tries=wrong.get(share.digest, 0),
        )
        for share in shares
    )


def _ending(share: Share, *, at: datetime) -> Ending:
    """How it ended; an expired link has ended, whether the worker has come by or not."""
    if share.ended_at is None and share.expires_at <= at:
        return Ending.EXPIRED
    return Ending(share.ending)

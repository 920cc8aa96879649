"""What people do with links: make one, take it back, give it more time, report it. Nobody has an account.

The device that shares holds a key, and whoever has the key may see and end its links. There is no trail of
these acts: rows hold no word of anybody's, and whoever acts is not known to us.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from gravida.find.notes.models import Ending, Owner, Share, ShareQuerySet
from gravida.find.notes.sealing import digest_of, new_link_token, seal_notes
from gravida.find.notes.snapshot import Snapshot, as_bytes
from gravida.web.limits import Limit, spend
from gravida.web.tokens import digest, new_code, normal_code

MOST_LIVE_LINKS = 20
OF_NETWORK_HOUR = Limit("notes links of a network in an hour", 5, timedelta(hours=1))
OF_NETWORK_DAY = Limit("notes links of a network in a day", 20, timedelta(days=1))
OF_SITE = Limit("notes links of the site in a second", 5, timedelta(seconds=1))
LIVES = {
    "hour": timedelta(hours=1),
    "day": timedelta(days=1),
    "week": timedelta(days=7),
    "month": timedelta(days=30),
}
USUAL_LIFE = "week"


class TooManyLinks(Exception):
    """A device has as many live links as it may."""


class MadeBefore(Exception):
    """The same form made its link already; its code was shown then and is kept nowhere."""


class NoSuchLink(Exception):
    """No live link of this device: unknown, another's, or ended."""


@dataclass(frozen=True, kw_only=True)
class NewShare:
    """What is shown once and kept nowhere: the link's token and the code."""

    token: str
    code: str
    expires_at: datetime


def owner_digest(key: str) -> str:
    """What is kept of a device's key."""
    return digest(key, purpose="notes owner")


def share_notes(
    *, snapshot: Snapshot, life: str, owner_key: str, form_key: str, network: str, at: datetime
) -> NewShare:
    """Seal a copy of notes behind a new link. TooManyLinks, MadeBefore, or TooMany of the network."""
    token, code, length = new_link_token(), new_code(), LIVES[life]
    form_digest = digest(form_key, purpose="notes form")
    _refuse_if_any(owner_key, form_digest=form_digest, at=at)
    _spend(network, at=at)
    # After the limits, for it costs; outside of the transaction, which would keep others from writing.
    sealed = seal_notes(as_bytes(snapshot), token=token, code=normal_code(code))
    with transaction.atomic():
        owner = _locked_owner(owner_key, at=at)
        _refuse_if_any(owner_key, form_digest=form_digest, at=at)
        Share.objects.create(
            digest=digest_of(token),
            owner=owner,
            form_digest=form_digest,
            salt=sealed.salt,
            nonce=sealed.nonce,
            ciphertext=sealed.ciphertext,
            made_at=at,
            expires_at=at + length,
        )
    return NewShare(token=token, code=code, expires_at=at + length)


def _refuse_if_any(owner_key: str, *, form_digest: str, at: datetime) -> None:
    """MadeBefore or TooManyLinks, where the device's links give a reason."""
    links = _own(owner_key)
    if links.filter(form_digest=form_digest).exists():
        raise MadeBefore
    if links.live(at=at).count() >= MOST_LIVE_LINKS:
        raise TooManyLinks


def _spend(network: str, *, at: datetime) -> None:
    """Count a link of this network, and of the site in this second: sealing costs 40 ms of a processor."""
    with transaction.atomic():
        spend(OF_NETWORK_HOUR, key=network, at=at)
        spend(OF_NETWORK_DAY, key=network, at=at)
        spend(OF_SITE, key="site", at=at)


def _locked_owner(key: str, *, at: datetime) -> Owner:
    """The device's row, held until the transaction ends, so that twenty links stay twenty."""
    Owner.objects.bulk_create([Owner(digest=owner_digest(key), made_at=at)], ignore_conflicts=True)
    return Owner.objects.select_for_update().get(digest=owner_digest(key))


def end(shares: QuerySet[Share], *, ending: Ending, at: datetime) -> int:
    """End links and delete what they sealed, at once; how many were ended."""
    return shares.filter(ended_at=None).update(
        ended_at=at, ending=ending, ciphertext=None, salt=None, nonce=None
    )


def revoke(*, link: str, owner_key: str, at: datetime) -> None:
    """Take a link back; the next request finds nothing. NoSuchLink where there is none."""
    if not end(_own(owner_key).filter(digest=link), ending=Ending.REVOKED, at=at):
        raise NoSuchLink


def revoke_all(*, owner_key: str, at: datetime) -> int:
    """Take every link of a device back; how many there were."""
    return end(_own(owner_key), ending=Ending.REVOKED, at=at)


def extend(*, link: str, life: str, owner_key: str, at: datetime) -> None:
    """Let a live link open for so long from now. NoSuchLink once it has ended: what it sealed may be gone."""
    if not _own(owner_key).live(at=at).filter(digest=link).update(expires_at=at + LIVES[life]):
        raise NoSuchLink


def report(*, link: str, at: datetime) -> None:
    """Somebody who has opened a link says that it is abused: nobody opens it any more."""
    end(Share.objects.filter(digest=link), ending=Ending.REPORTED, at=at)


def _own(key: str) -> ShareQuerySet:
    return Share.objects.filter(owner__digest=owner_digest(key))

"""Asking for an alert and confirming it: nothing of a known address is touched before she confirms."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from gravida.find.alerts import links, mails
from gravida.find.alerts.erasure import erase_sign_up, erase_subscriber
from gravida.find.alerts.models import Alert, SignUp, Subscriber, Suppressed
from gravida.find.alerts.stored_search import StoredSearch, keep
from gravida.find.alerts.topics import Topics
from gravida.web.limits import Limit, TooMany, spend
from gravida.web.mail import outbox
from gravida.web.mail.address import mailbox_of
from gravida.web.sealed import blind
from gravida.web.tokens import LinkSpent, digest, new_token, redeem_link

_NOBODY = "alerts-sign-up:0"
EMAIL, PAGE, STOP, FORM = "alerts email", "alerts page", "alerts stop", "alerts form"
OF_ADDRESS = Limit("alerts sign-ups of an address", 3, timedelta(days=1))
OF_NETWORK_HOUR = Limit("alerts sign-ups of a network, hour", 10, timedelta(hours=1))
OF_NETWORK_DAY = Limit("alerts sign-ups of a network, day", 30, timedelta(days=1))


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What a form asks for: an address, a study or a search, and how it is to be told."""

    email: str  # normal
    language: str
    frequency: str
    topics: Topics
    study: str = ""  # registry number; empty: the search
    search: StoredSearch | None = None


def ask_for_alert(*, wish: Wish, form_key: str, network: str, at: datetime) -> None:
    """Keep a wish and mail its confirmation; the same for every address, known or not. TooMany for a network.

    An address that is not to be written to, or was given three times today, goes the same way to its end; its
    mail alone is taken back. Neither the answer nor the work done tells which addresses those are.
    """
    with transaction.atomic():
        sign_up = _keep(wish, form_key=form_key, at=at)
        if sign_up is None:
            return
        spend(OF_NETWORK_HOUR, key=network, at=at)
        spend(OF_NETWORK_DAY, key=network, at=at)
        is_for_good = Suppressed.objects.filter(email_blind=sign_up.email_blind, is_for_good=True).exists()
        is_silent = not _is_within_limit(wish.email, at=at) or is_for_good
        SignUp.objects.filter(pk=sign_up.pk).update(is_silent=is_silent)
        mails.confirm(sign_up, at=at)
        outbox.cancel(about=sign_up.about if is_silent else _NOBODY, at=at)


def _keep(wish: Wish, *, form_key: str, at: datetime) -> SignUp | None:
    """The wish as a row; None where this very form was sent before."""
    key = digest(form_key, purpose=FORM)
    topics = wish.topics
    row = SignUp(
        email=wish.email,
        email_blind=email_blind(wish.email),
        form_key=key,
        language=wish.language,
        frequency=wish.frequency,
        study=wish.study,
        search=keep(wish.search) if wish.search else None,
        tells_opening=topics.opening,
        tells_changes=topics.changes,
        tells_results=topics.results,
        tells_new=topics.new,
        made_at=at,
    )
    if SignUp.objects.filter(form_key=key).exists():
        return None
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        # Of several at the same moment the row is one's.
        if SignUp.objects.filter(form_key=key).exists():
            return None
        raise
    return row


def _is_within_limit(email: str, *, at: datetime) -> bool:
    # The day in the key: whether an address was used some days ago costs nothing and saves nothing.
    try:
        spend(OF_ADDRESS, key=f"{mailbox_of(email)} {at:%Y-%m-%d}", at=at)
    except TooMany:
        return False
    return True


def confirm(*, token: str, at: datetime) -> Subscriber:
    """She asked for it: the address is hers, the alert begins. LinkSpent."""
    with transaction.atomic():
        sign_up = sign_up_of(redeem_link(token, purpose=links.CONFIRM, at=at))
        if sign_up is None:
            raise LinkSpent
        subscriber = _subscriber_of(sign_up, at=at)
        topics = {
            "tells_opening": sign_up.tells_opening,
            "tells_changes": sign_up.tells_changes,
            "tells_results": sign_up.tells_results,
            "tells_new": sign_up.tells_new,
        }
        Alert.objects.update_or_create(
            subscriber=subscriber,
            study=sign_up.study,
            search=sign_up.search,
            defaults=topics,
            create_defaults=topics | {"confirmed_at": at},
        )
        Suppressed.objects.filter(email_blind=subscriber.email_blind).delete()
        erase_sign_up(sign_up)
        return subscriber


def refuse(*, token: str, at: datetime) -> None:
    """She did not ask: the address is never written to again, and nothing of it is kept but a keyed hash.

    LinkSpent. An owner who has alerts of her own keeps them: somebody else asked for one more.
    """
    with transaction.atomic():
        sign_up = sign_up_of(redeem_link(token, purpose=links.CONFIRM, at=at))
        if sign_up is None:
            raise LinkSpent
        if not Subscriber.objects.filter(email_blind=sign_up.email_blind).exists():
            suppress(sign_up.email_blind, is_for_good=True, at=at)
        for other in SignUp.objects.filter(email_blind=sign_up.email_blind):
            erase_sign_up(other)


def suppress(blind_address: str, *, is_for_good: bool, at: datetime) -> None:
    """Keep that an address is not to be written to."""
    row = Suppressed(email_blind=blind_address, is_for_good=is_for_good, since=at)
    Suppressed.objects.bulk_create(
        [row], update_conflicts=True, unique_fields=["email_blind"], update_fields=["is_for_good", "since"]
    )


def email_blind(email: str) -> str:
    """The keyed hash by which a normal address is found."""
    return blind(email, purpose=EMAIL)


def sign_up_of(about: str | None) -> SignUp | None:
    """The sign-up that a link is about; None where it is gone."""
    number = (about or "").removeprefix("alerts-sign-up:")
    return SignUp.objects.filter(pk=int(number)).first() if number.isdecimal() else None


def _subscriber_of(sign_up: SignUp, *, at: datetime) -> Subscriber:
    """Her row, made or with what she has just chosen; a pause and a refused mail are over by her own act."""
    page, stop = new_token(), new_token()
    row = Subscriber(
        email=sign_up.email,
        email_blind=sign_up.email_blind,
        language=sign_up.language,
        frequency=sign_up.frequency,
        page_token=page,
        page_digest=digest(page, purpose=PAGE),
        stop_token=stop,
        stop_digest=digest(stop, purpose=STOP),
        made_at=at,
        confirmed_at=at,
    )
    Subscriber.objects.bulk_create([row], ignore_conflicts=True)
    found = Subscriber.objects.select_for_update().get(email_blind=sign_up.email_blind)
    found.language, found.frequency = sign_up.language, sign_up.frequency
    found.confirmed_at, found.asked_at, found.times_asked, found.bounced_at = at, None, 0, None
    found.pause, found.paused_at, found.paused_until = "", None, None
    found.save()
    return found


__all__ = ["Wish", "ask_for_alert", "confirm", "erase_subscriber", "refuse", "suppress"]

"""What people do with their own access: passwords, second factor, recovery codes, other browsers."""

from datetime import datetime

from django.db import transaction

from gravida.web import limits, tokens
from gravida.web.audit import trail
from gravida.web.people import mails, passwords, second_factor, sessions
from gravida.web.people.actions_sign_in import others_end
from gravida.web.people.models import Person, StaffSession
from gravida.web.people.throttle import TOKENS_OF_NETWORK, Origin, spend_code, spend_link, spend_try

Stage, Ending = StaffSession.Stage, StaffSession.Ending


class WrongSecret(Exception):
    """Neither the person's password nor a fresh code: the act is not done."""


class RefusedPassword(Exception):
    """A new password that a guesser would find, or too short; `fault` is a code of words.PASSWORD_FAULT."""

    def __init__(self, fault: str) -> None:
        self.fault = fault
        super().__init__(fault)


def confirm_it_is_them(*, person: Person, secret: str, origin: Origin, at: datetime) -> None:
    """Ask for a secret again before an act of weight: the password or a fresh code. TooMany, WrongSecret."""
    typed = tokens.normal_code(secret)
    if person.has_second_factor and len(typed) == 6 and typed.isdigit():
        spend_code(person=person, origin=origin, at=at)
        try:
            second_factor.check(person, secret, at=at)
        except second_factor.WrongCode as error:
            _record_refusal(person, at=at)
            raise WrongSecret from error
        return
    spend_try(email=person.email, person=person, origin=origin, at=at)
    if not passwords.is_right(secret, person=person):
        _record_refusal(person, at=at)
        raise WrongSecret


@transaction.atomic
def _record_refusal(person: Person, *, at: datetime) -> None:
    trail.record(action="confirmation.failed", by=person, at=at, about=person)


def ask_for_reset(*, email: str, origin: Origin, at: datetime) -> None:
    """Send a link for a new password, if somebody active has the address: the same work if not. TooMany."""
    spend_link(email=email, origin=origin, at=at)
    person = Person.objects.by_email(email)
    with transaction.atomic():
        with transaction.atomic():
            if person is not None and person.is_active:
                mails.send_link(person, purpose=mails.RESET, at=at)
            else:
                # Done and undone, so that the time of the answer tells nobody who works here.
                mails.send_link(_nobody(), purpose=mails.RESET, at=at)
                transaction.set_rollback(True)
        trail.record(
            action="reset.asked", by=None, at=at, about="reset", changes={"email": ("", email[:254])}
        )


def _nobody() -> Person:
    """Somebody who does not exist, to do the same work for."""
    return Person(pk=0, email="nobody@example.invalid", name="Nobody")


def person_of_link(token: str, *, purpose: str, at: datetime) -> Person | None:
    """Whose link this is, without using it; None when it opens nothing any more."""
    named = tokens.look_at_link(token, purpose=purpose, at=at)
    return _named(named) if named else None


def set_password_by_link(*, token: str, purpose: str, password: str, origin: Origin, at: datetime) -> Person:
    """Set a password with a single-use link: every session of the person ends.

    TooMany, LinkSpent; RefusedPassword leaves the link as it was.
    """
    limits.spend(TOKENS_OF_NETWORK, key=origin.network, at=at)
    person = person_of_link(token, purpose=purpose, at=at)
    if person is None:
        raise tokens.LinkSpent
    _refuse_weak(password, person=person)
    with transaction.atomic():
        tokens.redeem_link(token, purpose=purpose, at=at)
        tokens.cancel_links(about=mails.about(person))
        passwords.set_password(person, password)
        sessions.end_all(person, ending=Ending.PASSWORD, at=at)
        trail.record(
            action="password.set",
            by=person,
            at=at,
            about=person,
            changes={"through": ("", purpose.rpartition(".")[2])},
        )
        if purpose == mails.RESET:
            mails.tell_of_change(person, what="password", at=at)
    return person


def change_password(*, session: StaffSession, current: str, new: str, origin: Origin, at: datetime) -> str:
    """Change one's own password: other sessions end, this goes on; the new secret for its cookie.

    TooMany, WrongSecret, RefusedPassword.
    """
    person = session.person
    spend_try(email=person.email, person=person, origin=origin, at=at)
    if not passwords.is_right(current, person=person):
        _record_refusal(person, at=at)
        raise WrongSecret
    _refuse_weak(new, person=person)
    with transaction.atomic():
        passwords.set_password(person, new)
        tokens.cancel_links(about=mails.about(person))
        token = sessions.go_on(session, stage=Stage.FULL, at=at)
        others_end(person, keep=token, ending=Ending.PASSWORD, at=at)
        trail.record(action="password.set", by=person, at=at, about=person)
        mails.tell_of_change(person, what="password", at=at)
    return token


@transaction.atomic
def renew_recovery_codes(*, person: Person, at: datetime) -> list[str]:
    """Ten new codes for paper, shown once; the old ones open nothing any more.

    The view has asked `confirm_it_is_them`.
    """
    codes = second_factor.new_recovery_codes(person)
    trail.record(action="second_factor.codes_renewed", by=person, at=at, about=person)
    mails.tell_of_change(person, what="second_factor", at=at)
    return codes


@transaction.atomic
def change_language(*, person: Person, language: str, by: Person, at: datetime) -> None:
    """Take another language for a person's pages and mails."""
    before, person.language = person.language, language
    person.save(update_fields=["language"])
    trail.record(
        action="person.changed", by=by, at=at, about=person, changes={"language": (before, language)}
    )


@transaction.atomic
def end_other_session(*, session: StaffSession, other: int, at: datetime) -> bool:
    """End one of one's own sessions in another browser; whether there was one."""
    found = StaffSession.objects.open().filter(person=session.person, pk=other).exclude(pk=session.pk).first()
    if found is None or not sessions.end(found, ending=Ending.ENDED_BY_PERSON, at=at):
        return False
    trail.record(action="session.ended", by=session.person, at=at, about=found)
    return True


def _refuse_weak(password: str, *, person: Person) -> None:
    fault = passwords.fault_of(password, person=person)
    if fault:
        raise RefusedPassword(fault)


def _named(about: str) -> Person | None:
    number = about.rpartition(":")[2]
    return Person.objects.active().filter(pk=int(number)).first() if number.isdigit() else None

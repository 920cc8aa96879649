"""Signing in and out: password, second factor, its set-up; each try counted first, each end recorded."""

from datetime import datetime
from typing import NamedTuple

from django.db import transaction

from gravida.web.audit import trail
from gravida.web.people import mails, passwords, second_factor, sessions
from gravida.web.people.models import Person, StaffSession
from gravida.web.people.permissions import needs_second_factor
from gravida.web.people.throttle import Origin, spend_code, spend_try

Stage, Ending = StaffSession.Stage, StaffSession.Ending
NOBODY = "sign_in"  # what an entry is about when no person has the address


class WrongPassword(Exception):
    """Wrong address or password, no password yet, or disabled: one answer for all."""


class Begun(NamedTuple):
    """What a right password gives."""

    person: Person
    token: str  # for the cookie
    stage: StaffSession.Stage


class SetUp(NamedTuple):
    """What the first right code of a new app gives."""

    token: str  # for the cookie
    recovery_codes: list[str]  # shown once


def give_password(*, email: str, password: str, origin: Origin, at: datetime) -> Begun:
    """Begin a sign-in; TooMany before the password is looked at, WrongPassword after."""
    person = Person.objects.by_email(email)
    spend_try(email=email, person=person, origin=origin, at=at)
    is_right = passwords.is_right(password, person=person)
    if person is None or not is_right:
        _record_failure(person, email=email, what="password", at=at)
        raise WrongPassword
    stage = _first_stage(person)
    with transaction.atomic():
        token = sessions.start(person, stage=stage, network=origin.network, browser=origin.browser, at=at)
        if stage == Stage.FULL:
            trail.record(action="sign_in.done", by=person, at=at, about=person)
    return Begun(person, token, stage)


def give_code(*, session: StaffSession, code: str, origin: Origin, at: datetime) -> str:
    """Complete a sign-in with the second factor; the new secret for the cookie. TooMany, WrongCode."""
    person = session.person
    spend_code(person=person, origin=origin, at=at)
    try:
        with transaction.atomic():
            was_on_paper = second_factor.check(person, code, at=at)
            token = sessions.go_on(session, stage=Stage.FULL, at=at)
            how = "recovery_code" if was_on_paper else "app"
            if was_on_paper:
                mails.tell_of_change(person, what="recovery_code", at=at)
            trail.record(
                action="sign_in.done", by=person, at=at, about=person, changes={"second_factor": ("", how)}
            )
    except second_factor.WrongCode:
        _record_failure(person, email=person.email, what="code", at=at)
        raise
    return token


def set_up_second_factor(*, session: StaffSession, code: str, origin: Origin, at: datetime) -> SetUp:
    """Take a new app into use with its first code: other sessions end, this goes on. TooMany, WrongCode."""
    person = session.person
    spend_code(person=person, origin=origin, at=at)
    with transaction.atomic():
        second_factor.confirm(second_factor.begin(person, at=at), code, at=at)
        codes = second_factor.new_recovery_codes(person)
        token = sessions.go_on(session, stage=Stage.FULL, at=at)
        others_end(person, keep=token, ending=Ending.SECOND_FACTOR, at=at)
        trail.record(action="second_factor.set_up", by=person, at=at, about=person)
        if session.stage != Stage.FULL:
            trail.record(action="sign_in.done", by=person, at=at, about=person)
    return SetUp(token, codes)


@transaction.atomic
def sign_out(*, session: StaffSession, at: datetime) -> None:
    """End a session at its person's wish."""
    if sessions.end(session, ending=Ending.SIGNED_OUT, at=at):
        trail.record(action="sign_out.done", by=session.person, at=at, about=session.person)


def others_end(person: Person, *, keep: str, ending: StaffSession.Ending, at: datetime) -> None:
    """End every session of the person but the one with this secret."""
    sessions.end_all(person, ending=ending, at=at, except_session=sessions.find(keep))


def _first_stage(person: Person) -> StaffSession.Stage:
    if person.has_second_factor:
        return Stage.CODE
    return Stage.SET_UP if needs_second_factor(person) else Stage.FULL


@transaction.atomic
def _record_failure(person: Person | None, *, email: str, what: str, at: datetime) -> None:
    """The try is about the person, or about nobody; what was typed stands only as a digest."""
    trail.record(
        action="sign_in.failed",
        by=None,
        at=at,
        about=person or NOBODY,
        changes={"email": ("", email[:254]), "what": ("", what)},
    )

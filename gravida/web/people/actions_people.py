"""What administrators do with other people's access: invite, give and end roles, disable, reset."""

from datetime import datetime
from typing import NamedTuple

from django.db import transaction

from gravida.web import tokens
from gravida.web.audit import trail
from gravida.web.people import mails, second_factor, sessions
from gravida.web.people.models import Membership, Person, StaffSession, normal_email
from gravida.web.people.permissions import forget_memberships
from gravida.web.people.roles import Role

Ending = StaffSession.Ending


class KnownAddress(Exception):
    """Somebody has this address already."""


class LastAdministrator(Exception):
    """The act would leave the site without anybody who can give roles."""


class OwnAccess(Exception):
    """Nobody takes away or gives themselves access: another administrator does it."""


class WrongPlace(Exception):
    """A role where there is none of its kind: administrators are of the site, all others of a study."""


class Place(NamedTuple):
    """Where a role is held: empty study for the whole site, empty centre for all of the study."""

    study: str = ""
    centre: str = ""


class Invited(NamedTuple):
    """A person just invited, and the address of the page where they set their password."""

    person: Person
    link: str


@transaction.atomic
def invite(
    *, email: str, name: str, language: str, role: Role, place: Place, by: Person | None, at: datetime
) -> Invited:
    """Give somebody access: a person, one role, a mail with a single-use link. KnownAddress, WrongPlace."""
    if Person.objects.by_email(email) is not None:
        raise KnownAddress(normal_email(email))
    person = Person(email=email, name=name.strip(), language=language, created_at=at)
    person.set_unusable_password()
    person.save()
    trail.record(action="person.invited", by=by, at=at, about=person)
    give_role(person=person, role=role, place=place, by=by, at=at)
    return Invited(person, mails.send_link(person, purpose=mails.INVITATION, at=at))


@transaction.atomic
def give_role(*, person: Person, role: Role, place: Place, by: Person | None, at: datetime) -> Membership:
    """Give a role: the person's sessions end, so that the next begins with it. OwnAccess, WrongPlace.

    A role that is held already stays as it is.
    """
    if by is not None and by.pk == person.pk:
        raise OwnAccess
    if (role == Role.ADMINISTRATOR) != (place == Place()) or (place.centre and not place.study):
        raise WrongPlace(f"{role} at {place}")
    membership, is_new = Membership.objects.get_or_create(
        person=person,
        study=place.study,
        centre=place.centre,
        role=role,
        ended_at=None,
        defaults={"given_by": by, "given_at": at},
    )
    if is_new:
        _roles_changed(person, at=at)
        _record_role("role.given", membership, by=by, at=at)
    return membership


@transaction.atomic
def end_role(*, membership: Membership, by: Person | None, at: datetime) -> bool:
    """End a role; whether it was still held. OwnAccess, LastAdministrator."""
    if by is not None and by.pk == membership.person_id:
        raise OwnAccess
    _hold_administrators()
    if not Membership.objects.filter(pk=membership.pk, ended_at=None).update(ended_at=at):
        return False
    _refuse_to_lose_the_last(membership.role == Role.ADMINISTRATOR)
    _roles_changed(membership.person, at=at)
    _record_role("role.ended", membership, by=by, at=at)
    return True


@transaction.atomic
def disable(*, person: Person, by: Person | None, at: datetime) -> bool:
    """Take away all access at once: sessions and links end. OwnAccess, LastAdministrator."""
    if by is not None and by.pk == person.pk:
        raise OwnAccess
    _hold_administrators()
    was_administrator = Membership.objects.current().filter(person=person, role=Role.ADMINISTRATOR).exists()
    if not Person.objects.active().filter(pk=person.pk).update(disabled_at=at):
        return False
    _refuse_to_lose_the_last(was_administrator)
    person.disabled_at = at
    forget_memberships(person)
    sessions.end_all(person, ending=Ending.DISABLED, at=at)
    tokens.cancel_links(about=mails.about(person))
    trail.record(action="person.disabled", by=by, at=at, about=person)
    return True


@transaction.atomic
def enable(*, person: Person, by: Person | None, at: datetime) -> bool:
    """Give access back with the roles held before; whether it was away. OwnAccess."""
    if by is not None and by.pk == person.pk:
        raise OwnAccess
    if not Person.objects.filter(pk=person.pk, disabled_at__isnull=False).update(disabled_at=None):
        return False
    person.disabled_at = None
    trail.record(action="person.enabled", by=by, at=at, about=person)
    return True


@transaction.atomic
def send_new_link(*, person: Person, by: Person | None, at: datetime) -> str:
    """Send a link for a first or a new password; its address, for whoever has no mail set up."""
    purpose = mails.RESET if person.has_usable_password() else mails.INVITATION
    trail.record(
        action="person.link_sent",
        by=by,
        at=at,
        about=person,
        changes={"through": ("", purpose.rpartition(".")[2])},
    )
    return mails.send_link(person, purpose=purpose, at=at)


@transaction.atomic
def reset_second_factor(*, person: Person, by: Person | None, at: datetime) -> None:
    """Forget a lost app: sessions end, the next sign-in sets up a new one. OwnAccess."""
    if by is not None and by.pk == person.pk:
        raise OwnAccess
    second_factor.remove(person)
    sessions.end_all(person, ending=Ending.SECOND_FACTOR, at=at)
    trail.record(action="second_factor.reset", by=by, at=at, about=person)
    mails.tell_of_change(person, what="second_factor", at=at)


def _roles_changed(person: Person, *, at: datetime) -> None:
    forget_memberships(person)
    sessions.end_all(person, ending=Ending.ROLES, at=at)


def _record_role(action: str, membership: Membership, *, by: Person | None, at: datetime) -> None:
    given = action == "role.given"
    trail.record(
        action=action,
        by=by,
        at=at,
        about=membership.person,
        study=membership.study,
        centre=membership.centre,
        changes={"role": ("", membership.role) if given else (membership.role, "")},
    )


def _hold_administrators() -> None:
    """Let nobody else end an administrator's access meanwhile: two could each leave the other as the last."""
    list(Membership.objects.current().filter(role=Role.ADMINISTRATOR).select_for_update().order_by("pk"))


def _refuse_to_lose_the_last(was_administrator: bool) -> None:
    left = Membership.objects.current().filter(role=Role.ADMINISTRATOR)
    if was_administrator and not left.exists():
        raise LastAdministrator

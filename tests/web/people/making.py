"""Staff for tests: valid, dull people, and browsers in which they have signed in."""

from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.test import Client
from django.utils import timezone

from gravida.web.people import sessions
from gravida.web.people.models import Membership, Person, SecondFactor, StaffSession
from gravida.web.people.permissions import forget_memberships
from gravida.web.people.roles import Role

WHEN = datetime(2026, 11, 3, 9, 0, tzinfo=UTC)
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"  # noqa: S105 - of nobody's app


def make_person(email: str = "nurse@example.org", *, password: str = "", **fields: Any) -> Person:
    """A person who may sign in; without a password nobody can, save by `browser_of`."""
    person = Person(email=email, **{"name": "Staff Member", "created_at": WHEN, **fields})
    person.set_password(password) if password else person.set_unusable_password()
    person.save()
    return person


def give(person: Person, role: Role, *, study: str = "", centre: str = "") -> Membership:
    """A role, held from now on."""
    forget_memberships(person)
    return Membership.objects.create(person=person, role=role, study=study, centre=centre, given_at=WHEN)


def make_staff(
    role: Role, *, email: str = "", study: str = "NCT05557201", centre: str = "centre-1", **fields: Any
) -> Person:
    """A person with one role and a confirmed second factor; administrators are of the whole site."""
    person = make_person(email or f"{role}@example.org", **fields)
    if role == Role.ADMINISTRATOR:
        give(person, role)
    else:
        give(person, role, study=study, centre=centre)
    with_second_factor(person)
    return person


def with_second_factor(person: Person) -> SecondFactor:
    """An app whose secret is SECRET, confirmed."""
    return SecondFactor.objects.create(person=person, secret=SECRET, made_at=WHEN, confirmed_at=WHEN)


def browser_of(person: Person, *, language: str = "en", **options: Any) -> Client:
    """A browser in which the person has signed in, second factor included, this moment."""
    token = sessions.start(
        person, stage=StaffSession.Stage.FULL, network="127.0.0.1/32", browser="Firefox", at=timezone.now()
    )
    browser = Client(headers={"accept-language": language}, **options)
    browser.cookies[settings.STAFF_COOKIE_NAME] = token
    return browser

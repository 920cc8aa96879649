"""Who may answer the messages of a centre: whom a message can be given to."""

from collections.abc import Iterable

from django.db.models import Q

from gravida.web.people.models import Membership, MembershipQuerySet, Person
from gravida.web.people.roles import PERMISSIONS, Permission

Place = tuple[str, str]  # study number, centre id


def colleagues_at(study: str, centre: str) -> list[Person]:
    """Active people who may answer messages there, by name."""
    return colleagues_at_all([(study, centre)])


def colleagues_at_all(places: Iterable[Place]) -> list[Person]:
    """Active people who may answer messages at each of these places, by name; one query."""
    found: Q = Q()
    for study, centre in set(places):
        there = Q(study__in=("", study), centre__in=("", centre))
        found &= Q(pk__in=_members().filter(there).values("person"))
    return list(Person.objects.active().filter(found).order_by("name", "pk")) if found else []


def _members() -> MembershipQuerySet:
    roles = [role.value for role in PERMISSIONS[Permission.ANSWER_MESSAGES]]
    return Membership.objects.current().filter(role__in=roles)

"""Whether somebody may do something, and where."""

from django.db.models import Q

from gravida.web.people.models import Membership, Person
from gravida.web.people.roles import NEEDS_SECOND_FACTOR, PERMISSIONS, Permission, Role

Places = set[tuple[str, str]]  # study number, centre id; ("", "") the whole site, (study, "") all its centres


def memberships_of(person: Person | None) -> list[Membership]:
    """The roles that a person holds now, read once for each Person object; none for nobody."""
    if person is None or not person.is_active:
        return []
    held: list[Membership] | None = person.__dict__.get("_memberships_now")
    if held is None:
        held = list(Membership.objects.current().filter(person=person))
        person.__dict__["_memberships_now"] = held
    return held


def forget_memberships(person: Person) -> None:
    """Read the roles again at the next question; for whoever has just changed them."""
    person.__dict__.pop("_memberships_now", None)


def roles_of(person: Person | None) -> set[Role]:
    """Every role held anywhere."""
    return {Role(membership.role) for membership in memberships_of(person)}


def may(person: Person | None, permission: Permission, *, study: str, centre: str) -> bool:
    """Whether the person may do this at that centre; `centre` empty asks for all centres of the study."""
    return any(where in ((study, centre), (study, ""), ("", "")) for where in centres_of(person, permission))


def may_somewhere(person: Person | None, permission: Permission) -> bool:
    """Whether the person may do this at any place: what a page as a whole asks."""
    return bool(centres_of(person, permission))


def centres_of(person: Person | None, permission: Permission) -> Places:
    """Where the person may do this: (study number, centre id).

    (study, "") stands for all centres of a study, ("", "") for the whole site.
    """
    return {
        (membership.study, membership.centre)
        for membership in memberships_of(person)
        if Role(membership.role) in PERMISSIONS[permission]
    }


def within(
    person: Person | None, permission: Permission, *, study: str = "study", centre: str = "centre"
) -> Q:
    """The condition that keeps a query to where the person may do this.

    `study` and `centre` name the fields of the query that hold the registry number and the centre's id.
    Somebody who may nowhere gets a condition that nothing meets.
    """
    condition = Q(pk__in=[])
    for number, centre_id in centres_of(person, permission):
        if not number:
            return Q()
        condition |= Q(**{study: number, centre: centre_id}) if centre_id else Q(**{study: number})
    return condition


def needs_second_factor(person: Person) -> bool:
    """Whether a role of this person opens what a password alone must not."""
    return bool(roles_of(person) & NEEDS_SECOND_FACTOR)

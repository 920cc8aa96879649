"""Who may write, and who may approve, the texts of which study."""

from gravida.find.site_studies import site_studies
from gravida.web.people.models import Person
from gravida.web.people.permissions import centres_of, memberships_of
from gravida.web.people.roles import PERMISSIONS, Permission

WRITE, APPROVE = Permission.EDIT_TEXTS, Permission.APPROVE_TEXTS


def may_write(person: Person | None, study: str) -> bool:
    """Whether the person may write about this study (registry number)."""
    return _may(person, WRITE, study)


def may_approve(person: Person | None, study: str) -> bool:
    """Whether the person may approve words about this study; never the own ones, whatever the role."""
    return _may(person, APPROVE, study)


def _may(person: Person | None, permission: Permission, study: str) -> bool:
    """An overview is of the study, not of one centre: whoever may at any of its centres may.

    A study that no folder of this site describes has nobody of its own here: whoever may for any study may.
    """
    studies = {number for number, _centre in centres_of(person, permission)}
    if "" in studies or study in studies:
        return True
    return bool(studies) and study not in site_studies()


def role_of(person: Person, permission: Permission, study: str) -> str:
    """The role in which the person may do this, as the public line names it."""
    held = [one for one in memberships_of(person) if one.role in PERMISSIONS[permission]]
    here = [one for one in held if one.study in ("", study)]
    return (here or held)[0].role if held else ""

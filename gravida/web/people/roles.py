"""Roles of staff, and the one table of what each may do."""

from enum import Enum

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Role(TextChoices):
    """What somebody is in a study, at one of its centres or at all; administrators are of the whole site."""

    ADMINISTRATOR = "administrator", _("Administrator of the site")
    INVESTIGATOR = "investigator", _("Investigator")
    NURSE = "nurse", _("Study nurse or technician")
    EDITOR = "editor", _("Editor of texts")
    RESEARCHER = "researcher", _("Researcher")


class Permission(Enum):
    """One thing that somebody may do."""

    READ_MESSAGES = "read_messages"
    ANSWER_MESSAGES = "answer_messages"
    EXPORT_MESSAGES = "export_messages"
    APPROVE_CONTACTS = "approve_contacts"
    MANAGE_PEOPLE = "manage_people"
    READ_AUDIT = "read_audit"
    EDIT_TEXTS = "edit_texts"
    APPROVE_TEXTS = "approve_texts"
    SEE_MAIL = "see_mail"
    USE_COHORT = "use_cohort"


ADMINISTRATOR, INVESTIGATOR, NURSE, EDITOR, RESEARCHER = (
    Role.ADMINISTRATOR,
    Role.INVESTIGATOR,
    Role.NURSE,
    Role.EDITOR,
    Role.RESEARCHER,
)

# Administrators run the site and its people; they read nobody's message and no woman's record.
PERMISSIONS: dict[Permission, frozenset[Role]] = {
    Permission.READ_MESSAGES: frozenset({INVESTIGATOR, NURSE}),
    Permission.ANSWER_MESSAGES: frozenset({INVESTIGATOR, NURSE}),
    Permission.EXPORT_MESSAGES: frozenset({INVESTIGATOR}),
    Permission.APPROVE_CONTACTS: frozenset({ADMINISTRATOR, INVESTIGATOR}),
    Permission.MANAGE_PEOPLE: frozenset({ADMINISTRATOR}),
    Permission.READ_AUDIT: frozenset({ADMINISTRATOR, INVESTIGATOR}),
    Permission.EDIT_TEXTS: frozenset({INVESTIGATOR, EDITOR}),
    # What the public reads of a study is answered for by an investigator, and never by whoever wrote it.
    Permission.APPROVE_TEXTS: frozenset({INVESTIGATOR}),
    Permission.SEE_MAIL: frozenset({ADMINISTRATOR}),
    Permission.USE_COHORT: frozenset({INVESTIGATOR, NURSE, RESEARCHER}),
}

# A password alone opens neither messages nor cohort data, nor the list of those who may read them.
NEEDS_SECOND_FACTOR: frozenset[Role] = frozenset({ADMINISTRATOR, INVESTIGATOR, NURSE, RESEARCHER})

"""The words for the codes of overviews."""

from django.utils.functional import Promise
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from gravida.find.overviews.states import State
from gravida.web.people.roles import Role

SECTION: dict[str, Promise] = {
    "in_short": _("In short"),
    "what": _("What is studied?"),
    "could_i": _("Could I take part?"),
    "what_would_i_do": _("What would I do?"),
    "risks": _("What are the risks, what could I gain?"),
    "data": _("What happens to my data, and can I say no?"),
    "cost": _("Does it cost anything?"),
    "how_long": _("How long does it last?"),
    "results": _("Will I learn the results?"),
}

STATE: dict[State, Promise] = {
    State.DRAFT: _("draft"),
    State.CHECKED: _("checked by its writer"),
    State.APPROVED: _("approved"),
    State.PUBLISHED: _("published"),
    State.STALE: _("to check again"),
    State.SUPERSEDED: _("replaced"),
    State.WITHDRAWN: _("put away"),
}

LANGUAGE: dict[str, Promise] = {"en": _("English"), "fr": _("French")}

# Of a text that nobody of the study team has confirmed yet.
FOLDER_AUTHOR = "folder"
# Who checked, inside a sentence: "checked by an investigator".
ROLE: dict[str, Promise] = {
    Role.INVESTIGATOR: _("an investigator"),
    Role.EDITOR: _("an editor of texts"),
    Role.NURSE: _("a study nurse or technician"),
    Role.ADMINISTRATOR: _("an administrator of the site"),
    Role.RESEARCHER: _("a researcher"),
    FOLDER_AUTHOR: _("the authors of this study’s folder"),
}


def role(code: str) -> str:
    """A role inside a sentence."""
    found = ROLE.get(code)
    return str(found) if found else _now("a member of the team")

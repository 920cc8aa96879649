"""The words for the codes of overviews."""

from django.utils.functional import Promise
from django.utils.translation import gettext
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
    return str(found) if found else gettext("a member of the team")


PAGE_SECTION: dict[str, Promise] = {
    "overview": _("What is it about?"),
    "questions": _("The eight questions"),
    "eligibility": _("Could I take part?"),
    "self-check": _("The self-check"),
    "description": _("What would happen?"),
    "faq": _("Frequent questions"),
    "contact": _("Get in touch"),
    "details": _("Details"),
}

# What a finding says to a reviewer.
KIND: dict[str, Promise] = {
    "number": _("A number that the record does not name"),
    "age": _("An age that the record does not name"),
    "unit": _("A unit that the record does not name"),
    "comparison": _("A comparison that the record does not make"),
    "negation": _("A “not” that stands otherwise in the record"),
    "and_or": _("“And” or “or” that stands otherwise in the record"),
    "direction": _("More or less: it stands otherwise in the record"),
    "test": _("A test that the record does not name"),
    "drug": _("A medicine that the record does not name"),
    "name": _("A name that the record does not give"),
    "link": _("A link: overviews hold none"),
    "email": _("An e-mail address: overviews hold none"),
    "telephone": _("A telephone number: overviews hold none"),
    "markup": _("Markup: overviews are plain text"),
    "instruction": _("Words that give orders to a machine"),
    "word": _("A word that can hurt"),
    "long": _("A section that is too long"),
}

# Why a text that was asked of a model did not come; "guard_" and a kind: what stood in the answer.
FAILURE: dict[str, Promise] = {
    "silent": _("The endpoint did not answer in time."),
    "broken": _("The connection to the endpoint broke again and again."),
    "status": _("The endpoint answered with an error."),
    "busy": _("The endpoint asks to come back much later."),
    "key": _("The endpoint refused the key: the operator has to look at it."),
    "address": _("Nothing answers at the endpoint’s address: the operator has to look at it."),
    "redirect": _("The endpoint sends us elsewhere, which is not followed."),
    "too_large": _("The answer was far too long."),
    "too_slow": _("The answer took too long in all."),
    "cut": _("The answer broke off in the middle, again and again."),
    "ended_early": _("The model stopped before the end of its answer."),
    "refused": _("The model refused to answer."),
    "not_json": _("The answer was not in the form that such endpoints use."),
    "says_error": _("The endpoint reported an error."),
    "not_in_form": _("The answer was not an overview by section."),
    "nothing_said": _("The answer held no words."),
    "changed_meanwhile": _("Somebody has written a newer version meanwhile, which stays."),
    "gave_up": _("The worker went away three times while it waited."),
    "gone": _("The study or the endpoint is no longer there."),
}


def failure(code: str) -> str:
    """Why a text did not come."""
    if code.startswith("guard_"):
        kind = KIND.get(code.removeprefix("guard_"))
        return gettext("The answer was not kept. %(why)s.") % {"why": kind or code}
    return str(FAILURE.get(code, code))


def section(code: str) -> str:
    """A section of an overview, or of the page."""
    found = SECTION.get(code) or PAGE_SECTION.get(code)
    return str(found) if found else code

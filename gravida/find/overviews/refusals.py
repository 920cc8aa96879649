"""Why an act was not done, in words that say what to do instead."""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _

from gravida.find.overviews import words
from gravida.find.overviews.actions_findings import NoReason, NoSuchFinding
from gravida.find.overviews.actions_jobs import AlreadyAsked, NoEndpoint
from gravida.find.overviews.failures import (
    ChangedMeanwhile,
    NeverApproved,
    NothingSaid,
    NotPlain,
    NotYours,
    OpenFindings,
    OwnWords,
    RecordChanged,
    TooLong,
)
from gravida.find.overviews.states import IllegalStep
from gravida.web.limits import TooMany


def _open(error: Any) -> str:
    return _("Not yet: these are neither mended nor resolved with a reason: %(found)s.") % {
        "found": ", ".join(f"“{one}”" for one in error.found)
    }


def _not_plain(error: Any) -> str:
    return _("Not kept: “%(found)s” in “%(section)s”. %(why)s.") % {
        "found": error.found,
        "section": words.section(error.section),
        "why": words.KIND.get(error.kind, error.kind),
    }


def _too_long(error: Any) -> str:
    told = {"section": words.section(error.section), "found": error.found, "wanted": error.wanted}
    if error.is_words:
        return _("Not kept: “%(section)s” has %(found)s words, at most %(wanted)s fit.") % told
    return _("Not kept: “%(section)s” has %(found)s signs, at most %(wanted)s fit.") % told


def _illegal(error: Any) -> str:
    if error.wanted == "a reason":
        return _("Please give a reason: it is kept beside the step.")
    return _("This cannot be done as things stand now: the text is “%(state)s”.") % {
        "state": words.STATE[error.now]
    }


_WORDS: dict[type[Exception], Callable[[Any], str]] = {
    OpenFindings: _open,
    NotPlain: _not_plain,
    TooLong: _too_long,
    IllegalStep: _illegal,
    OwnWords: lambda _e: _("Somebody else has to approve it: these are your own words."),
    NotYours: lambda _e: _("An investigator of the study has to do this."),
    RecordChanged: lambda _e: _(
        "The registry record has changed since these words were compared with it: save them once more, "
        "then look at what is found."
    ),
    NeverApproved: lambda _e: _("This version was never on the page: begin a draft from it instead."),
    ChangedMeanwhile: lambda _e: _("Somebody was first: this is how it stands now. Nothing was done."),
    NothingSaid: lambda _e: _("There are no words to keep: the record may say too little for this."),
    NoReason: lambda _e: _("Please give a reason: it is kept beside the finding."),
    NoSuchFinding: lambda _e: _("This is no longer found in the text. Nothing was done."),
    NoEndpoint: lambda _e: _("No language model is set up on this site."),
    AlreadyAsked: lambda _e: _("A text is on its way already."),
    TooMany: lambda _e: _("Too many texts were asked for: please try again in an hour."),
}
REFUSALS = tuple(_WORDS)


def in_words(refusal: Exception) -> str:
    """The reason, and what can be done."""
    return _WORDS[type(refusal)](refusal)

"""What the fields of a registry record answer by themselves, in our words; never more than they say."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from gravida.find import words
from gravida.find.record import StudyRecord

PLACES_AT_MOST = 5
NAMES_AT_MOST = 8


@dataclass(frozen=True, kw_only=True)
class Line:
    """A sentence; or names as the registry writes them, in English, whatever the language of the page."""

    text: str
    is_registry_text: bool = False


def record_answer(code: str, record: StudyRecord) -> tuple[Line, ...]:
    """What the record's fields answer to a question; empty where they say nothing."""
    found = _ANSWERS.get(code)
    return tuple(found(record)) if found else ()


def _what(record: StudyRecord) -> Iterator[Line]:
    if record.study_type:
        yield Line(text=f"{words.kind(record)}.")
    yield from _names(record.conditions)


def _could_i(record: StudyRecord) -> Iterator[Line]:
    sex = words.of(words.SEX, record.sex) if record.sex else ""
    who = ", ".join(part for part in (sex, words.ages(record)) if part)
    if who:
        yield Line(text=_("It is for: %(who)s. The full list of conditions stands below.") % {"who": who})


def _what_would_i_do(record: StudyRecord) -> Iterator[Line]:
    places = dict.fromkeys(words.town(place.city, place.country) for place in record.locations)
    known = [place for place in places if place]
    if known:
        yield Line(text=_("Where: %(places)s.") % {"places": "; ".join(known[:PLACES_AT_MOST])})
    if record.interventions:
        yield Line(text=_("The record names this as given or done:"))
        yield from _names(tuple(one.name for one in record.interventions))


def _how_long(record: StudyRecord) -> Iterator[Line]:
    if record.started and record.completed:
        dates = {"start": words.day(record.started), "end": words.day(record.completed)}
        yield Line(text=_("The study as a whole: from %(start)s to %(end)s.") % dates)


def _results(record: StudyRecord) -> Iterator[Line]:
    if record.has_results:
        yield Line(text=_("The registry holds results of this study."))
    elif record.has_results is False:
        yield Line(text=_("The registry holds no results of this study so far."))


def _names(names: tuple[str, ...]) -> Iterator[Line]:
    shown = [name for name in dict.fromkeys(names) if name][:NAMES_AT_MOST]
    if shown:
        yield Line(text=", ".join(shown), is_registry_text=True)


_ANSWERS: dict[str, Callable[[StudyRecord], Iterator[Line]]] = {
    "what": _what,
    "could_i": _could_i,
    "what_would_i_do": _what_would_i_do,
    "how_long": _how_long,
    "results": _results,
}
# Questions that a record's fields answer whole; of the others they tell a part at most.
ANSWERED_WHOLE = frozenset({"what", "could_i"})

"""A record as the guard's source: its sentences, and what its fields say, each read once."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from itertools import pairwise

from gravida.find.criteria import read_criteria
from gravida.find.plain import naming, phrasing
from gravida.find.plain.claims import Claims, claims_of, folded, stems_around, tokens
from gravida.find.plain.quantities import Day, Quantity, days, quantities
from gravida.find.plain.said import main_time_frame
from gravida.find.plain.sentences import Sentence, sentences
from gravida.find.plain.study_facts import StudyFacts, facts_of
from gravida.find.record import PartialDate, StudyRecord


@dataclass(frozen=True)
class SourceSentence:
    """A sentence of the source with its numbers, dates and claims. `is_field`: told by a field."""

    text: str
    is_field: bool = False
    is_exclusion: bool = False  # stands among what rules somebody out

    @cached_property
    def quantities(self) -> tuple[Quantity, ...]:
        return quantities(self.text)

    @cached_property
    def days(self) -> tuple[Day, ...]:
        return tuple(days(self.text))

    @cached_property
    def claims(self) -> Claims:
        return claims_of(self.text)

    def stems_around(self, one: Quantity) -> frozenset[str]:
        """The words near a number of this sentence."""
        return stems_around(self.text, one.start, one.end)


@dataclass(frozen=True)
class Source:
    """Everything a text about a study may draw from."""

    sentences: tuple[SourceSentence, ...]

    @cached_property
    def words(self) -> frozenset[str]:
        """Every word of the source, folded; parts of words joined by hyphens too."""
        found: set[str] = set()
        for one in self.sentences:
            for match in tokens(one.text):
                whole = folded(match[0])
                found.add(whole)
                found.update(part for part in whole.replace("’", "-").replace("'", "-").split("-") if part)
        return frozenset(found)

    @cached_property
    def low_text(self) -> str:
        """All of it in small letters without accents, for names of several words."""
        return "\n".join(folded(line) for one in self.sentences for line in one.text.splitlines())


LONGEST_SENTENCE = 1_500  # signs; what is longer is compared in parts, so that time stays linear


def comparable(text: str) -> Iterator[Sentence]:
    """The sentences of a text; one of more than LONGEST_SENTENCE signs in parts, cut between words."""
    for one in sentences(text):
        begun = 0
        while len(one.text) - begun > LONGEST_SENTENCE:
            space = one.text.rfind(" ", begun + 1, begun + LONGEST_SENTENCE)
            stop = space if space > begun else begun + LONGEST_SENTENCE
            part = one.text[begun:stop]
            yield Sentence(text=part, start=one.start + begun, end=one.start + stop)
            begun = stop
        yield Sentence(text=one.text[begun:], start=one.start + begun, end=one.end)


@lru_cache(maxsize=8)
def source_of(record: StudyRecord, also: tuple[str, ...] = ()) -> Source:
    """The source of a record and of other approved texts."""
    read = [SourceSentence(one.text) for text in (*_texts(record), *also) for one in comparable(text)]
    excluded = {one.text for text in _exclusions(record) for one in comparable(text)}
    read = [replace(one, is_exclusion=True) if one.text in excluded else one for one in read]
    fields = [SourceSentence(text, is_field=True) for text in _fields(record)]
    return Source(sentences=tuple(dict.fromkeys((*read, *fields))))


def _exclusions(record: StudyRecord) -> Iterator[str]:
    """What the record's criteria list as ruling somebody out."""
    for criterion in read_criteria(record.eligibility).exclusion:
        yield criterion.words
        yield from (child.words for child in criterion.children)


def _texts(record: StudyRecord) -> Iterator[str]:
    yield from (record.brief_title, record.official_title, record.brief_summary, record.detailed_description)
    yield from (
        record.eligibility,
        record.study_population,
        record.why_stopped,
        record.acronym,
        record.sponsor,
    )
    yield from (*record.conditions, *record.keywords, *record.collaborators, *record.condition_ancestors)
    for outcome in (*record.primary_outcomes, *record.secondary_outcomes, *record.other_outcomes):
        yield outcome.measure
        yield outcome.description
        yield outcome.time_frame
        if outcome.time_frame:
            yield f"{outcome.measure}, {outcome.time_frame}"
    for intervention in record.interventions:
        yield intervention.name
        yield f"{intervention.name}: {intervention.description}"


# What fields say, in words of both languages, so that a text that says the same shares words with them.
_PEOPLE = (
    "people participants women men patients take part took part planned"
    " personnes participants femmes participent participé prévu"
)
_STATUS = {
    "UNKNOWN": "The registry does not know if it is still open."
    " Le registre ne sait pas si elle est encore ouverte. "
    "Status unknown: not confirmed for two years. Statut inconnu : pas confirmé depuis deux ans.",
    "WITHDRAWN": "Withdrawn before it began: nobody took part."
    " Annulée avant de commencer : personne n’a participé.",
    "NOT_YET_RECRUITING": "It is not open yet. Nobody can join yet. Elle n’est pas encore ouverte."
    " On ne peut pas encore y entrer.",
    "ACTIVE_NOT_RECRUITING": "It takes nobody new; it no longer takes people. Elle ne prend plus personne.",
}
_OBSERVATIONAL = (
    "No treatment is tested. No drug is tested. No new treatment is given. It does not test a treatment.",
    "Aucun traitement n’est testé. Aucun médicament n’est testé. Aucun nouveau traitement n’est donné.",
    "Nothing is added to usual care. Taking part brings no treatment. Do not expect a new treatment from it.",
    "L’étude ne teste pas de traitement. N’en attendez pas un nouveau traitement.",
)
_RIGHTS = (
    "It cannot promise that it will help you. Elle ne peut pas promettre de vous aider.",
    "Nobody can join this study. Nobody new can join while it is on hold. On ne peut pas y entrer."
    " On ne peut plus y entrer. On ne peut pas y entrer pendant la pause.",
)


def _fields(record: StudyRecord) -> Iterator[str]:
    facts = facts_of(record)
    if record.enrolment is not None:
        yield f"{record.enrolment} {_PEOPLE}"
    yield from _ages(record)
    for phase in record.phases:
        number = phase[-1:]
        yield f"Phase {number} study test étude test."
    if len(record.phases) > 1:
        yield (
            "Phases "
            + " and ".join(phase[-1:] for phase in record.phases)
            + " study test, étude, premier test et sécurité."
        )
    if frame := main_time_frame(record):
        yield f"Main result measured within {frame}; résultat principal mesuré sur une durée."
    yield from _dates(record)
    yield from _places(record)
    yield from _of_table(_STATUS, record.status)
    yield from _kind_of_study(facts)
    yield from _said_of_groups(record)
    yield from _plain_names(record)


def _kind_of_study(facts: StudyFacts) -> Iterator[str]:
    if facts.is_access:
        yield "This is not a study. Ce n’est pas une étude."
    promises = _OBSERVATIONAL if facts.is_observational else _RIGHTS[:1]
    closed = _RIGHTS[1:] if facts.is_closed else ()
    yield from (one for text in (*promises, *closed) for one in text.split(". "))


def _of_table(said: dict[str, str], code: str) -> Iterator[str]:
    yield from (one for one in said.get(code, "").split(". ") if one)


def _said_of_groups(record: StudyRecord) -> Iterator[str]:
    facts = facts_of(record)
    if facts.has_placebo:
        yield "The placebo holds no drug and looks the same."
        yield "Le placebo ne contient pas de médicament et a le même aspect."
    if facts.is_one_group:
        yield "There is one group only. Il n’y a qu’un groupe."
    if facts.is_blind or facts.is_partly_blind:
        yield "They do not know who gets what treatment."
        yield "Ils ne savent pas qui reçoit quoi, quel traitement est donné."
    if record.healthy_volunteers is False:
        yield "It does not take healthy volunteers."
        yield "Elle ne prend pas de volontaires en bonne santé."
    if record.has_results is False:
        yield "The registry holds no results, no results are posted yet."
        yield "Le registre ne contient pas encore de résultats, aucun résultat."


def _ages(record: StudyRecord) -> Iterator[str]:
    low, high = (phrasing.span(age, "en") for age in (record.minimum_age, record.maximum_age))
    people = (
        "aged, old, you, people women men girls boys adults children, "
        "âge, avez, femmes hommes filles garçons adultes enfants"
    )
    if low:
        yield f"At least {low} of age: {people}"
    if high:
        yield f"Up to {high} of age: {people}"
    if low and low == high:
        yield f"{low} old children enfants adults adultes: {people}"


def _dates(record: StudyRecord) -> Iterator[str]:
    named: tuple[tuple[str, PartialDate | None], ...] = (
        ("Begins, began, start; commence", record.started),
        ("Ends, ended; se termine", record.completed),
        ("Main results by; résultats principaux", record.primary_completed),
        ("Updated, last changed; mis à jour", record.updated),
        ("First posted; publié", record.first_posted),
        ("Checked; vérifié", record.verified),
    )
    yield from (f"{words}: {date.text}" for words, date in named if date)


def _places(record: StudyRecord) -> Iterator[str]:
    places = "places locations sites centers centres hospitals, planned, takes place, prévue, lieu"
    yield f"{len(record.locations)} {places}."
    countries = naming.countries(record)
    yield f"{len(countries)} countries, pays, planned, takes place, prévue, lieu."
    for name in countries:
        yield f"{name}, {naming.country(name, 'en')}, {naming.country(name, 'fr')}"
    towns = dict.fromkeys(f"{one.facility}, {one.city}, {one.state}" for one in record.locations)
    yield from towns


def _plain_names(record: StudyRecord) -> Iterable[str]:
    """The plain words that our tables give for the record's conditions and interventions."""
    told: list[str] = []
    for language in naming.LANGUAGES:
        joined = {"en": " and ", "fr": " et "}[language]
        for names, chosen in (
            (naming.all_conditions(record, language), naming.condition_names(record, language)),
            (naming.all_interventions(record, language), naming.intervention_names(record, language)),
        ):
            each = list(dict.fromkeys(name.text for name in names))
            # A list names them together, in the record's order.
            together = (*pairwise(each[:20]), *pairwise([name.text for name in chosen]))
            told += [*each, *(joined.join(pair) for pair in together)]
            told += [f"{name.text} and other conditions, et d’autres maladies" for name in chosen]
    return dict.fromkeys(told)


def sources(record: StudyRecord, also: Sequence[str]) -> Source:
    """The same for any sequence of other texts."""
    return source_of(record, tuple(also))

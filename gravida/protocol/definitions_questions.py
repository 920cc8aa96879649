"""What would settle an open answer: which item of which pregnancy or transfer, and whether it is enough."""

from collections.abc import Iterable, Sequence
from enum import Enum
from functools import lru_cache

from msgspec import Struct

from gravida.protocol.definitions import (
    BREAKER,
    LOSS,
    NEUTRAL,
    Definition,
    Stance,
)
from gravida.protocol.definitions_runs import (
    Place,
    count_in_order,
    count_losses,
    in_all,
    longest_run,
    losses_of,
    places_of,
    run_in_order,
)
from gravida.protocol.implantation import FailureRule, TransferFacts, count_failures
from gravida.protocol.obstetrics import Count, total
from gravida.protocol.obstetrics_classes import ClassifiedPregnancy, History, PregnancyClass
from gravida.protocol.values import Answer


class OpenItem(Enum):
    """What is not known, and leaves the answer open."""

    OUTCOME = "outcome"
    TYPE_OF_LOSS = "type of loss"
    GESTATIONAL_AGE = "gestational age"
    CHROMOSOMES = "chromosomes of the product"
    PREGNANCY_TEST = "pregnancy test"
    PARTNER = "partner"
    ORDER = "order of the pregnancies"
    HCG_RESULT = "hCG after the transfer"
    EMBRYO_QUALITY = "quality of the embryos"
    DEFINITION_IS_SILENT = "the definition does not say"


class Settles(Enum):
    """Whether one answer would be enough. The surest stands first."""

    ALWAYS = "always"  # whatever the answer is
    PERHAPS = "perhaps"  # depends on the answer
    WITH_OTHERS = "with others"  # never alone


class OpenQuestion(Struct, frozen=True, kw_only=True, gc=False):
    """What to find out: items of one pregnancy, of one transfer, or of the history as a whole.

    Pregnancies and transfers by their recorded number, or else by their place from 1.
    """

    pregnancy: int | None = None
    transfer: int | None = None
    items: tuple[OpenItem, ...]
    settles: Settles


_ONE_PART = (LOSS, BREAKER, NEUTRAL)
_UNKNOWN = Answer.UNKNOWN
_CERTAINTY = {settles: rank for rank, settles in enumerate(Settles)}


def by_certainty(questions: Iterable[OpenQuestion]) -> tuple[OpenQuestion, ...]:
    """The same questions, those first whose answer is surest to settle."""
    return tuple(sorted(questions, key=lambda question: _CERTAINTY[question.settles]))


def questions_about_losses(definition: Definition, history: History, otherwise: Answer) -> list[OpenQuestion]:
    """What would settle a count of losses. `otherwise` is the answer that transfers give beside it."""
    parts = definition.parts_in(history)
    now = losses_of(definition, history)
    questions: list[OpenQuestion] = []
    without_effect: list[OpenQuestion] = []
    for index, pregnancy in enumerate(history.pregnancies):
        items = _open_items(definition, pregnancy, parts[index])
        if not items:
            continue
        counts = _counts_once_known(definition, history, parts, index)
        settles = _settles([count.at_least(definition.losses) | otherwise for count in counts])
        number = pregnancy.number or index + 1
        has_effect = counts.count(now) < len(counts)
        (questions if has_effect else without_effect).append(
            OpenQuestion(pregnancy=number, items=items, settles=settles)
        )
    if definition.consecutive is not Stance.NO:
        questions += _questions_about_runs(definition, history, otherwise)
    return questions or without_effect


def _counts_once_known(
    definition: Definition, history: History, parts: tuple[int, ...], index: int
) -> list[Count]:
    """The count for each way in which one pregnancy can turn out to have been."""
    order_matters = definition.consecutive is not Stance.NO and not history.order_is_certain
    if not (order_matters or definition.same_partner):
        before, after = parts[:index], parts[index + 1 :]
        return [
            count_in_order(definition.consecutive, (*before, part, *after))
            for part in _ONE_PART
            if parts[index] & part
        ]
    changed = places_of(definition, history)
    counts = []
    for variant in _variants(definition, changed[index], list(changed)):
        changed[index] = variant
        counts.append(count_losses(definition, changed, order_is_certain=history.order_is_certain))
    return counts


def _settles(answers: Sequence[Answer]) -> Settles:
    """Whether every, some or no value of one open item leads to yes or no."""
    open_still = answers.count(_UNKNOWN)
    if open_still == 0:
        return Settles.ALWAYS
    return Settles.PERHAPS if open_still < len(answers) else Settles.WITH_OTHERS


def _variants(definition: Definition, place: Place, places: Sequence[Place]) -> list[Place]:
    """One pregnancy with everything about it known, in each way that its record allows."""
    partners: Sequence[int | None] = (place.partner,)
    if definition.same_partner and place.partner is None:
        known = {other.partner for other in places if other.partner is not None}
        partners = (*known, max(known, default=0) + 1)
    return [
        Place(part, place.earliest, place.latest, partner)
        for part in (LOSS, BREAKER, NEUTRAL)
        if place.parts & part
        for partner in partners
    ]


def _open_items(definition: Definition, pregnancy: ClassifiedPregnancy, parts: int) -> tuple[OpenItem, ...]:
    """What leaves the part of a pregnancy open; nothing where it plays one part with one partner."""
    items: tuple[OpenItem, ...] = ()
    if parts not in _ONE_PART:
        lowest, highest = pregnancy.dating.spans[definition.age_at]
        items = _items_left_open(
            definition,
            pregnancy.classes,
            definition.is_before_limit(pregnancy),
            lowest == highest,
            pregnancy.chromosomes_explain,
            pregnancy.test_is_documented,
        )
    if definition.same_partner and pregnancy.partner is None and parts & LOSS:
        return (*items, OpenItem.PARTNER)
    return items


@lru_cache(maxsize=8192)
def _items_left_open(
    definition: Definition,
    classes: frozenset[PregnancyClass],
    is_before_limit: Answer,
    age_is_exact: bool,
    chromosomes_explain: Answer,
    test_is_documented: bool,
) -> tuple[OpenItem, ...]:
    """What leaves it open by everything that a definition reads of a pregnancy.

    An age on both sides of the limit matters only for a class that the definition counts. Where it is exact,
    the limit itself is vague.
    """
    stances = [definition.counts.get(kind, Stance.NO) for kind in classes]
    is_counted = any(stance is not Stance.NO for stance in stances)
    straddles = is_counted and is_before_limit is _UNKNOWN
    is_open = {
        OpenItem.OUTCOME: PregnancyClass.UNTOLD in classes,
        OpenItem.TYPE_OF_LOSS: len(classes) > 1,
        OpenItem.GESTATIONAL_AGE: straddles and not age_is_exact,
        OpenItem.CHROMOSOMES: definition.excludes_abnormal_chromosomes and chromosomes_explain is _UNKNOWN,
        OpenItem.PREGNANCY_TEST: definition.requires_positive_test and not test_is_documented,
        OpenItem.DEFINITION_IS_SILENT: (straddles and age_is_exact) or Stance.SILENT in stances,
    }
    return tuple(item for item, it_is in is_open.items() if it_is)


def _questions_about_runs(definition: Definition, history: History, otherwise: Answer) -> list[OpenQuestion]:
    """Whether knowing the order, or whether losses must follow one another, would settle it."""
    parts = definition.parts_in(history)
    questions = []
    if history.order_is_certain:
        run = run_in_order(parts)
    else:
        places = places_of(definition, history)
        run = longest_run(places, order_is_certain=False)
        if run.fewest < run.most:
            questions.append(_question_about_order(definition, places, otherwise))
    if definition.consecutive is Stance.SILENT and run != in_all(parts):
        questions.append(OpenQuestion(items=(OpenItem.DEFINITION_IS_SILENT,), settles=Settles.PERHAPS))
    return questions


def _question_about_order(definition: Definition, places: Sequence[Place], otherwise: Answer) -> OpenQuestion:
    orders = [sorted(places, key=key) for key in (_by_earliest, _by_latest)]
    counts = [count_losses(definition, order, order_is_certain=True) for order in orders]
    settles = _settles([count.at_least(definition.losses) | otherwise for count in counts])
    nothing_else = definition.consecutive is Stance.YES and all(place.parts in _ONE_PART for place in places)
    if nothing_else or settles is Settles.ALWAYS:
        settles = Settles.ALWAYS if nothing_else else Settles.PERHAPS
    return OpenQuestion(items=(OpenItem.ORDER,), settles=settles)


def _by_earliest(place: Place) -> tuple[int, int]:
    return place.earliest, place.latest


def _by_latest(place: Place) -> tuple[int, int]:
    return place.latest, place.earliest


def questions_about_transfers(
    rule: FailureRule, transfers: Sequence[TransferFacts], otherwise: Answer
) -> list[OpenQuestion]:
    """What would settle a count of implantation failures. `otherwise` is the answer that losses give."""
    each = [count_failures([transfer], rule) for transfer in transfers]
    all_failures = total(each)
    questions = []
    for index, (transfer, count) in enumerate(zip(transfers, each, strict=True)):
        if count.fewest == count.most:
            continue
        known = range(count.fewest, count.most + 1)
        answers = [
            Count(
                all_failures.fewest - count.fewest + number, all_failures.most - count.most + number
            ).at_least(rule.at_least)
            | otherwise
            for number in known
        ]
        items = (OpenItem.HCG_RESULT,) if transfer.failed is Answer.UNKNOWN else (OpenItem.EMBRYO_QUALITY,)
        number = transfer.number or index + 1
        questions.append(OpenQuestion(transfer=number, items=items, settles=_settles(answers)))
    return questions

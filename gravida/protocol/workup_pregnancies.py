"""What the work-up reads of a woman's pregnancies: outcomes for the criteria sets, counts, products, days."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import lru_cache

from msgspec import Struct

from gravida.protocol.antiphospholipid_history import Ending, PregnancyOutcome
from gravida.protocol.definitions import Definition
from gravida.protocol.definitions_runs import losses_of
from gravida.protocol.implantation import TransferFacts, meets
from gravida.protocol.obstetrics import Chromosomes, PregnancyFacts
from gravida.protocol.obstetrics_classes import (
    LOSSES,
    NON_VISUALISED,
    ClassifiedPregnancy,
    History,
    PregnancyClass,
)
from gravida.protocol.record import Row, WomanRecord
from gravida.protocol.record_facts import history_of, pregnancies_of, transfers_of
from gravida.protocol.values import Answer, GestationalAge, PartialDate
from gravida.protocol.workup_results import CountedLosses, EmbryoShare

YES, NO, UNKNOWN = Answer.YES, Answer.NO, Answer.UNKNOWN

# RCOG's second trimester: from 14 weeks, and before the 24 weeks from which it speaks of stillbirth.
SECOND_TRIMESTER_FROM, SECOND_TRIMESTER_BEFORE = GestationalAge.weeks(14), GestationalAge.weeks(24)

_SEVERE_PRE_ECLAMPSIA = "pe_severe_lt34"  # codes of preg_complications
_SEVERE_INSUFFICIENCY = "pi_severe_lt34"
_MORPHOLOGY = {"1": YES, "2": YES, "3": NO}  # con_morph_normal; 9: not assessed
_UNBALANCED = "5"  # poc_result

_LOSS_KINDS = LOSSES | {PregnancyClass.STILLBIRTH}
_NEUTRAL = frozenset(
    {
        PregnancyClass.ECTOPIC,
        PregnancyClass.COMPLETE_MOLE,
        PregnancyClass.PARTIAL_MOLE,
        PregnancyClass.TERMINATION,
        PregnancyClass.ONGOING,
    }
)


class PregnancyReading(Struct, frozen=True, kw_only=True, gc=False):
    """A woman's pregnancies and transfers as the work-up reads them."""

    outcomes: tuple[PregnancyOutcome, ...]
    losses: dict[str, CountedLosses]
    embryos: EmbryoShare
    losses_on: tuple[PartialDate, ...]
    product_not_examined: Answer
    product_unbalanced: Answer
    second_trimester_loss: Answer


class Past(Struct, frozen=True, gc=False):
    """A woman's pregnancies, in the order of her rows and as a history, and her transfers."""

    facts: Sequence[PregnancyFacts]
    history: History
    transfers: Sequence[TransferFacts]

    @classmethod
    def of(cls, record: WomanRecord) -> "Past":
        """Read from her record."""
        return cls(pregnancies_of(record), history_of(record), transfers_of(record))


def read_pregnancies(
    record: WomanRecord, definitions: Iterable[Definition], *, past: Past
) -> PregnancyReading:
    """Everything the work-up needs of her pregnancies, counted by each definition."""
    rows = {id(fact): row for fact, row in zip(past.facts, record.of("PRG"), strict=True)}
    in_order = [(row, rows[id(row.facts)]) for row in past.history.pregnancies]
    losses = [(row, form) for row, form in in_order if row.classes & _LOSS_KINDS]
    examined = [row for row, _ in losses if _has_result(row)]
    return PregnancyReading(
        outcomes=tuple([_outcome(record, row, form) for row, form in in_order]),
        losses=counted_losses(definitions, past.history, past.transfers),
        embryos=EmbryoShare(
            losses=len(losses),
            examined=len(examined),
            abnormal=sum(row.chromosomes_explain is YES for row in examined),
        ),
        losses_on=tuple(day for row, _ in losses if (day := _ended_on(row)) is not None),
        product_not_examined=Answer.of(bool(losses) and not examined),
        product_unbalanced=Answer.of(any(_is_unbalanced(record, form) for _, form in losses)),
        second_trimester_loss=_any(_in_second_trimester(row) for row, _ in losses),
    )


def counted_losses(
    definitions: Iterable[Definition], past: History, transfers: Sequence[TransferFacts]
) -> dict[str, CountedLosses]:
    """Losses by each definition, and the same count without losses that chromosomes explain."""
    explained = any(row.chromosomes_explain is not NO for row in past.pregnancies)
    found = {}
    for definition in definitions:
        fewest, most = losses_of(definition, past)
        left = losses_of(_without_chromosomal(definition), past) if explained else (fewest, most)
        rule = definition.or_failures
        found[definition.id] = CountedLosses(
            wanted=definition.losses,
            fewest=fewest,
            most=most,
            unexplained_fewest=left[0],
            unexplained_most=left[1],
            by_failures=NO if rule is None else meets(transfers, rule),
        )
    return found


@lru_cache(maxsize=256)
def _without_chromosomal(definition: Definition) -> Definition:
    return replace(definition, excludes_abnormal_chromosomes=True)


def _outcome(record: WomanRecord, pregnancy: ClassifiedPregnancy, form: Row) -> PregnancyOutcome:
    ages, told = pregnancy.dating, form.codes("preg_complications")
    return PregnancyOutcome(
        ending=_ending(pregnancy.classes),
        on=_ended_on(pregnancy),
        age=ages.at_arrest or ages.at_diagnosis or ages.at_end,
        aneuploid=pregnancy.chromosomes_explain,
        morphologically_normal=_any_known(
            [
                _MORPHOLOGY.get(fetus.code("con_morph_normal") or "", UNKNOWN)
                for fetus in record.under(form, "CON")
            ]
        ),
        severe_pre_eclampsia=_has(told, _SEVERE_PRE_ECLAMPSIA),
        placental_insufficiency=_has(told, _SEVERE_INSUFFICIENCY),
    )


@lru_cache(maxsize=1024)
def _ending(classes: frozenset[PregnancyClass]) -> Ending:
    """How a pregnancy ended; one that may be of several kinds is a possible loss, or unknown."""
    if classes == {PregnancyClass.MISCARRIAGE}:
        return Ending.LOSS
    if classes == {PregnancyClass.STILLBIRTH}:
        return Ending.STILLBIRTH
    if classes == {PregnancyClass.LIVE_BIRTH}:
        return Ending.LIVE_BIRTH
    if classes <= _NEUTRAL:
        return Ending.NEUTRAL
    return Ending.POSSIBLE_LOSS if classes <= NON_VISUALISED | LOSSES else Ending.UNKNOWN


def _ended_on(pregnancy: ClassifiedPregnancy) -> PartialDate | None:
    return pregnancy.facts.ended_on or pregnancy.facts.diagnosed_on


def _has(told: frozenset[str], complication: str) -> Answer:
    return Answer.of(complication in told) if told else UNKNOWN


_WITHOUT_RESULT = frozenset({Chromosomes.NOT_EXAMINED, Chromosomes.PENDING, Chromosomes.NO_CONCLUSION})


def _has_result(pregnancy: ClassifiedPregnancy) -> bool:
    return not _WITHOUT_RESULT.issuperset([fetus.chromosomes for fetus in pregnancy.facts.conceptuses])


def _is_unbalanced(record: WomanRecord, form: Row) -> bool:
    return any(
        examination.code("poc_result") == _UNBALANCED
        for fetus in record.under(form, "CON")
        for examination in record.under(fetus, "POC")
    )


_MAY_BE_LATE = frozenset({PregnancyClass.MISCARRIAGE, PregnancyClass.STILLBIRTH})


def _in_second_trimester(pregnancy: ClassifiedPregnancy) -> Answer:
    if pregnancy.classes.isdisjoint(_MAY_BE_LATE):
        return NO
    ended = pregnancy.dating.at_end
    if ended is None:
        return UNKNOWN
    in_time = (ended >= SECOND_TRIMESTER_FROM) & (ended < SECOND_TRIMESTER_BEFORE)
    return in_time if len(pregnancy.classes) == 1 else in_time & UNKNOWN


def _any(answers: Iterable[Answer]) -> Answer:
    found = set(answers)
    if YES in found:
        return YES
    return UNKNOWN if UNKNOWN in found else NO


def _any_known(found: list[Answer]) -> Answer:
    """YES where one is; NO where all are and there is one; else cannot tell."""
    if YES in found:
        return YES
    return NO if found and UNKNOWN not in found else UNKNOWN

"""The same histories through the protocol, one woman at a time, and through history(), all at once."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings

from gravida.analysis.history import counted_by, history
from gravida.analysis.history_counting import NotCountable, definition_parts
from gravida.analysis.history_lags import LOSS_TYPES, Places, places
from gravida.analysis.input.pregnancies import Pregnancies
from gravida.protocol import obstetrics_classes
from gravida.protocol.definitions import LOSS_CLASSES, Definition, Source, Stance
from gravida.protocol.definitions_examples import LOSS_EXAMPLES, LossExample
from gravida.protocol.definitions_file import read_definitions
from gravida.protocol.definitions_runs import losses_of
from gravida.protocol.obstetrics import Outcome
from gravida.protocol.obstetrics_classes import PregnancyClass, possible_classes
from gravida.protocol.obstetrics_counts import obstetric_counts
from gravida.protocol.obstetrics_dating import AgeAt
from gravida.protocol.obstetrics_type import possible_types
from gravida.protocol.values import GestationalAge
from tests.analysis.histories import ENDINGS, OUTCOME_OF, Told, in_order, pregnancies, women

DEFINITIONS = read_definitions(Path(__file__).resolve().parents[2] / "studies" / "falco").losses
NOT_COUNTED = {
    PregnancyClass.ECTOPIC,
    PregnancyClass.COMPLETE_MOLE,
    PregnancyClass.PARTIAL_MOLE,
    PregnancyClass.STILLBIRTH,
}
EARLY = Definition(
    id="EARLY",
    version=1,
    name={},
    losses=3,
    before=GestationalAge.weeks(14),
    age_at=AgeAt.END,
    consecutive=Stance.NO,
    counts={kind: Stance.NO if kind in NOT_COUNTED else Stance.YES for kind in LOSS_CLASSES},
    source=Source(reference="", text=""),
)


def sorted_places(found: Pregnancies) -> Places:
    return places(found.woman, found.order)


def is_countable(definition: Definition) -> bool:
    try:
        definition_parts(pregnancies([in_order(("miscarriage", 8))]), definition)
    except NotCountable:
        return False
    return True


COUNTABLE = [definition for definition in DEFINITIONS if is_countable(definition)]
COUNTS = {
    "early_losses": "early_losses",
    "live_births": None,
    "stillbirths": "stillbirths",
    "ectopics": "ectopic",
    "moles": "moles",
    "terminations": "terminations",
    "longest_run": "longest_run_of_early_losses",
}


@settings(max_examples=150, deadline=None)
@given(women(endings=[ending for ending in ENDINGS if ending != "fetal_death"]))
def test_counts_before_each_pregnancy_are_those_of_the_protocol(made: list[list[Told]]):
    found = pregnancies(made)
    risk = history(found)
    row = 0

    for woman in made:
        for index in range(len(woman)):
            before = obstetrics_classes.history([told.facts for told in woman[:index]])
            counts = obstetric_counts(before)
            for name, field in COUNTS.items():
                if field is not None:
                    lag = risk.lag(name)
                    assert (lag.fewest[row], lag.most[row]) == getattr(counts, field), (name, woman, index)
            types = {kind.value for kind in possible_types(EARLY, before)}
            told = LOSS_TYPES[risk.loss_type[row]]
            assert told == "cannot tell" or types == {told}
            row += 1


@settings(max_examples=80, deadline=None)
@given(women(endings=[ending for ending in ENDINGS if ending != "fetal_death"]))
def test_published_definitions_count_alike_in_both(made: list[list[Told]]):
    found = pregnancies(made)
    where = sorted_places(found)

    for definition in COUNTABLE:
        counted = counted_by(definition, where, definition_parts(found, definition)[where.order])
        row = 0
        for woman in made:
            for index in range(len(woman)):
                before = obstetrics_classes.history([told.facts for told in woman[:index]])
                expected = losses_of(definition, before)
                assert (counted.fewest[row], counted.most[row]) == expected, (definition.id, woman, index)
                row += 1


def test_most_published_definitions_can_be_counted():
    ids = {definition.id for definition in COUNTABLE}

    assert {"FALCO_REC_2022", "ESHRE_2022", "ASRM_2013", "RCOG_2023", "RCOG_2011"} <= ids


@pytest.mark.parametrize("definition", [row for row in DEFINITIONS if row not in COUNTABLE])
def test_a_definition_that_reads_more_is_refused_with_what_it_needs(definition: Definition):
    with pytest.raises(NotCountable, match=f"{definition.id} needs"):
        definition_parts(pregnancies([in_order(("miscarriage", 8))]), definition)


WORD_OF = {outcome: word for word, outcome in OUTCOME_OF.items()}


def told_of(example: LossExample) -> list[Told] | None:
    """The example as a table tells it; None where it turns on twins, chromosomes or dates of arrest."""
    rows = []
    for facts in example.pregnancies:
        class_ = next(iter(possible_classes(facts)))
        plain = facts.outcome is not None and len(possible_classes(facts)) == 1
        same = facts.outcome is Outcome.LIVE_BIRTH or not facts.conceptuses
        whole = facts.told_age is None or (facts.told_age.is_exact and facts.told_age.min_days % 7 == 0)
        late = facts.diagnosis_age is not None or facts.arrest_age is not None
        if not plain or not same or not whole or late:
            return None
        word = next((w for w in OUTCOME_OF if w == class_.value), WORD_OF.get(facts.outcome, "unknown"))
        weeks = None if facts.told_age is None else facts.told_age.min_days // 7
        rows.append(Told(word, weeks, facts.number or 0))
    return rows


TABLE = [(example, told) for example in LOSS_EXAMPLES if (told := told_of(example)) is not None]


def test_many_worked_examples_are_in_the_table():
    assert len(TABLE) >= 12


@pytest.mark.parametrize(("example", "told"), TABLE, ids=[example.id for example, _ in TABLE])
def test_the_worked_examples_of_the_manual_count_alike(example: LossExample, told: list[Told]):
    # given: the history, and a pregnancy after it from which it is looked back upon
    last = Told("ongoing", None, max(row.order for row in told) + 1)
    found = pregnancies([[*told, last]])
    where = sorted_places(found)

    for definition in COUNTABLE:
        if definition.id not in example.expected:
            continue
        lag = counted_by(definition, where, definition_parts(found, definition)[where.order])
        low, high = int(lag.fewest[-1]), int(lag.most[-1])
        count = str(low) if low == high else f"{low}..{high}"
        assert count == example.expected[definition.id].split()[1], definition.id


def test_a_loss_at_14_weeks_exactly_is_not_early():
    risk = history(pregnancies([in_order(("miscarriage", 13), ("miscarriage", 14), ("live_birth", 39))]))

    assert risk.is_early_loss.tolist() == [True, False, False]
    assert np.array_equal(risk.lag("losses").values, [0, 1, 2])

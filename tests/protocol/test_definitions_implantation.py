"""Implantation failures in every unit, and what the embryos and results leave open."""

from itertools import product
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from msgspec.structs import replace

from gravida.protocol.definitions_examples import (
    EXAMPLE_CHANCES,
    FAILED,
    GOOD,
    IMPLANTATION_COLUMNS,
    POOR,
    TRANSFER_EXAMPLES,
    UNTOLD,
    TransferExample,
    transfer,
)
from gravida.protocol.definitions_file import read_definitions
from gravida.protocol.implantation import (
    Chance,
    EmbryoFacts,
    FailureRule,
    FailureUnit,
    Fragmentation,
    HcgResult,
    TransferFacts,
    count_failures,
    cumulative_chance,
    failed_transfers,
    implantation_failures,
    is_good_quality,
    meets,
)
from gravida.protocol.obstetrics import Count
from gravida.protocol.values import Answer

DEFINITIONS = read_definitions(Path(__file__).resolve().parents[2] / "studies" / "falco")
SIGNS = {Answer.YES: "Y", Answer.NO: "N", Answer.UNKNOWN: "?"}


@pytest.mark.parametrize("example", TRANSFER_EXAMPLES, ids=lambda example: example.id)
def test_the_worked_transfers_count_as_tabled(example: TransferExample):
    failures = implantation_failures(example.transfers, EXAMPLE_CHANCES)

    counts = (
        failures.any_transfer,
        failures.good_transfer,
        failures.two_good_transfer,
        failures.good_embryos,
        failures.euploid_embryos,
    )
    assert " ".join(str(count) for count in counts) == example.counts
    bounds = [float(bound) for bound in example.chance.split("..")]
    assert failures.chance is not None
    assert failures.chance.lowest == pytest.approx(bounds[0], abs=0.0006)
    assert failures.chance.highest == pytest.approx(bounds[-1], abs=0.0006)


@pytest.mark.parametrize("example", TRANSFER_EXAMPLES, ids=lambda example: example.id)
def test_each_definition_of_implantation_failure_answers_as_tabled(example: TransferExample):
    rules = {row.id: row.rule for row in DEFINITIONS.implantation}

    answers = [meets(example.transfers, rules[name], EXAMPLE_CHANCES) for name in IMPLANTATION_COLUMNS]

    assert "".join(SIGNS[answer] for answer in answers) == example.expected


F = Fragmentation
# day | cells | fragmentation | Gardner | good quality
EMBRYOS = [
    (2, 4, F.BELOW_10_PERCENT, None, "Y"),
    (2, 5, F.BELOW_10_PERCENT, None, "N"),
    (3, 7, F.FROM_10_TO_20_PERCENT, None, "Y"),
    (3, 9, F.FROM_10_TO_20_PERCENT, None, "Y"),
    (3, 10, F.BELOW_10_PERCENT, None, "N"),
    (3, 8, F.FROM_20_TO_50_PERCENT, None, "N"),
    (3, 8, None, None, "?"),
    (3, 4, None, None, "N"),  # too few cells, whatever the fragments
    (4, None, None, None, "?"),
    (5, None, None, "3BB", "Y"),
    (5, None, None, "2AA", "N"),
    (5, None, None, "4CB", "N"),
    (6, None, None, "5AB", "Y"),
    (5, None, None, None, "?"),
    (None, None, None, None, "?"),
]


@pytest.mark.parametrize(("day", "cells", "fragmentation", "gardner", "good"), EMBRYOS)
def test_the_quality_of_an_embryo_follows_from_its_day_and_grade(day, cells, fragmentation, gardner, good):
    embryo = EmbryoFacts(day=day, cells=cells, fragmentation=fragmentation, gardner=gardner)

    assert SIGNS[is_good_quality(embryo)] == good


def test_cancelled_transfers_and_carriers_are_left_out():
    transfers = [FAILED, replace(FAILED, was_cancelled=True), replace(FAILED, to_carrier=True)]

    assert failed_transfers(transfers) == Count(1, 1)


def test_a_transfer_without_embryo_rows_leaves_its_quality_open():
    bare = TransferFacts(result=HcgResult.NEGATIVE)

    assert failed_transfers([bare]) == Count(1, 1)
    assert failed_transfers([bare], good=1) == Count(0, 1)


def test_without_a_table_of_chances_a_rule_on_chance_cannot_tell():
    rule = FailureRule(unit=FailureUnit.CUMULATIVE_CHANCE, above_chance=0.6)

    assert meets([FAILED] * 9, rule) is Answer.UNKNOWN


def test_an_unknown_age_of_the_provider_spans_the_chances_of_all_ages():
    chances = [
        Chance(from_age=18, to_age=34, euploid=0.6, good=0.4, poor=0.1),
        Chance(from_age=35, to_age=50, euploid=0.5, good=0.2, poor=0.05),
    ]

    found = cumulative_chance([FAILED], chances)

    assert (round(found.lowest, 3), round(found.highest, 3)) == (0.2, 0.4)
    assert cumulative_chance([replace(FAILED, provider_age_years=40)], chances).highest == pytest.approx(0.2)
    with pytest.raises(ValueError, match="aged 60"):
        cumulative_chance([replace(FAILED, provider_age_years=60)], chances)


embryos = some.lists(some.sampled_from([GOOD, POOR, EmbryoFacts(day=5)]), min_size=1, max_size=3)
results = some.sampled_from([HcgResult.NEGATIVE, HcgResult.POSITIVE, HcgResult.NOT_KNOWN, None])
transfers_made = some.lists(
    some.builds(TransferFacts, embryos=embryos.map(tuple), result=results), max_size=3
)
rules = some.sampled_from(
    [
        FailureRule(unit=FailureUnit.TRANSFER, at_least=2),
        FailureRule(unit=FailureUnit.TRANSFER, at_least=2, good_embryos=1),
        FailureRule(unit=FailureUnit.TRANSFER, at_least=1, good_embryos=2),
        FailureRule(unit=FailureUnit.EMBRYO, at_least=3),
    ]
)


def completions(made: TransferFacts) -> list[tuple[bool, int]]:
    """Every way in which a transfer can have gone: failed or not, and with how many good embryos."""
    failed = {HcgResult.NEGATIVE: [True], HcgResult.POSITIVE: [False]}.get(made.result, [True, False])
    quality = [[1] if row == GOOD else [0] if row == POOR else [0, 1] for row in made.embryos]
    return [(has_failed, sum(good)) for has_failed in failed for good in product(*quality)]


@settings(max_examples=400, deadline=None)
@given(transfers_made, rules)
def test_failures_span_what_every_completion_of_the_transfers_gives(
    transfers: list[TransferFacts], rule: FailureRule
):
    counts = set()
    for known in product(*(completions(made) for made in transfers)):
        if rule.unit is FailureUnit.EMBRYO:
            counts.add(sum(good for failed, good in known if failed))
        else:
            counts.add(sum(failed and good >= rule.good_embryos for failed, good in known))

    assert count_failures(transfers, rule) == Count(min(counts), max(counts))


def test_a_biochemical_pregnancy_implanted_and_is_no_failure():
    assert failed_transfers([FAILED, transfer(GOOD, result=HcgResult.POSITIVE), UNTOLD]) == Count(1, 2)

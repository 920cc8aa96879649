"""All rules on one woman: one call says what each rule says alone."""

from dataclasses import replace

import pytest

from benchmarks.protocol_cohort import cohort
from gravida.protocol.all_rules import Rules, all_rules
from gravida.protocol.consistency_all import contradictions
from gravida.protocol.consistency_units import ranges_of
from gravida.protocol.definitions_counting import side_by_side
from gravida.protocol.eligibility import assess
from gravida.protocol.eligibility_record import recorded_facts
from gravida.protocol.implantation import implantation_failures
from gravida.protocol.obstetrics_counts import obstetric_counts
from gravida.protocol.obstetrics_type import BirthBasis, possible_types
from gravida.protocol.record import WomanRecord
from gravida.protocol.record_facts import history_of, transfers_of
from gravida.protocol.workup_record import workups_of
from tests.protocol.studies import FALCO, study

STUDY = study(FALCO)
RULES = Rules.of(STUDY)


def test_one_call_says_what_each_rule_says_alone() -> None:
    for record in cohort(40, seed=3):
        found = all_rules(record, RULES)

        alone = WomanRecord(rows=record.rows, as_of=record.as_of)
        past, transfers = history_of(alone), transfers_of(alone)
        assert found.past.counts == obstetric_counts(past)
        assert found.past.verdicts == side_by_side(RULES.definitions.losses, past, transfers)
        assert found.past.types[BirthBasis.LIVE_BIRTH] == possible_types(RULES.in_force, past)
        assert found.past.failures == implantation_failures(transfers, RULES.definitions.chances)
        assert found.contradictions == contradictions(alone, ranges=ranges_of(STUDY.dictionary))
        assert found.workups == workups_of(alone, RULES.workup, RULES.definitions)
        assert found.eligibility == assess(STUDY.criteria, recorded_facts(STUDY.criteria, alone))


def test_facts_known_from_elsewhere_stand_for_those_of_the_screening_form() -> None:
    (record,) = cohort(1)

    found = all_rules(record, RULES, facts={"age_years": 34})

    assert found.eligibility == assess(STUDY.criteria, {"age_years": 34})


def test_a_study_without_a_workup_has_no_rules_to_run() -> None:
    with pytest.raises(ValueError, match=r"found no workup\.toml"):
        Rules.of(replace(STUDY, workup=None))

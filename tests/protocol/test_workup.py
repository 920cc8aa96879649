"""The work-up: worked records, and the rule that what was not done is never normal."""

import itertools
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from gravida.protocol.values import Answer, Missing, Quantity
from gravida.protocol.workup import _class_of, assess_workup, losses_are_explained
from gravida.protocol.workup_examples import (
    AS_OF,
    COMPLETE,
    EXAMPLES,
    SAMPLED,
    instead,
    with_results,
    without,
)
from gravida.protocol.workup_file import read_workup
from gravida.protocol.workup_results import (
    CountedLosses,
    DomainResult,
    Flag,
    Gap,
    Status,
    TestResult,
    WorkupClass,
)
from gravida.protocol.workup_rules import Sign, Weight

YES, NO, UNKNOWN = Answer.YES, Answer.NO, Answer.UNKNOWN
FALCO_FOLDER = Path(__file__).resolve().parents[2] / "studies" / "falco"
WORKUP = read_workup(FALCO_FOLDER)


def judged(record, profile="FALCO", as_of=AS_OF):
    return assess_workup(WORKUP, WORKUP.profiles[profile], record, as_of=as_of)


def domain(result, name):
    return next(found for found in result.domains if found.domain == name)


# example | profile | class | causes | debated | missing: test because
VECTORS = """
E01 | FALCO                | unexplained         |                  |                               |
E01 | ESHRE_2022           | unexplained         |                  |                               |
E01 | CNGOF_2014           | unexplained         |                  |                               |
E02 | FALCO                | not_assessable      |                  |                               | haemoglobin not_done
E03 | FALCO                | unexplained         |                  |                               |
E04 | FALCO                | explained           | thrombophilia    |                               |
E04 | RCOG_2023            | unexplained         |                  | heterozygous_factor_v         |
E05 | FALCO                | not_assessable      |                  |                               | protein_s void
E06 | FALCO                | not_assessable      |                  | antiphospholipid_once         | lupus_anticoagulant confirm
E07 | FALCO                | explained           | antiphospholipid |                               |
E07 | FALCO_ACR_EULAR      | unexplained         |                  | antiphospholipid_persistent   |
E08 | FALCO                | partially_explained |                  |                               |
E08 | ESHRE_2022           | unexplained         |                  |                               |
E09 | FALCO                | unexplained         |                  | anti_thyroperoxidase_positive |
E09 | FALCO_AUTOIMMUNE     | explained           | autoimmune       |                               |
E10 | FALCO                | not_assessable      |                  |                               | anti_transglutaminase void
E11 | FALCO                | explained           | sickle_cell      |                               | fasting_glucose hba1c void
E12 | FALCO                | not_assessable      |                  |                               | karyotype_sperm_provider refused
E13 | FALCO                | explained           | uterine          |                               |
E14 | FALCO                | unexplained         |                  |                               |
E14 | FALCO_ENDOMETRITIS_1 | unexplained         |                  | endometritis_1                |
E15 | FALCO                | unexplained         |                  |                               |
"""  # noqa: E501 - one line per record


def rows(table):
    return [[cell.strip() for cell in line.split("|")] for line in table.strip().splitlines()]


@pytest.mark.parametrize("row", rows(VECTORS), ids=lambda row: f"{row[0]} {row[1]}")
def test_each_worked_record_falls_into_its_class(row):
    # given
    identifier, profile, expected, causes, debated, missing = row
    example = next(example for example in EXAMPLES if example.id == identifier)

    # when
    found = judged(example.record, profile)

    # then
    assert found.workup_class.value == expected
    assert " ".join(found.causes) == causes
    assert " ".join(found.debated) == debated
    assert ", ".join(f"{' '.join(need.tests)} {need.because.value}" for need in found.needs) == missing


def test_every_example_and_profile_has_a_row_in_the_table():
    assert [(example.id, profile) for example in EXAMPLES for profile in example.profiles] == [
        (row[0], row[1]) for row in rows(VECTORS)
    ]


def test_details_that_the_table_of_examples_cannot_hold():
    by_id = {example.id: judged(example.record) for example in EXAMPLES}
    assert by_id["E06"].needs[0].due == date(2020, 9, 9) + timedelta(days=84)
    assert by_id["E11"].flags == (Flag.WORKUP_INCOMPLETE,)
    assert by_id["E12"].needs[0].missing is Missing.REF
    assert by_id["E13"].flags == (Flag.TREATED_BEFORE_LATER_LOSSES,)
    assert [(one.finding, one.weight) for one in domain(by_id["E14"], "infectious").found] == [
        ("endometritis_1", Weight.NONE)
    ]
    assert (by_id["E08"].embryos.abnormal, by_id["E08"].embryos.examined) == (1, 1)


# Not done is never normal.

NEEDED = sorted(
    {
        test
        for ways in WORKUP.profiles["FALCO"].needs.values()
        for need in ways
        if len(need) == 1
        for test in need[0]
        if WORKUP.tests[test].domain != "antiphospholipid"
    }
)


@pytest.mark.parametrize("test", NEEDED)
def test_a_needed_test_that_was_not_done_leaves_the_woman_not_assessable(test):
    found = judged(without(test))
    assert found.workup_class is WorkupClass.NOT_ASSESSABLE
    assert [(need.tests, need.because) for need in found.needs] == [((test,), Gap.NOT_DONE)]


@pytest.mark.parametrize("reason", [reason for reason in Missing if reason is not Missing.NA])
@pytest.mark.parametrize("test", NEEDED)
def test_no_missing_reason_is_read_as_normal(test, reason):
    found = judged(instead(TestResult(test=test, on=SAMPLED, missing=reason)))
    assert found.workup_class is WorkupClass.NOT_ASSESSABLE
    assert found.needs[0].missing is reason


@pytest.mark.parametrize("antibody", ["lupus_anticoagulant", "anti_beta2gpi_igm"])
def test_an_antibody_that_was_not_tested_is_never_negative(antibody):
    kept = tuple(test for test in COMPLETE.antibodies if test.antibody != antibody)
    refused = TestResult(test=antibody, missing=Missing.REF)
    record = replace(COMPLETE, antibodies=kept, results=(*COMPLETE.results, refused))
    found = judged(record)
    assert found.workup_class is WorkupClass.NOT_ASSESSABLE
    assert [(need.tests, need.because) for need in found.needs] == [((antibody,), Gap.REFUSED)]


def test_what_does_not_apply_is_not_missing():
    # given an anonymous sperm donor, whose karyotype nobody can ask for
    donor = TestResult(test="karyotype_sperm_provider", missing=Missing.NA)
    assert judged(instead(donor)).workup_class is WorkupClass.UNEXPLAINED


@given(st.sets(st.sampled_from(NEEDED)), st.sampled_from(list(WORKUP.profiles)))
@settings(max_examples=200, deadline=None)
def test_whatever_is_left_out_a_domain_is_normal_only_where_all_it_needs_is_there(left_out, profile):
    # given any set of tests left out of a complete and normal record
    found = judged(without(*left_out), profile)

    # then
    present = {result.test for result in COMPLETE.results} - left_out
    for one in found.domains:
        needs = WORKUP.profiles[profile].needs.get(one.domain, ())
        complete = all(any(set(way) <= present for way in need) for need in needs)
        if one.domain != "antiphospholipid" and needs:
            assert (one.status is Status.NORMAL) == complete
    expected = all(one.is_settled for one in found.domains if one.needed is YES)
    assert (found.workup_class is WorkupClass.UNEXPLAINED) == expected


def test_a_domain_begun_is_incomplete_and_one_never_begun_is_not_done():
    assert domain(judged(without("karyotype_sperm_provider")), "chromosomal").status is Status.INCOMPLETE
    both = without("karyotype_sperm_provider", "karyotype_oocyte_provider")
    assert domain(judged(both), "chromosomal").status is Status.NOT_DONE


# The class by brute force: every status of three domains, needed or not.


def test_the_class_agrees_with_a_table_over_every_combination_of_domains():
    enough = CountedLosses(wanted=3, fewest=3, most=3, unexplained_fewest=3, unexplained_most=3)
    for statuses in itertools.product(Status, repeat=3):
        for needed in itertools.product(Answer, repeat=3):
            domains = tuple(
                DomainResult(domain=str(number), status=status, needed=need)
                for number, (status, need) in enumerate(zip(statuses, needed, strict=True))
            )
            letters = "".join(
                status.value for status, need in zip(statuses, needed, strict=True) if need is not NO
            )
            if Status.ABNORMAL in statuses:
                expected = WorkupClass.EXPLAINED
            elif "I" in letters or "X" in letters:
                expected = WorkupClass.NOT_ASSESSABLE
            else:
                expected = WorkupClass.UNEXPLAINED
            assert _class_of(domains, enough)[0] is expected


def test_explained_by_chromosomes_agrees_with_every_completion_of_the_counts():
    for fewest, most, left_fewest, left_most in itertools.product(range(5), repeat=4):
        if fewest > most or left_fewest > left_most or left_fewest > fewest or left_most > most:
            continue
        for by_failures in Answer:
            losses = CountedLosses(
                wanted=3,
                fewest=fewest,
                most=most,
                unexplained_fewest=left_fewest,
                unexplained_most=left_most,
                by_failures=by_failures,
            )
            same = (fewest, most) == (left_fewest, left_most)
            worlds = {
                total >= 3 and left < 3 and not otherwise
                for total in range(fewest, most + 1)
                for left in range(left_fewest, min(left_most, total) + 1)
                for otherwise in {YES: [True], NO: [False], UNKNOWN: [True, False]}[by_failures]
                if not same or left == total
            }
            answer = losses_are_explained(losses)
            assert answer is UNKNOWN or worlds == {answer is YES}


def test_a_woman_who_qualifies_by_implantation_failures_stays_unexplained():
    losses = {
        name: replace(count, fewest=3, most=3, unexplained_fewest=0, unexplained_most=0, by_failures=YES)
        for name, count in COMPLETE.losses.items()
    }
    assert judged(replace(COMPLETE, losses=losses)).workup_class is WorkupClass.UNEXPLAINED


def test_a_history_that_is_no_recurrent_loss_is_flagged_not_explained():
    losses = {
        name: replace(count, fewest=2, most=2, unexplained_fewest=1, unexplained_most=1)
        for name, count in COMPLETE.losses.items()
    }
    found = judged(replace(COMPLETE, losses=losses))
    assert (found.workup_class, found.flags) == (WorkupClass.UNEXPLAINED, (Flag.DEFINITION_NOT_MET,))


def test_losses_counted_by_another_definition_are_refused():
    with pytest.raises(ValueError, match="FALCO_REC_2022"):
        judged(replace(COMPLETE, losses={}))


# Each finding of the file, by itself, gives its domain the status of its weight.


def sample_showing(clause):
    rule = WORKUP.tests[clause.test]
    if clause.sign is Sign.CODES:
        return TestResult(test=rule.id, on=SAMPLED, value=frozenset({min(clause.codes)}))
    number = clause.number if clause.number is not None else 50
    step = {Sign.ABOVE: 1, Sign.ABOVE_LIMIT: 1, Sign.BELOW: -1, Sign.BELOW_LIMIT: -1}.get(clause.sign, 0)
    value = Quantity.parse(str(float(number) + step * float(number) / 100), rule.unit)
    limits = {"upper_limit": number, "lower_limit": number}
    return TestResult(test=rule.id, on=SAMPLED, value=value, **limits)


@pytest.mark.parametrize("finding", WORKUP.findings, ids=lambda finding: finding.id)
@pytest.mark.parametrize("profile", ["FALCO", "RCOG_2023"])
def test_each_finding_gives_its_domain_the_status_of_its_weight(finding, profile):
    # given a complete, normal record in which this finding alone is shown, and confirmed
    shown = [replace(sample_showing(clause), confirmed=YES) for clause in finding.when]
    replaced = {clause.test for clause in finding.when}
    if finding.domain != "antiphospholipid":
        replaced |= {"tsh"} if "free_t4" in replaced else set()
    record = with_results(shown, without=replaced)

    # when
    found = domain(judged(record, profile), finding.domain)

    # then
    weight = WORKUP.profiles[profile].weights.get(finding.id, finding.weight)
    assert finding.id in {one.finding for one in found.found}
    if weight is Weight.CAUSE:
        assert found.status is Status.ABNORMAL
    elif weight is Weight.ADJUDICATE:
        assert Gap.ADJUDICATE in {need.because for need in found.needs}
        assert found.status in (Status.INCOMPLETE, Status.ABNORMAL)
    else:
        assert weight.value in {one.weight.value for one in found.found}

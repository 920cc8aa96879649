"""What stays inside a check's border is not found, and what a finding says."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from gravida.protocol.consistency_all import CHECKS
from gravida.protocol.consistency_participation import identifiers_in
from gravida.protocol.consistency_units import ranges_of
from gravida.protocol.dictionary_file import read_dictionary
from gravida.protocol.mistakes import Mistake
from gravida.protocol.record import Row
from gravida.protocol.values import Answer, Missing, PartialDate
from tests.protocol.consistency_made import EMPTY_SAC, SMALL_EMBRYO, Made, k37, k42, scanned

FALCO = Path(__file__).resolve().parents[2] / "studies" / "falco"

# what was entered | what must not be found: the borders
NOT_FOUND = [
    ("K01", lambda made: made.change("INF", inf_date="2023-01-20")),
    ("K06", lambda made: made.loss(preg_end="2020-06-02")),  # 21+6
    ("K06", lambda made: made.loss(preg_end="2020")),  # the year alone decides nothing
    ("K09", lambda made: made.birth(3500)),
    ("K19", lambda made: made.sample("2021-02-01", "THR", thr_ps_free="40")),
    (
        "K21",
        lambda made: made.sample("2021-02-01", "LIP", lip_cd3_pct="75", lip_cd19_pct="10", lip_nk_pct="10"),
    ),
    (
        "K22",
        lambda made: made.sample(
            "2021-02-01", "LIP", lip_lymph_abs="2000", lip_cd3_pct="70", lip_cd3_abs="1260"
        ),
    ),
    (
        "K23",
        lambda made: made.sample("2021-02-01", "LIP", lip_cd3_pct="70", lip_cd4_pct="50", lip_cd8_pct="25"),
    ),
    (
        "K32",
        lambda made: made.add("TRT", trt_drug="prednisone", trt_dose="80", trt_unit="mg", trt_freq="1/d"),
    ),
    ("K34", lambda made: made.change("FUP", fup_date="2025-09-03")),  # due 2026-03-03, 90 days ago
    ("K34", lambda made: (made.change("FUP", fup_date="2024-01-01"), made.add("OPP", opp_type="7"))),
    ("K35", lambda made: made.add("PRG", preg_no=1, preg_outcome="01", preg_lmp="2025-08-01")),
    ("K37", lambda made: made.loss(preg_comment="bleeding at 7 weeks, hCG 12345 on 12/03/2020")),
    ("K38", lambda made: made.sample("2021-02-01", "THR", thr_fvl="0")),
    ("K41", lambda made: (made.add("GYN", gyn_declared_g=1), made.loss())),
    ("K42", lambda made: [made.sample(day, "APL", apl_la="1") for day in ("2021-02-01", "2021-04-26")]),
    ("K42", lambda made: [made.sample(day, "APL", apl_la="1") for day in ("2021-02-01", "2021-04-11")]),
    ("K08", lambda made: made.add("PRG", preg_no=1, preg_outcome="02", preg_location="2")),
    ("U01", lambda made: scanned(made, "2020-02-06", "2020-02-20", **EMPTY_SAC)),
    ("U01", lambda made: scanned(made, "2020-02-20", **{**EMPTY_SAC, "uss_msd": "25"})),
    ("U02", lambda made: scanned(made, "2020-02-13", "2020-02-20", **SMALL_EMBRYO)),
    ("U02", lambda made: scanned(made, "2020-02-20", **{**SMALL_EMBRYO, "uss_crl": "7"})),
    ("K18", lambda made: (made.loss(), made.sample("2020-01-10", "HGB"))),  # before conception
]


@pytest.mark.parametrize(("code", "enter"), NOT_FOUND)
def test_what_stays_inside_the_border_is_not_found(code: str, enter: Callable[[Made], object]):
    made = Made()
    enter(made)

    assert code not in {finding.code for finding in made.found()}


def test_the_finding_says_by_how_many_days_the_twelve_weeks_were_missed():
    made = Made()
    k42(made)

    (finding,) = made.found()

    assert finding.found == "12-week rule missed by 6 days"
    assert (finding.row, finding.other) == (made.rows[-1], made.rows[-3])


def test_results_that_cannot_be_interpreted_are_marked_as_such():
    spoiling = {check.code for check in CHECKS if check.spoils_result}

    assert spoiling == {"K19", "K20", "K28"}


# text | kinds of identifier
TEXTS = [
    ("call 06 12 34 56 78 after noon", ["phone"]),
    ("+33 6 12 34 56 78", ["phone"]),
    ("NIR 2 85 05 78 006 084 36", ["number"]),
    ("2850578006084", ["number"]),
    ("seen by Mme DÛPONT-EXEMPLE", ["name"]),
    ("someone@example.org", ["email"]),
    ("hCG 3510 then 7020 on 2020-03-04; CRL 12.5 mm", []),
    ("1,25-dihydroxy vitamin D 45 ng/mL", []),
]


@pytest.mark.parametrize(("text", "kinds"), TEXTS)
def test_identifiers_in_free_text_are_recognised_by_kind(text: str, kinds: list[str]):
    assert identifiers_in(text, frozenset({"dupont"})) == kinds


def test_the_identifier_itself_is_never_repeated_in_the_finding():
    made = Made()
    k37(made)

    assert [finding.found for finding in made.found()] == ["email"]


def test_a_value_that_only_another_unit_explains_is_asked_about():
    # given: the ranges of FALCO's own dictionary
    mistakes: list[Mistake] = []
    ranges = ranges_of(read_dictionary(FALCO, mistakes))
    made = Made()
    made.sample(
        "2021-02-01", "HOR", hor_amh="250"
    )  # ng/mL wanted, up to 40; typed in pmol/L it is 35 too high

    # when
    found = [finding for finding in made.found(ranges=ranges) if finding.code == "K25"]

    # then
    assert [(finding.field, finding.found) for finding in found] == [
        ("hor_amh", "250 ng/mL, plausible as pmol/L")
    ]


def test_a_missing_reason_contradicts_nothing():
    made = Made()
    made.loss(preg_end=Missing.UNK, preg_lmp=Missing.NASK)
    made.sample("2021-02-01", "AAB", aab_tpo=Missing.NAV, aab_tpo_uln="34")

    assert made.found() == []


def test_dates_may_stand_as_values_or_as_text():
    row = Row(form="PRG", values={"preg_end": PartialDate.parse("2019-03"), "preg_lmp": date(2019, 1, 2)})

    assert (str(row.day("preg_end")), str(row.day("preg_lmp"))) == ("2019-03", "2019-01-02")


@pytest.mark.parametrize("told", ["1", 1, True, Answer.YES])
def test_a_yes_may_stand_as_code_number_bool_or_answer(told: object):
    row = Row(form="FUP", values={"fup_new_preg": told})

    assert (row.answer("fup_new_preg"), row.code("fup_new_preg")) == (Answer.YES, "1")

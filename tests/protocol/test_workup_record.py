"""A woman's form rows reach the work-up: days, circumstances, reasons, limits, partners, pregnancies."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from gravida.protocol.antiphospholipid import Antibody, Assay
from gravida.protocol.antiphospholipid_history import Ending
from gravida.protocol.definitions_file import read_definitions
from gravida.protocol.dictionary_file import read_dictionary
from gravida.protocol.record import Row, WomanRecord
from gravida.protocol.samples import Circumstance
from gravida.protocol.values import Answer, Missing, PartialDate, Quantity
from gravida.protocol.workup_file import read_workup
from gravida.protocol.workup_record import workup_record, workups_of
from gravida.protocol.workup_results import Flag, Gap, WorkupClass

FALCO = Path(__file__).resolve().parents[2] / "studies" / "falco"
WORKUP, DEFINITIONS = read_workup(FALCO), read_definitions(FALCO)
AS_OF = date(2024, 6, 1)


def loss(number, ended, weeks, *, partner=1):
    return Row(
        form="PRG",
        number=number,
        values={
            "preg_no": number,
            "preg_outcome": "05",
            "preg_location": "1",
            "preg_end": ended,
            "preg_ga_end_w": weeks,
            "preg_ga_end_d": 0,
            "preg_ga_convention": "SA",
            "preg_partner_no": partner,
            "preg_complications": ["none"],
        },
    )


def sample(day="2024-03-01", **changes):
    values = {"smp_person": "1", "smp_date": day, "smp_state": "1", "smp_drugs": ["none"], "smp_pending": "1"}
    return Row(form="SMP", values=values | changes)


def karyotype(person, result="1", **changes):
    values = {"kar_person": person, "kar_done": "1", "kar_date": "2024-01-10", "kar_result": result}
    return Row(form="KAR", values=values | changes)


HISTORY = {
    "med_diabetes": "0",
    "med_thyroid": "0",
    "med_hyperprl": False,
    "med_pcos": False,
    "med_vte": False,
    "med_at": False,
    "med_microvasc": ["none"],
    "med_valve": "0",
    "med_thrombocytopenia": False,
    "med_aid": ["none"],
    "med_sickle": "0",
}
LABORATORY = {
    "HOR": {
        "hor_tsh": "1,8",
        "hor_tsh_uln": "4.0",
        "hor_glucose": Decimal("4.8"),
        "hor_prl": Quantity(Decimal(12), "ug/L"),
        "hor_amh": "2.5",
        "hor_homocysteine": "8",
        "hor_folate": "25",
        "hor_b12": "300",
    },
    "INFX": {"infx_hiv": "0", "infx_syphilis": "0", "infx_hbs": "0", "infx_hcv": "0"},
    "THR": {"thr_fvl": "0", "thr_fii": "0", "thr_at": "98", "thr_pc": "105", "thr_ps_free": "88"},
    "HGB": {"hgb_electro": "AA"},
    "AAB": {
        "aab_ana": "0",
        "aab_tpo": "12",
        "aab_tpo_uln": "34",
        "aab_tg": "< 10",
        "aab_tg_uln": "115",
        "aab_ttg_iga": "2",
        "aab_ttg_uln": "10",
        "aab_iga_total": "1.9",
    },
    "APL": {
        "apl_la": "0",
        "apl_acl_igg": "4",
        "apl_acl_igm": "4",
        "apl_b2_igg": "4",
        "apl_b2_igm": "4",
        "apl_assay": "1",
    },
}


def complete(*, without=(), **changed):
    """A record with everything done and normal; forms can be left out, or their values changed."""
    smp = changed.pop("SMP", None) or sample()
    rows = [
        loss(1, "2021-02-01", 8),
        loss(2, "2022-03-01", 9),
        loss(3, "2023-09-01", 7),
        Row(form="MED", values=HISTORY | changed.pop("MED", {})),
        smp,
        karyotype("1"),
        karyotype("2"),
        Row(
            form="IMG",
            values={
                "img_date": "2024-02-01",
                "img_method": ["us3d"],
                "img_eshre": "U0",
                "img_cavity": ["none"],
            },
        ),
    ]
    rows += [
        Row(form=form, parent=smp, values=values | changed.get(form, {}))
        for form, values in LABORATORY.items()
    ]
    return [row for row in rows if row.form not in without]


def judged(rows, profile="FALCO"):
    return workups_of(WomanRecord(rows=tuple(rows), as_of=AS_OF), WORKUP, DEFINITIONS)[profile]


def read(rows):
    return workup_record(WomanRecord(rows=tuple(rows), as_of=AS_OF), WORKUP, DEFINITIONS)


def test_a_complete_normal_record_is_unexplained_under_every_profile():
    found = workups_of(WomanRecord(rows=tuple(complete()), as_of=AS_OF), WORKUP, DEFINITIONS)
    assert {name: result.workup_class for name, result in found.items()} == dict.fromkeys(
        WORKUP.profiles, WorkupClass.UNEXPLAINED
    )
    assert {result.needs for result in found.values()} == {()}


@pytest.mark.parametrize("form", ["KAR", "IMG", "HOR", "INFX", "THR", "HGB", "AAB", "APL"])
def test_a_form_left_out_leaves_her_not_assessable(form):
    assert judged(complete(without={form})).workup_class is WorkupClass.NOT_ASSESSABLE


def test_an_empty_record_is_not_assessable_and_asks_for_everything():
    found = judged([])
    assert found.workup_class is WorkupClass.NOT_ASSESSABLE
    assert {status.status.value for status in found.domains} == {"X"}


def test_day_and_circumstances_come_from_the_sample():
    smp = sample(smp_state="2", smp_drugs=["heparin", "biotin"], smp_acute=True)
    rows = complete(SMP=smp)
    tsh = next(result for result in read(rows).results if result.test == "tsh")
    assert tsh.on == PartialDate.parse("2024-03-01")
    assert tsh.circumstances == {
        Circumstance.PREGNANT,
        Circumstance.HEPARIN,
        Circumstance.BIOTIN,
        Circumstance.ACUTE_INFECTION,
    }
    assert (tsh.upper_limit, tsh.value) == (Decimal("4.0"), Quantity(Decimal("1.8"), "m[IU]/L"))


def test_a_partners_sample_is_not_hers():
    assert judged(complete(SMP=sample(smp_person="2"))).workup_class is WorkupClass.NOT_ASSESSABLE


def test_reasons_reach_the_needs():
    rows = complete(without={"KAR"}, THR={"thr_fvl": Missing.REF})
    rows += [karyotype("1"), karyotype("2", None, kar_done="2", kar_date=None)]
    needs = {need.tests: (need.because, need.missing) for need in judged(rows).needs}
    assert needs == {
        ("karyotype_sperm_provider",): (Gap.REFUSED, Missing.REF),
        ("factor_v_leiden",): (Gap.REFUSED, Missing.REF),
    }


def test_the_karyotype_of_a_former_partner_does_not_count_for_the_present_one():
    rows = [row for row in complete(without={"KAR"}) if row.values.get("preg_no") != 3]
    rows += [loss(3, "2023-09-01", 7, partner=2), karyotype("1"), karyotype("2", kar_partner_no=1)]
    assert [need.tests for need in judged(rows).needs] == [("karyotype_sperm_provider",)]
    rows.append(karyotype("2", kar_partner_no=2))
    assert judged(rows).needs == ()


def test_antibodies_become_dated_rows_with_assay_and_percentile():
    rows = complete(APL={"apl_la": "3", "apl_acl_igg": "< 5", "apl_p99_acl_igg": "18", "apl_assay": "2"})
    found = {test.antibody: test for test in read(rows).antibodies}
    assert found[Antibody.LUPUS_ANTICOAGULANT].circumstances == {Circumstance.OTHER}
    cardiolipin = found[Antibody.CARDIOLIPIN_IGG]
    assert (str(cardiolipin.titre), cardiolipin.percentile_99) == ("< 5 [GPL'U]/mL", Decimal(18))
    assert cardiolipin.assay is Assay.CLIA


def test_persistent_lupus_anticoagulant_explains_under_sydney_and_not_under_acr_eular():
    # given two positive tests twelve weeks apart, the first four months after the last loss
    rows = complete(SMP=sample("2024-01-02"), APL={"apl_la": "1"})
    again = sample("2024-03-26")
    rows += [again, Row(form="APL", parent=again, values={"apl_la": "1"})]

    # then
    found = judged(rows)
    assert (found.workup_class, found.causes) == (WorkupClass.EXPLAINED, ("antiphospholipid",))
    assert Flag.CRITERIA_SETS_DISAGREE in found.flags
    assert judged(rows, "FALCO_ACR_EULAR").workup_class is WorkupClass.UNEXPLAINED


def test_plasma_cells_are_counted_per_ten_fields():
    biopsy = {"end_date": "2024-02-01", "end_cd138_count": 6, "end_cd138_fields": 20}
    found = judged([*complete(), Row(form="END", values=biopsy)], "FALCO_ENDOMETRITIS_1")
    assert found.debated == ("endometritis_1",)


def test_history_that_nobody_took_stays_unknown():
    history = read(complete(without={"MED"})).history
    assert history.venous_thrombosis.present is Answer.UNKNOWN
    valve = read(complete(MED={"med_valve": "9"})).history
    assert valve.valve_thickening.present is Answer.UNKNOWN
    assert read(complete(MED={"med_valve": "2"})).history.valve_vegetation.present is Answer.YES


def test_pregnancies_become_outcomes_in_their_order():
    rows = complete()
    birth = {
        "preg_no": 4,
        "preg_outcome": "12",
        "preg_end": "2024-05-01",
        "preg_ga_end_w": 32,
        "preg_ga_convention": "SA",
        "preg_complications": ["pe_severe_lt34"],
    }
    form = Row(form="PRG", number=4, values=birth)
    child = Row(form="CON", parent=form, values={"con_no": 1, "con_fate": "8", "con_morph_normal": "2"})
    outcomes = read([*rows, form, child]).history.pregnancies
    assert [outcome.ending for outcome in outcomes] == [Ending.LOSS] * 3 + [Ending.LIVE_BIRTH]
    assert (outcomes[3].severe_pre_eclampsia, outcomes[3].morphologically_normal) == (Answer.YES, Answer.YES)
    assert outcomes[0].severe_pre_eclampsia is Answer.NO


def product(pregnancy, result):
    fetus = Row(form="CON", parent=pregnancy, values={"con_no": 1, "con_fate": "3"})
    values = {"poc_available": "1", "poc_result": result, "poc_date": "2023-09-02"}
    return [fetus, Row(form="POC", parent=fetus, values=values)]


def test_a_trisomy_leaves_two_losses_and_a_partial_explanation():
    rows = complete()
    found = judged([*rows, *product(rows[2], "3")])
    assert found.workup_class is WorkupClass.PARTIALLY_EXPLAINED
    assert (found.embryos.losses, found.embryos.examined, found.embryos.abnormal) == (3, 1, 1)
    assert judged([*rows, *product(rows[2], "3")], "ESHRE_2022").workup_class is WorkupClass.UNEXPLAINED


def test_rcog_asks_for_karyotypes_where_a_product_is_unbalanced():
    rows = complete(without={"KAR"})
    assert judged([*rows, *product(rows[2], "1")], "RCOG_2023").workup_class is WorkupClass.UNEXPLAINED
    unbalanced = judged([*rows, *product(rows[2], "5")], "RCOG_2023")
    assert unbalanced.workup_class is WorkupClass.NOT_ASSESSABLE


def test_rcog_asks_for_thrombophilia_after_a_second_trimester_loss():
    rows = complete(without={"THR"})
    rows.append(loss(4, "2024-04-01", 17))
    found = judged([*rows, *product(rows[0], "1")], "RCOG_2023")
    assert {need.domain for need in found.needs} == {"thrombophilia"}


def test_every_variable_that_the_work_up_reads_stands_in_the_dictionary():
    dictionary = read_dictionary(FALCO, [])
    for test in WORKUP.tests.values():
        form = test.variable.partition(".")[0]
        place = WORKUP.places.tests.get(test.id)
        names = [test.variable]
        if place is not None:
            told = vars(place)
            names += [f"{form}.{name}" for name in place.only]
            names += [f"{form}.{name}" for key, name in told.items() if isinstance(name, str) and name]
        assert not [name for name in names if name not in dictionary.variables]
    sample_place = WORKUP.places.sample
    for rule in sample_place.circumstances:
        assert f"{sample_place.form}.{rule.variable}" in dictionary.variables
    for history in WORKUP.places.history.values():
        form, _, _ = history.variable.partition(".")
        names = [history.variable, *(f"{form}.{name}" for name in (history.on, history.high_risk) if name)]
        assert not [name for name in names if name not in dictionary.variables]

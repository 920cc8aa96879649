"""Each contradiction of one record is found on its field."""

from collections.abc import Callable

import pytest

from gravida.protocol.consistency import Severity
from gravida.protocol.consistency_all import CHECKS
from tests.protocol import consistency_made as enter_one
from tests.protocol.consistency_made import Made


def test_a_dull_record_contradicts_nothing():
    made = Made()
    made.loss()
    made.sample("2021-03-04", "APL", apl_la="0")

    assert made.found() == []


HARD, SOFT, LIST = Severity.HARD, Severity.SOFT, Severity.LIST
# code | severity | field | what was entered
FOUND = [
    ("K01", HARD, "inc_date", enter_one.k01),
    ("K01", HARD, "inc_date", enter_one.k01_pending),
    ("K02", SOFT, "fup_date", enter_one.k02),
    ("K03", HARD, "inf_status", enter_one.k03),
    ("K04", SOFT, "exc_ame", enter_one.k04),
    ("K05", SOFT, "preg_no", enter_one.k05),
    ("K05", SOFT, "preg_no", enter_one.k05_twice),
    ("K06", HARD, "preg_outcome", enter_one.k06),
    ("K06", HARD, "preg_outcome", enter_one.k06_stillbirth),
    ("K07", HARD, "preg_outcome", enter_one.k07),
    ("K07", HARD, "preg_outcome", enter_one.k07_miscarriage),
    ("K08", SOFT, "preg_n_conceptus", enter_one.k08),
    ("K08", SOFT, "preg_n_sacs", enter_one.k08_sacs),
    ("K09", SOFT, "con_birth_weight", enter_one.k09),
    ("K10", SOFT, "preg_transfer_ref", enter_one.k10),
    ("K10", SOFT, "trf_preg_ref", enter_one.k10_transfer),
    ("K11", SOFT, "preg_dating_basis", enter_one.k11),
    ("K12", HARD, "preg_transfer_ref", enter_one.k12),
    ("K13", HARD, "emb_gardner", enter_one.k13),
    ("K13", SOFT, "emb_gardner", enter_one.k13_cleaved),
    ("K14", HARD, "preg_pe_ga", enter_one.k14),
    ("K15", HARD, "kar_person", enter_one.k15),
    ("K16", SOFT, "poc_iscn", enter_one.k16),
    ("K16", SOFT, "poc_iscn", enter_one.k16_sex),
    ("K16", SOFT, "kar_iscn", enter_one.k16_parent),
    ("K17", SOFT, "poc_mcc_excluded", enter_one.k17),
    ("K18", SOFT, "smp_state", enter_one.k18),
    ("K19", SOFT, "thr_ps_free", enter_one.k19),
    ("K20", SOFT, "apl_la", enter_one.k20),
    ("K21", SOFT, "lip_sumcheck", enter_one.k21),
    ("K22", SOFT, "lip_cd3_abs", enter_one.k22),
    ("K23", SOFT, "lip_cd3_pct", enter_one.k23),
    ("K23", SOFT, "lip_nk_bright", enter_one.k23_nk),
    ("K24", SOFT, "smp_phase", enter_one.k24),
    ("K24", SOFT, "smp_ga", enter_one.k24_pregnant),
    ("K26", SOFT, "aab_tpo", enter_one.k26),
    ("K27", SOFT, "aab_iga_total", enter_one.k27),
    ("K28", SOFT, "hor_hba1c", enter_one.k28),
    ("K29", SOFT, "trt_start", enter_one.k29),
    ("K30", SOFT, "apl_la", enter_one.k30),
    ("K31", SOFT, "trt_start", enter_one.k31),
    ("K32", SOFT, "trt_dose", enter_one.k32),
    ("K32", SOFT, "trt_dose", enter_one.k32_units),
    ("K33", SOFT, "fup_new_preg", enter_one.k33),
    ("K34", LIST, "fup_next_due", enter_one.k34),
    ("K35", SOFT, "preg_outcome", enter_one.k35),
    ("K36", HARD, "fup_date", enter_one.k36),
    ("K37", SOFT, "preg_comment", enter_one.k37),
    ("K38", HARD, "thr_fvl", enter_one.k38),
    ("K39", HARD, "bio_type", enter_one.k39),
    ("K40", HARD, "par_smoke", enter_one.k40),
    ("K41", SOFT, "gyn_declared_g", enter_one.k41),
    ("K42", SOFT, "apl_la", enter_one.k42),
    ("P01", HARD, "preg_end", enter_one.p01),
    ("P02", SOFT, "preg_ga_end_w", enter_one.p02),
    ("P03", HARD, "preg_start", enter_one.p03),
    ("P04", SOFT, "preg_end", enter_one.p04),
    ("U01", SOFT, "uss_conclusion", enter_one.u01),
    ("U02", SOFT, "uss_conclusion", enter_one.u02),
    ("U03", SOFT, "uss_sac", enter_one.u03),
]


@pytest.mark.parametrize(
    ("code", "severity", "field", "enter"), FOUND, ids=lambda value: getattr(value, "__name__", "")
)
def test_each_contradiction_is_found_on_its_field(
    code: str, severity: Severity, field: str, enter: Callable[[Made], None]
):
    made = Made()
    enter(made)

    found = [(finding.code, finding.severity, finding.field) for finding in made.found()]

    assert found == [(code, severity, field)]


def test_every_code_from_k01_to_k42_has_its_check_and_is_shown_at_work():
    codes = {check.code for check in CHECKS} | {"K25"}

    assert {f"K{number:02}" for number in range(1, 43)} <= codes
    assert codes - {"K25"} == {code for code, *_ in FOUND}

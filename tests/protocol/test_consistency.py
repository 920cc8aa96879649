"""Each contradiction of one record: found where it stands, and silent where nothing contradicts."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from gravida.protocol.consistency import Finding, Severity
from gravida.protocol.consistency_all import CHECKS, contradictions
from gravida.protocol.consistency_participation import identifiers_in
from gravida.protocol.consistency_units import ranges_of
from gravida.protocol.dictionary_file import read_dictionary
from gravida.protocol.mistakes import Mistake
from gravida.protocol.record import Row, WomanRecord
from gravida.protocol.values import Missing, PartialDate

FALCO = Path(__file__).resolve().parents[2] / "studies" / "falco"
TODAY = date(2026, 6, 1)


class Made:
    """A record in the making: a valid, dull one, and what a test adds to it."""

    def __init__(self, **identity: frozenset[str]) -> None:
        self.rows: list[Row] = []
        self.names = identity.get("names", frozenset())
        self.add(
            "INF", inf_date="2023-01-10", inf_status="1", inf_status_date="2023-01-10", inf_partner_status="1"
        )
        self.add("INC", inc_date="2023-01-20")
        self.add("FUP", fup_date="2026-05-01")

    def add(self, form: str, parent: Row | None = None, entered: str | None = None, **values: object) -> Row:
        entered_on = date.fromisoformat(entered) if entered else None
        row = Row(form=form, parent=parent, entered_on=entered_on, values=values)  # type: ignore[arg-type]
        self.rows.append(row)
        return row

    def change(self, form: str, **values: object) -> None:
        """Other values in the first row of a form."""
        place = next(index for index, row in enumerate(self.rows) if row.form == form)
        old = self.rows[place]
        self.rows[place] = Row(form=form, parent=old.parent, values={**old.values, **values})

    def found(self, **keys: object) -> list[Finding]:
        return contradictions(WomanRecord(rows=tuple(self.rows), as_of=TODAY, names=self.names), **keys)

    def loss(self, number: int = 1, **values: object) -> Row:
        """A miscarriage at 8 weeks with its conceptus."""
        dull = {
            "preg_no": number,
            "preg_outcome": "05",
            "preg_location": "1",
            "preg_lmp": "2020-01-01",
            "preg_end": "2020-02-26",
            "preg_conception": "1",
        }
        row = self.add("PRG", **{**dull, **values})
        self.add("CON", row, con_no=1, con_fate="3")
        return row

    def birth(self, weight: int, **values: object) -> Row:
        row = self.add(
            "PRG", preg_no=1, preg_outcome="12", preg_lmp="2020-01-01", preg_end="2020-10-07", **values
        )
        return self.add("CON", row, con_no=1, con_fate="8", con_birth_weight=weight)

    def sample(
        self, day: str, form: str, *, state: str = "1", drugs: tuple[str, ...] = (), **values: object
    ) -> Row:
        sample = self.add(
            "SMP", smp_date=day, smp_state=state, smp_drugs=drugs, smp_person="1", smp_phase="1"
        )
        return self.add(form, sample, **values)


def test_a_dull_record_contradicts_nothing():
    made = Made()
    made.loss()
    made.sample("2021-03-04", "APL", apl_la="0")

    assert made.found() == []


def k01(made: Made) -> None:
    made.change("INF", inf_date="2023-01-21")


def k01_pending(made: Made) -> None:
    made.change("INF", inf_status="3")


def k02(made: Made) -> None:
    made.add("FUP", fup_date="2023-01-09")


def k03(made: Made) -> None:
    made.add(
        "INF", inf_date="2024-01-01", inf_status="2", inf_status_date="2024-01-05", inf_partner_status="1"
    )
    made.rows = [row for row in made.rows if row.form in ("INF", "SCR")]
    made.add("LIF", entered="2024-01-06", lif_date="2023-06-01")


def k04(made: Made) -> None:
    made.add("SCR", exc_ame="1", inc_social_security="1")


def k05(made: Made) -> None:
    made.loss(1)
    made.loss(2, preg_lmp="2018-01-01", preg_end="2018-03-01")


def k05_twice(made: Made) -> None:
    made.loss(1)
    made.loss(1, preg_lmp="2018-01-01", preg_end="2018-03-01")


def k06(made: Made) -> None:
    made.loss(preg_end="2020-06-03")


def k06_stillbirth(made: Made) -> None:
    made.loss(preg_outcome="11")


def k07(made: Made) -> None:
    made.add("PRG", preg_no=1, preg_outcome="12", preg_lmp="2020-01-01", preg_end="2020-10-07")


def k07_miscarriage(made: Made) -> None:
    made.add("CON", made.loss(), con_no=2, con_fate="8")


def k08(made: Made) -> None:
    made.add("PRG", preg_no=1, preg_outcome="14", preg_location="1")


def k08_sacs(made: Made) -> None:
    row = made.loss(preg_n_sacs=1)
    made.add("CON", row, con_no=2, con_fate="3", con_us_last_stage="1")
    made.add("CON", row, con_no=3, con_fate="3", con_us_last_stage="2")


def k09(made: Made) -> None:
    made.birth(900)


def k10(made: Made) -> None:
    made.loss(preg_conception="4")


def k10_transfer(made: Made) -> None:
    made.add("TRF", trf_id=1, trf_hcg_result="1")


def k11(made: Made) -> None:
    made.loss(preg_transfer_ref=1, preg_dating_basis="1")
    transfer = made.add("TRF", trf_id=1, trf_date="2020-01-24", trf_hcg_result="1", trf_preg_ref=1)
    made.add("EMB", transfer, emb_day=5, emb_gardner="4AA")


def k12(made: Made) -> None:
    made.loss(1, preg_transfer_ref=1)
    made.loss(2, preg_transfer_ref=1, preg_lmp="2021-01-01", preg_end="2021-03-01")
    made.add("TRF", trf_id=1, trf_preg_ref=1)


def k13(made: Made) -> None:
    made.add("EMB", made.add("TRF", trf_id=1), emb_day=5)


def k13_cleaved(made: Made) -> None:
    made.add("EMB", made.add("TRF", trf_id=1), emb_day=3, emb_gardner="4AA")


def k14(made: Made) -> None:
    made.loss(preg_complications=["pe_severe_lt34"])


def k15(made: Made) -> None:
    made.add("KAR", kar_person="2", kar_done="1")


def k16(made: Made) -> None:
    made.add("POC", made.loss(), poc_result="3", poc_iscn="46,XY")


def k16_sex(made: Made) -> None:
    made.add("POC", made.loss(), poc_result="1", poc_iscn="46,XY", poc_mcc_excluded="1")


def k16_parent(made: Made) -> None:
    made.add("KAR", kar_person="1", kar_iscn="46,XY")


def k17(made: Made) -> None:
    made.add("POC", made.loss(), poc_result="1", poc_iscn="46,XX", poc_mcc_excluded="9")


def k18(made: Made) -> None:
    made.loss()
    made.sample("2020-02-01", "HGB")


def k19(made: Made) -> None:
    made.sample("2021-02-01", "THR", drugs=("oestroprogestin",), thr_ps_free="40")


def k20(made: Made) -> None:
    made.sample("2021-02-01", "APL", drugs=("vka",), apl_la="1")


def k21(made: Made) -> None:
    made.sample("2021-02-01", "LIP", lip_cd3_pct="70", lip_cd19_pct="10", lip_nk_pct="9")


def k22(made: Made) -> None:
    made.sample("2021-02-01", "LIP", lip_lymph_abs="2000", lip_cd3_pct="70", lip_cd3_abs="1200")


def k23(made: Made) -> None:
    made.sample("2021-02-01", "LIP", lip_cd3_pct="70", lip_cd4_pct="50", lip_cd8_pct="26")


def k23_nk(made: Made) -> None:
    made.sample("2021-02-01", "LIP", lip_nk_dim="95", lip_nk_bright="6")


def k24(made: Made) -> None:
    sample = made.add("SMP", smp_date="2021-02-01", smp_state="1")
    made.add("LIP", sample)


def k24_pregnant(made: Made) -> None:
    made.sample("2021-02-01", "CYT", state="2")


def k26(made: Made) -> None:
    made.sample("2021-02-01", "AAB", aab_tpo="350", aab_tpo_uln="34")


def k27(made: Made) -> None:
    made.sample("2021-02-01", "AAB", aab_ttg_iga="1", aab_ttg_uln="7", aab_iga_total="0.05")


def k28(made: Made) -> None:
    made.sample("2021-02-01", "HGB", hgb_electro="SC")
    made.sample("2021-02-01", "HOR", hor_hba1c="6.8")


def k29(made: Made) -> None:
    made.loss()
    made.add("TRT", trt_context="3", trt_preg_no=1, trt_start="2020-03-01")


def k30(made: Made) -> None:
    made.add("TRT", trt_class="02", trt_start="2021-01-15", trt_stop="2021-02-01")
    made.sample("2021-02-01", "APL", apl_la="0")


def k31(made: Made) -> None:
    made.loss()
    made.add("TRT", trt_context="3", trt_preg_no=1, trt_class="05", trt_start="2019-12-20")


def k32(made: Made) -> None:
    made.add("TRT", trt_drug="prednisone", trt_dose="30", trt_unit="mg", trt_freq="3/d")


def k32_units(made: Made) -> None:
    made.add("TRT", trt_atc="B01AB05", trt_dose="12000", trt_unit="[IU]", trt_freq="2/d")


def k33(made: Made) -> None:
    made.change("FUP", fup_new_preg="1", fup_date="2026-04-30")


def k34(made: Made) -> None:
    made.change("FUP", fup_date="2025-08-01")


def k35(made: Made) -> None:
    made.add("PRG", preg_no=1, preg_outcome="01", preg_lmp="2025-03-01")


def k36(made: Made) -> None:
    made.add("EVT", evt_type="9", evt_date="2026-02-03")


def k37(made: Made) -> None:
    made.loss(preg_comment="write to someone@example.org")


def k38(made: Made) -> None:
    made.change("INF", inf_genetic_oppose="1")
    made.sample("2021-02-01", "THR", thr_fvl="0")


def k39(made: Made) -> None:
    made.change("INF", inf_biobank_oppose="1")
    made.add("BIO", bio_type="serum")


def k40(made: Made) -> None:
    made.change("INF", inf_partner_status="3")
    made.add("PAR", par_no=1, par_sex="1", par_role="1", par_smoke="3")


def k41(made: Made) -> None:
    made.add("GYN", gyn_declared_g=2)
    made.loss()


def k42(made: Made) -> None:
    made.sample("2021-02-01", "APL", apl_la="1")
    made.sample("2021-04-20", "APL", apl_la="1")


def p01(made: Made) -> None:
    made.loss(preg_end="2019-12-01")


def p02(made: Made) -> None:
    made.loss(preg_ga_end_w=11, preg_ga_convention="SA")


def p03(made: Made) -> None:
    made.loss(1)
    made.loss(2, preg_lmp="2020-02-01", preg_end="2020-04-10")


def p04(made: Made) -> None:
    made.loss(1)
    made.loss(2, preg_lmp=None, preg_end="2020-03-10")


HARD, SOFT, LIST = Severity.HARD, Severity.SOFT, Severity.LIST
# code | severity | field | what was entered
FOUND = [
    ("K01", HARD, "inc_date", k01),
    ("K01", HARD, "inc_date", k01_pending),
    ("K02", SOFT, "fup_date", k02),
    ("K03", HARD, "inf_status", k03),
    ("K04", SOFT, "exc_ame", k04),
    ("K05", SOFT, "preg_no", k05),
    ("K05", SOFT, "preg_no", k05_twice),
    ("K06", HARD, "preg_outcome", k06),
    ("K06", HARD, "preg_outcome", k06_stillbirth),
    ("K07", HARD, "preg_outcome", k07),
    ("K07", HARD, "preg_outcome", k07_miscarriage),
    ("K08", SOFT, "preg_n_conceptus", k08),
    ("K08", SOFT, "preg_n_sacs", k08_sacs),
    ("K09", SOFT, "con_birth_weight", k09),
    ("K10", SOFT, "preg_transfer_ref", k10),
    ("K10", SOFT, "trf_preg_ref", k10_transfer),
    ("K11", SOFT, "preg_dating_basis", k11),
    ("K12", HARD, "preg_transfer_ref", k12),
    ("K13", HARD, "emb_gardner", k13),
    ("K13", SOFT, "emb_gardner", k13_cleaved),
    ("K14", HARD, "preg_pe_ga", k14),
    ("K15", HARD, "kar_person", k15),
    ("K16", SOFT, "poc_iscn", k16),
    ("K16", SOFT, "poc_iscn", k16_sex),
    ("K16", SOFT, "kar_iscn", k16_parent),
    ("K17", SOFT, "poc_mcc_excluded", k17),
    ("K18", SOFT, "smp_state", k18),
    ("K19", SOFT, "thr_ps_free", k19),
    ("K20", SOFT, "apl_la", k20),
    ("K21", SOFT, "lip_sumcheck", k21),
    ("K22", SOFT, "lip_cd3_abs", k22),
    ("K23", SOFT, "lip_cd3_pct", k23),
    ("K23", SOFT, "lip_nk_bright", k23_nk),
    ("K24", SOFT, "smp_phase", k24),
    ("K24", SOFT, "smp_ga", k24_pregnant),
    ("K26", SOFT, "aab_tpo", k26),
    ("K27", SOFT, "aab_iga_total", k27),
    ("K28", SOFT, "hor_hba1c", k28),
    ("K29", SOFT, "trt_start", k29),
    ("K30", SOFT, "apl_la", k30),
    ("K31", SOFT, "trt_start", k31),
    ("K32", SOFT, "trt_dose", k32),
    ("K32", SOFT, "trt_dose", k32_units),
    ("K33", SOFT, "fup_new_preg", k33),
    ("K34", LIST, "fup_next_due", k34),
    ("K35", SOFT, "preg_outcome", k35),
    ("K36", HARD, "fup_date", k36),
    ("K37", SOFT, "preg_comment", k37),
    ("K38", HARD, "thr_fvl", k38),
    ("K39", HARD, "bio_type", k39),
    ("K40", HARD, "par_smoke", k40),
    ("K41", SOFT, "gyn_declared_g", k41),
    ("K42", SOFT, "apl_la", k42),
    ("P01", HARD, "preg_end", p01),
    ("P02", SOFT, "preg_ga_end_w", p02),
    ("P03", HARD, "preg_start", p03),
    ("P04", SOFT, "preg_end", p04),
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

"""A valid, dull record in the making, and one contradiction after the other to enter into it."""

from datetime import date

from gravida.protocol.consistency import Finding
from gravida.protocol.consistency_all import contradictions
from gravida.protocol.record import Row, WomanRecord

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


def scanned(made: Made, *days: str, **values: object) -> None:
    """A loss whose arrest was told from scans on these days."""
    row = made.loss()
    for day in days:
        made.add("USS", row, uss_date=day, uss_conclusion="3", **values)


EMPTY_SAC = {"uss_sac": "1", "uss_yolk": "0", "uss_embryo": "0", "uss_msd": "24"}
SMALL_EMBRYO = {"uss_sac": "1", "uss_embryo": "1", "uss_crl": "6.5", "uss_cardiac": "0"}


def u01(made: Made) -> None:
    scanned(made, "2020-02-20", **EMPTY_SAC)


def u02(made: Made) -> None:
    scanned(made, "2020-02-20", **SMALL_EMBRYO)


def u03(made: Made) -> None:
    row = made.loss(preg_outcome="03", preg_location="3")
    made.add("HCG", row, hcg_date="2020-02-10", hcg_value="3510")
    made.add("USS", row, uss_date="2020-02-11", uss_sac="0", uss_conclusion="4")

"""An invented cohort for the rules: women with their form rows, drawn by chance, with gaps.

No figure of it describes anyone; proportions are only such that every rule has something to read.
"""

import random
from collections.abc import Iterator
from datetime import date, timedelta

from gravida.protocol.record import Row, RowValue, WomanRecord
from gravida.protocol.values import Missing

TODAY = date(2026, 6, 1)
PREGNANCIES_PER_WOMAN = 4800 / 700
# outcome, weight, weeks at the end, location
OUTCOMES = (
    ("05", 52, (6, 13), "1"),
    ("05", 4, (14, 21), "1"),
    ("02", 12, (4, 5), "2"),
    ("03", 4, (5, 7), "3"),
    ("14", 4, (5, 12), "9"),
    ("06", 4, (5, 9), "4"),
    ("08", 1, (7, 12), "1"),
    ("09", 4, (6, 13), "1"),
    ("10", 1, (14, 24), "1"),
    ("11", 1, (24, 38), "1"),
    ("12", 12, (35, 41), "1"),
    ("13", 1, (6, 20), "9"),
)
WEIGHTS = [weight for _, weight, _, _ in OUTCOMES]
FATES = {"12": "8", "11": "7", "06": "9", "08": "10", "10": "5", "09": "5"}


class Woman:
    """One woman's rows in the making."""

    def __init__(self, dice: random.Random) -> None:
        self.dice = dice
        self.rows: list[Row] = []

    def add(self, form: str, parent: Row | None = None, **values: RowValue) -> Row:
        row = Row(form=form, parent=parent, values=values)
        self.rows.append(row)
        return row

    def often(self, share: float) -> bool:
        return self.dice.random() < share

    def told(self, day: date) -> RowValue:
        """A date as told: whole, to the month, to the year, or not at all."""
        chance = self.dice.random()
        if chance < 0.70:
            return day.isoformat()
        return f"{day:%Y-%m}" if chance < 0.90 else f"{day:%Y}" if chance < 0.97 else Missing.UNK


def cohort(women: int, *, seed: int = 20221024) -> Iterator[WomanRecord]:
    """So many women, one at a time; the same seed gives the same women."""
    dice = random.Random(seed)
    for _ in range(women):
        yield _record(Woman(dice))


def _record(woman: Woman) -> WomanRecord:
    dice = woman.dice
    included = date(2023, 1, 1) + timedelta(dice.randint(0, 900))
    woman.add("SCR", scr_date=included.isoformat(), exc_ame="0", inc_social_security="1", exc_protection="0")
    woman.add(
        "INF",
        inf_date=included.isoformat(),
        inf_status="1",
        inf_status_date=included.isoformat(),
        inf_partner_status="1",
        inf_genetic_oppose="0",
        inf_biobank_oppose="0",
    )
    woman.add("INC", inc_date=included.isoformat())
    woman.add(
        "MED", med_diabetes="0", med_thyroid="0", med_sickle="0", med_vte="0", med_at="0", med_aid=["none"]
    )
    woman.add("PAR", par_no=1, par_sex="1", par_role="1", par_smoke="0")
    count = max(1, round(dice.gauss(PREGNANCIES_PER_WOMAN, 2)))
    woman.add("GYN", gyn_declared_g=count, gyn_declared_p=1)
    ended = date(2006, 1, 1) + timedelta(dice.randint(0, 1500))
    for number in range(1, count + 1):
        ended = _pregnancy(woman, number, ended + timedelta(dice.randint(60, 700)))
    _transfers(woman)
    _workup(woman, included)
    for visit in range(1, 5):
        day = included + timedelta(183 * visit)
        woman.add("FUP", fup_date=day.isoformat(), fup_status="1", fup_new_preg="0")
    return WomanRecord(rows=tuple(woman.rows), as_of=TODAY)


def _pregnancy(woman: Woman, number: int, began: date) -> date:
    dice = woman.dice
    outcome, _, (first, last), location = dice.choices(OUTCOMES, WEIGHTS)[0]
    days = dice.randint(first * 7, last * 7 + 6)
    ended = began + timedelta(days)
    told = woman.often(0.85)
    row = woman.add(
        "PRG",
        preg_no=number,
        preg_outcome=outcome,
        preg_location=location,
        preg_lmp=woman.told(began),
        preg_lmp_reliable=woman.often(0.8),
        preg_end=woman.told(ended),
        preg_conception="1",
        preg_pos_test=dice.choice(["1", "1", "2", "3"]),
        preg_partner_no=1 if woman.often(0.9) else Missing.UNK,
        preg_ga_end_w=days // 7 if told else Missing.UNK,
        preg_ga_end_d=days % 7 if told and woman.often(0.5) else None,
        preg_ga_convention=dice.choice(["SA", "SA", "SA", "SG", "unknown"]),
        preg_complications=["none"],
        preg_n_sacs=1,
        preg_loss_mode="1",
    )
    fate = FATES.get(outcome, "3")
    weight = dice.randint(2500, 4000) if outcome == "12" else None
    fetus = woman.add("CON", row, con_no=1, con_fate=fate, con_us_last_stage="2", con_birth_weight=weight)
    if location == "1" and woman.often(0.5):
        woman.add("USS", row, uss_date=(began + timedelta(days // 2)).isoformat(), uss_sac="1", uss_crl="9.5")
    if outcome == "05" and woman.often(0.15):
        result = dice.choice(["1", "2", "3", "8"])
        woman.add("POC", fetus, poc_available="1", poc_result=result, poc_mcc_excluded="1")
    return ended


def _transfers(woman: Woman) -> None:
    if woman.often(0.7):
        return
    cycle = woman.add("ART", art_no=1, art_retrieval_date="2019-03-10", art_oocyte_age=34)
    for number in range(1, woman.dice.randint(2, 5)):
        result = woman.dice.choice(["0", "0", "9"])
        transfer = woman.add(
            "TRF", cycle, trf_id=number, trf_date=f"2019-0{number + 3}", trf_hcg_result=result
        )
        woman.add("EMB", transfer, emb_no=1, emb_day=5, emb_gardner=woman.dice.choice(["4AB", "2CC", "3BB"]))


def _workup(woman: Woman, included: date) -> None:
    dice = woman.dice
    for number in (1, 2):
        sample = woman.add(
            "SMP",
            smp_id=number,
            smp_person="1",
            smp_date=(included + timedelta(100 * number)).isoformat(),
            smp_state="1",
            smp_phase="1",
            smp_drugs=["none"],
            smp_pending="1",
        )
        woman.add(
            "APL",
            sample,
            apl_la=dice.choice(["0", "0", "0", "1"]),
            apl_acl_igg="12",
            apl_acl_igm="8",
            apl_assay="1",
        )
        woman.add("THR", sample, thr_fvl="0", thr_fii="0", thr_at="98", thr_pc="101", thr_ps_free="88")
        woman.add("HGB", sample, hgb_hb="12.8", hgb_plt="250", hgb_electro="AA")
        woman.add(
            "HOR",
            sample,
            hor_tsh="1.8",
            hor_tsh_uln="4",
            hor_glucose="4.9",
            hor_hba1c="5.2",
            hor_prl="12",
            hor_amh="2.1",
        )
        woman.add(
            "AAB",
            sample,
            aab_ana="0",
            aab_tpo="12",
            aab_tpo_uln="34",
            aab_ttg_iga="1",
            aab_ttg_uln="7",
            aab_iga_total="2.1",
        )
        woman.add(
            "LIP",
            sample,
            lip_lymph_abs="2000",
            lip_cd3_pct="72",
            lip_cd19_pct="14",
            lip_nk_pct="12",
            lip_cd4_pct="45",
        )
    woman.add("KAR", kar_person="1", kar_done="1", kar_result="1", kar_iscn="46,XX")
    if woman.often(0.8):
        woman.add("KAR", kar_person="2", kar_partner_no=1, kar_done="1", kar_result="1", kar_iscn="46,XY")
    woman.add("IMG", img_date=included.isoformat(), img_method=["us3d"], img_eshre="U0", img_cavity=["none"])

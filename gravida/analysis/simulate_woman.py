"""One made woman of a cohort: her losses, her wait, transfers, pregnancies, contacts, samples."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from gravida.analysis.input.pregnancies import DAYS_PER_MONTH
from gravida.analysis.simulate_rows import Below, Cell, FormRows, Span
from gravida.protocol.values import Missing

if TYPE_CHECKING:
    from gravida.analysis.simulate_snapshot import SnapshotTruth

FIRST_INCLUSION, FROZEN = 19289, 20779  # 24 October 2022 and 22 November 2026, days from 1970
CONTACT_EVERY = 182
# Values that only who was measured too late, or in pregnancy, has.
LATE_BMI, PREGNANT_TSH, LATE_TPO = 70.0, 140.0, 4900.0
TSH_LIMIT, TPO_LIMIT = 0.05, 9.0


@dataclass
class Told:
    """One pregnancy: day 0, the day it was recognised, its end (None: it goes on), how it ended."""

    began: float
    recognised: float
    ended: float | None
    outcome: str


@dataclass
class Life:
    """What is true of one woman, told or not. Days from 1970; `since`: when she began to try."""

    code: str
    included: float
    age: float
    bmi: float
    tsh: float
    tpo: float
    nk: float
    treg: float
    uses_art: bool
    explained: bool
    since: float
    seen_until: float
    stops: float = np.inf
    losses: int = 0
    told: list[Told] = field(default_factory=list)
    transfers: list[tuple[float, bool]] = field(default_factory=list)


Forms = dict[str, FormRows]


def live(code: str, forms: Forms, truth: "SnapshotTruth", random: np.random.Generator) -> Life:
    """One woman's life, told into the forms."""
    life = _born(code, truth, random)
    _past(life, random)
    _follow_up(life, truth, random)
    _future(life, truth, random)
    _tell_woman(life, forms, random)
    _tell_pregnancies(life, forms, random)
    _tell_transfers(life, forms, random)
    _tell_contacts(life, forms, random)
    _tell_habits(life, forms, random)
    _tell_samples(life, forms, random)
    return life


def _born(code: str, truth: "SnapshotTruth", random: np.random.Generator) -> Life:
    included = float(FIRST_INCLUSION + int(random.integers(0, 500)))
    waits = random.random()
    since = (
        included - int(random.integers(0, 300)) if waits < 0.7 else included + int(random.integers(1, 400))
    )
    return Life(
        code=code,
        included=included,
        age=float(np.clip(random.normal(33, 4.5), 19, 45)),
        bmi=float(np.clip(random.gamma(30, 0.82), 16, 50)),
        tsh=float(np.exp(random.normal(0.5, 1.0))),
        tpo=float(np.exp(random.normal(3.0, 1.2))),
        nk=float(np.clip(random.normal(11.5, 4.0), 1, 40)),
        treg=float(np.clip(random.normal(6.0, 1.5), 0.5, 15)),
        uses_art=bool(random.random() < truth.art),
        explained=bool(random.random() < 0.35),
        since=float(since),
        seen_until=float(FROZEN),
    )


def _past(life: Life, random: np.random.Generator) -> None:
    """Three losses or more, some births among them, all over two months before inclusion."""
    life.losses = 3 + int(random.binomial(3, 0.25))
    kinds = (
        ["05"] * life.losses + ["12"] * int(random.binomial(2, 0.2)) + ["09"] * int(random.binomial(1, 0.1))
    )
    random.shuffle(kinds)
    end = life.included - 60 - int(random.integers(0, 200))
    told = []
    for kind in reversed(kinds):
        length = int(random.integers(40, 95)) if kind != "12" else int(random.integers(255, 290))
        length = int(random.integers(45, 90)) if kind == "09" else length
        told.append(Told(began=end - length, recognised=end - length + 30, ended=end, outcome=kind))
        end -= length + int(random.integers(90, 400))
    life.told = told[::-1]


def _follow_up(life: Life, truth: "SnapshotTruth", random: np.random.Generator) -> None:
    """Until when she is heard of, and at which contact she says that she has stopped."""
    day = life.included
    while day + CONTACT_EVERY <= FROZEN:
        day += CONTACT_EVERY
        if random.random() < truth.loses_sight:
            life.seen_until = day - CONTACT_EVERY
            return
        if day > life.since and random.random() < truth.stops and not np.isfinite(life.stops):
            life.stops = day


def _future(life: Life, truth: "SnapshotTruth", random: np.random.Generator) -> None:
    day = max(life.included, life.since)
    if random.random() < truth.pregnant_at_inclusion:
        began = life.included - int(random.integers(30, 80))
        life.told = [one for one in life.told if one.ended is not None and one.ended < began]
        day = max(_pregnant(life, began, truth, random), life.since)
    tries = 0
    while day < min(life.seen_until, life.stops) and not _has_given_birth(life) and tries < 12:
        tries += 1
        if life.uses_art:
            day = _transfer(life, day, truth, random)
            continue
        rate = truth.conceive * np.exp(truth.conceive_age * (life.age - 33))
        rate *= truth.explained if life.explained else 1.0
        began = day + random.exponential(1 / rate) * DAYS_PER_MONTH
        if began >= min(life.seen_until, life.stops):
            return
        day = _pregnant(life, float(np.floor(began)), truth, random)


def _has_given_birth(life: Life) -> bool:
    return any(one.outcome == "12" and (one.ended or 0) > life.included for one in life.told)


def _transfer(life: Life, day: float, truth: "SnapshotTruth", random: np.random.Generator) -> float:
    when = day + 30 + int(random.integers(0, 120))
    if when >= min(life.seen_until, life.stops):
        return np.inf
    odds = truth.transfer_intercept + truth.transfer_age * (life.age - 33)
    failed = bool(random.random() < 1 / (1 + np.exp(-odds)))
    life.transfers.append((when, failed))
    # A transfer of a five-day embryo lies 19 days after day 0.
    return when + 14 if failed else _pregnant(life, when - 19, truth, random)


def _pregnant(life: Life, began: float, truth: "SnapshotTruth", random: np.random.Generator) -> float:
    """One pregnancy; a loss before anybody knew of it leaves no row. The day from which she can try again."""
    odds = (
        truth.loss_intercept
        + truth.loss_age * (life.age - 33)
        + truth.loss_earlier * (life.losses - 3)
        + truth.loss_bmi * (life.bmi - 24)
        + truth.loss_nk * (life.nk - 11)
    )
    lost = random.random() < 1 / (1 + np.exp(-odds))
    other = random.random()
    outcome, length = _ending(bool(lost), float(other), random)
    recognised = began + 28 + int(random.geometric(0.15))
    ended: float | None = began + length
    if recognised > began + length:
        return began + length + 30
    if ended is not None and ended > life.seen_until:
        ended, outcome = None, "01"
    if recognised <= life.seen_until:
        life.told.append(Told(began=began, recognised=recognised, ended=ended, outcome=outcome))
    life.losses += int(outcome in ("02", "05"))
    return np.inf if ended is None else ended + 60


def _ending(lost: bool, other: float, random: np.random.Generator) -> tuple[str, int]:
    if other < 0.05:
        outcome = "06" if other < 0.02 else "09" if other < 0.04 else "13"
        return outcome, int(random.integers(45, 90))
    if lost:
        length = 29 + int(random.binomial(67, 0.45))
        return ("02" if length < 42 else "05"), length
    return ("05", int(random.integers(100, 150))) if other < 0.08 else ("12", int(random.integers(255, 290)))


def _tell_woman(life: Life, forms: Forms, random: np.random.Generator) -> None:
    unexplained = "2" if random.random() < 0.8 else "4"
    endometriosis: Cell = str(int(random.choice(4, p=[0.75, 0.1, 0.1, 0.05])))
    forms["woman"].add(
        woman=life.code,
        inc_date=life.included,
        dem_age_inc=float(int(life.age)),
        gyn_endometriosis=Missing.NASK if random.random() < 0.03 else endometriosis,
        aet_class="1" if life.explained else unexplained,
    )


def _tell_pregnancies(life: Life, forms: Forms, random: np.random.Generator) -> None:
    for number, one in enumerate(life.told, start=1):
        told = one.ended is not None and one.outcome != "13"
        arrested = told and one.outcome == "05"
        length = None if one.ended is None else one.ended - one.began
        forms["pregnancy"].add(
            woman=life.code,
            preg_no=float(number),
            preg_start=one.began,
            preg_pos_test_date=one.recognised,
            preg_outcome=one.outcome,
            preg_end=one.ended if told else None,
            preg_ga_end=length if told else None,
            preg_dx_date=one.ended - 3 if arrested and one.ended is not None else None,
            preg_ga_arrest=max(length - 10, 28) if arrested and length is not None else None,
            preg_partner_no=1.0 if random.random() < 0.9 else 2.0,
            preg_conception="4" if one.began > life.included and life.uses_art else "1",
        )
        if arrested:
            forms["conceptus"].add(woman=life.code, preg_no=float(number), con_no=1.0, con_fate="3")
            if random.random() < 0.4:
                result = str(random.choice(["1", "2", "3", "8"], p=[0.2, 0.2, 0.5, 0.1]))
                forms["poc"].add(woman=life.code, preg_no=float(number), con_no=1.0, poc_result=result)


def _tell_transfers(life: Life, forms: Forms, random: np.random.Generator) -> None:
    earlier = [(life.included - 400 + 100 * at, True) for at in range(int(random.integers(0, 4)))]
    rows = [*(earlier if life.uses_art else []), *life.transfers]
    for number, (day, failed) in enumerate(rows, start=1):
        result = "9" if random.random() < 0.02 else "0" if failed else "1"
        fresh = "1" if random.random() < 0.4 else "2"
        forms["transfer"].add(
            woman=life.code, trf_id=float(number), trf_date=day, trf_fresh=fresh, trf_hcg_result=result
        )


def _tell_contacts(life: Life, forms: Forms, random: np.random.Generator) -> None:
    day = life.included
    while day <= life.seen_until:
        stopped, tries = day >= life.stops, day >= life.since
        since: Cell = None
        if tries and not stopped:
            since = Span(life.since - 15, life.since + 15) if random.random() < 0.2 else life.since
        forms["contact"].add(
            woman=life.code,
            fup_date=day,
            fup_status="1",
            fup_trying="3" if stopped else "1" if tries else "4",
            fup_trying_since=since,
            fup_vital_last=day,
        )
        day += CONTACT_EVERY


def _tell_habits(life: Life, forms: Forms, random: np.random.Generator) -> None:
    smoke, alcohol = (
        str(int(random.integers(0, 4))),
        str(int(random.choice(5, p=[0.4, 0.3, 0.2, 0.07, 0.03]))),
    )
    forms["lifestyle"].add(
        woman=life.code,
        lif_date=life.included,
        lif_bmi=Missing.REF if random.random() < 0.04 else round(life.bmi, 1),
        lif_smoke=smoke,
        lif_alcohol=alcohol,
    )
    ended = [one.ended for one in life.told if one.ended is not None and one.began > life.included]
    if ended:
        forms["lifestyle"].add(
            woman=life.code,
            lif_date=life.seen_until + 1,
            lif_bmi=LATE_BMI,
            lif_smoke=smoke,
            lif_alcohol=alcohol,
        )


def _tell_samples(life: Life, forms: Forms, random: np.random.Generator) -> None:
    """One sample at inclusion, one in each later pregnancy, one when all is over."""
    days = [(life.included, "1")]
    later = [one for one in life.told if one.began > life.included]
    days += [(one.recognised + 1, "2") for one in later]
    days += [(life.seen_until + 1, "3")] if later and later[-1].ended is not None else []
    for number, (day, state) in enumerate(days, start=1):
        forms["sample"].add(woman=life.code, smp_id=float(number), smp_date=day, smp_state=state)
        values = _results(life, state, random)
        for variable, value in values.items():
            forms["lab_value"].add(woman=life.code, smp_id=float(number), variable=variable, value=value)


def _results(life: Life, state: str, random: np.random.Generator) -> dict[str, Cell]:
    if state != "1":
        return {"hor_tsh": PREGNANT_TSH, "aab_tpo": LATE_TPO, "lip_nk_pct": 59.0, "lip_treg_pct": 29.0}
    found: dict[str, Cell] = {
        "hor_tsh": Below(TSH_LIMIT) if life.tsh < TSH_LIMIT else round(life.tsh, 3),
        "aab_tpo": Below(TPO_LIMIT) if life.tpo < TPO_LIMIT else round(life.tpo, 1),
    }
    if random.random() < 0.05:
        found["hor_tsh"] = Missing.NPE
    if random.random() < 0.7:
        found |= {"lip_nk_pct": round(life.nk, 1), "lip_treg_pct": round(life.treg, 2)}
    return found

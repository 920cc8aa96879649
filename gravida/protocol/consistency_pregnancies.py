"""Checks on pregnancies, conceptuses, transfers and embryos (K05-K17, K35, K41; P01-P04 beyond the list)."""

import math
from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from itertools import pairwise
from operator import itemgetter

from msgspec import Struct

from gravida.protocol.consistency import Check, Hit, Severity
from gravida.protocol.obstetrics import PregnancyFacts
from gravida.protocol.obstetrics_classes import LATE_BEFORE
from gravida.protocol.obstetrics_dating import (
    LONGEST_PREGNANCY_DAYS,
    Dating,
    DatingProblem,
    day_zero_from_transfer,
)
from gravida.protocol.record import Row, WomanRecord
from gravida.protocol.record_facts import history_of, pregnancies_of
from gravida.protocol.values import Answer, PartialDate

ONGOING, MISCARRIAGE, STILLBIRTH, LIVE_BIRTH = "01", "05", "11", "12"  # preg_outcome
INTRA_UTERINE, HETEROTOPIC = "1", "5"  # preg_location
LIVE_BORN = "8"  # con_fate
BY_EMBRYO_TRANSFER = {"4", "5", "6", "7", "8"}  # preg_conception
PRE_ECLAMPSIA = {"pe", "pe_severe_lt34", "hellp", "eclampsia"}  # preg_complications
HCG_POSITIVE = "1"  # trf_hcg_result
NO_PREGNANCY_ROW_YET = {"0", "9"}  # trf_outcome
BLASTOCYST_FROM_DAY, CLEAVED_UP_TO_DAY = 5, 3
TRANSFER_AGREES_WITHIN_DAYS = 3
SHORTEST_BETWEEN_DAYS = 28
SEEN_STAGES = {"1", "2", "3", "4", "5"}  # con_us_last_stage


class Dated(Struct, frozen=True, gc=False):
    """A pregnancy's row with its facts and its dating."""

    row: Row
    facts: PregnancyFacts
    dating: Dating

    @property
    def began_on(self) -> PartialDate | None:
        return None if self.dating.day_zero is None else self.dating.day_zero.on


@lru_cache(maxsize=2)
def dated_pregnancies(record: WomanRecord) -> tuple[Dated, ...]:
    """Every pregnancy of a record, dated once for all checks."""
    datings = {id(placed.facts): placed.dating for placed in history_of(record).pregnancies}
    pairs = zip(record.of("PRG"), pregnancies_of(record), strict=True)
    return tuple(Dated(row, facts, datings[id(facts)]) for row, facts in pairs)


def numbers_follow_dates(record: WomanRecord) -> Iterator[Hit]:
    """K05: pregnancies are numbered in the order in which they ended, each number once."""
    numbered = [
        (pregnancy.facts.number, pregnancy.facts.ended_on, pregnancy.row)
        for pregnancy in dated_pregnancies(record)
        if pregnancy.facts.number is not None
    ]
    numbered.sort(key=lambda found: found[0])
    for (number, ended, row), (following, other_ended, other) in pairwise(numbered):
        if number == following:
            yield other, "preg_no", f"{number} twice", row
        elif ended is not None and other_ended is not None and other_ended.latest < ended.earliest:
            yield other, "preg_no", f"number {following} ended {other_ended}, number {number} {ended}", row


def outcome_fits_age(record: WomanRecord) -> Iterator[Hit]:
    """K06: a miscarriage is before 22 weeks, a stillbirth is not."""
    for pregnancy in dated_pregnancies(record):
        outcome, ended = pregnancy.row.code("preg_outcome"), pregnancy.dating.at_end
        if ended is None or outcome not in (MISCARRIAGE, STILLBIRTH):
            continue
        wrong = ended >= LATE_BEFORE if outcome == MISCARRIAGE else ended < LATE_BEFORE
        if wrong is Answer.YES:
            yield pregnancy.row, "preg_outcome", f"{outcome} at {ended}"


def live_birth_has_its_child(record: WomanRecord) -> Iterator[Hit]:
    """K07: a live birth has a live-born child, a miscarriage has none."""
    for row in record.of("PRG"):
        outcome = row.code("preg_outcome")
        born = [child for child in record.under(row, "CON") if child.code("con_fate") == LIVE_BORN]
        if outcome == LIVE_BIRTH and not born:
            yield row, "preg_outcome", f"{outcome}, no live-born child"
        if outcome == MISCARRIAGE and born:
            yield row, "preg_outcome", f"{outcome}, {len(born)} live-born", born[0]


def conceptuses_fit_sacs(record: WomanRecord) -> Iterator[Hit]:
    """K08: an intra-uterine pregnancy has a conceptus, and no more were seen than sacs."""
    for row in record.of("PRG"):
        children = record.under(row, "CON")
        if row.code("preg_location") in (INTRA_UTERINE, HETEROTOPIC) and not children:
            yield row, "preg_n_conceptus", "intra-uterine, no conceptus"
        sacs = row.whole("preg_n_sacs")
        seen = sum(child.code("con_us_last_stage") in SEEN_STAGES for child in children)
        if sacs is not None and seen > sacs:
            yield row, "preg_n_sacs", f"{sacs} sacs, {seen} conceptuses seen"


def expected_weight_g(age_days: float) -> float:
    """Mean weight in grams of a fetus of this age.

    Source: Hadlock et al., Radiology 1991;181:129: ln weight = 0.578 + 0.332 weeks - 0.00354 weeks^2.
    """
    weeks = age_days / 7
    return math.exp(0.578 + 0.332 * weeks - 0.00354 * weeks**2)


WEIGHT_SD_SHARE = 0.127  # of the mean, at every age (the same source)
WEIGHT_WITHIN_SD = 5


def weight_fits_age(record: WomanRecord) -> Iterator[Hit]:
    """K09: birth weight within five standard deviations, at the likeliest age of its span."""
    if not any("con_birth_weight" in child.values for child in record.of("CON")):
        return
    for pregnancy in dated_pregnancies(record):
        ended = pregnancy.dating.at_end
        if ended is None:
            continue
        weighed = [child for child in record.under(pregnancy.row, "CON") if child.known("con_birth_weight")]
        if not weighed:
            continue
        lightest = expected_weight_g(ended.min_days) * (1 - WEIGHT_WITHIN_SD * WEIGHT_SD_SHARE)
        heaviest = expected_weight_g(ended.max_days) * (1 + WEIGHT_WITHIN_SD * WEIGHT_SD_SHARE)
        for child in weighed:
            weight = child.number_of("con_birth_weight")
            if weight is not None and not lightest <= weight <= heaviest:
                yield child, "con_birth_weight", f"{weight} g at {ended}"


def transfer_and_pregnancy_name_each_other(record: WomanRecord) -> Iterator[Hit]:
    """K10: conception by transfer names its transfer; a transfer with positive hCG names its pregnancy."""
    for row in record.of("PRG"):
        named = row.whole("preg_transfer_ref")
        if row.code("preg_conception") in BY_EMBRYO_TRANSFER and named not in record.transfers_by_number:
            yield row, "preg_transfer_ref", f"conception {row.code('preg_conception')}, transfer {named}"
    for row in record.of("TRF"):
        pregnancy = row.whole("trf_preg_ref")
        is_positive = row.code("trf_hcg_result") == HCG_POSITIVE
        if is_positive and pregnancy not in record.pregnancies_by_number:
            yield row, "trf_preg_ref", f"hCG positive, pregnancy {pregnancy}"


def transfer_fits_dating(record: WomanRecord) -> Iterator[Hit]:
    """K11: day 0 by the transfer agrees within three days with day 0 by the basis recorded."""
    for pregnancy in dated_pregnancies(record):
        facts, began = pregnancy.facts, pregnancy.began_on
        if facts.transferred_on is None or facts.embryo_age_days is None or began is None:
            continue
        by_transfer = day_zero_from_transfer(facts.transferred_on, facts.embryo_age_days)
        for name, other in (("preg_dating_basis", began), ("preg_lmp", facts.last_period_on)):
            span = None if other is None else by_transfer.days_since(other)
            if span and (
                span.min_days > TRANSFER_AGREES_WITHIN_DAYS or span.max_days < -TRANSFER_AGREES_WITHIN_DAYS
            ):
                yield pregnancy.row, name, f"day 0 {by_transfer} by transfer, {other} otherwise"
                break


def one_pregnancy_per_transfer(record: WomanRecord) -> Iterator[Hit]:
    """K12: no two pregnancies name one transfer, no two transfers one pregnancy."""
    for form, field in (("PRG", "preg_transfer_ref"), ("TRF", "trf_preg_ref")):
        seen: dict[int, Row] = {}
        for row in record.of(form):
            named = row.whole(field)
            if named in seen:
                yield row, field, f"{field} = {named} twice", seen[named]
            elif named is not None:
                seen[named] = row


def blastocyst_has_its_grade(record: WomanRecord) -> Iterator[Hit]:
    """K13, hard: an embryo of day 5 or more has a Gardner grade."""
    for row in record.of("EMB"):
        day, grade = row.whole("emb_day"), row.code("emb_gardner")
        if day is not None and day >= BLASTOCYST_FROM_DAY and grade is None:
            yield row, "emb_gardner", f"day {day}, no grade"


def cleaved_embryo_has_no_grade(record: WomanRecord) -> Iterator[Hit]:
    """K13, soft: an embryo of day 3 or less has none."""
    for row in record.of("EMB"):
        day, grade = row.whole("emb_day"), row.code("emb_gardner")
        if day is not None and day <= CLEAVED_UP_TO_DAY and grade is not None:
            yield row, "emb_gardner", f"day {day}, grade {grade}"


def pre_eclampsia_has_its_age(record: WomanRecord) -> Iterator[Hit]:
    """K14: pre-eclampsia comes with the gestational age at which it began."""
    for row in record.of("PRG"):
        named = row.codes("preg_complications") & PRE_ECLAMPSIA
        if named and row.known("preg_pe_ga") is None:
            yield row, "preg_pe_ga", f"{', '.join(sorted(named))}, no age"


def pregnancy_ends_in_time(record: WomanRecord) -> Iterator[Hit]:
    """K35: a prospective pregnancy has an outcome 44 weeks after day 0."""
    inclusion = record.one("INC")
    included = None if inclusion is None else inclusion.day("inc_date")
    for pregnancy in dated_pregnancies(record):
        began, outcome = pregnancy.began_on, pregnancy.row.code("preg_outcome")
        if included is None or began is None or outcome not in (None, ONGOING):
            continue
        over_days = (record.as_of - began.latest).days - LONGEST_PREGNANCY_DAYS
        if (began >= included) is Answer.YES and over_days > 0:
            yield pregnancy.row, "preg_outcome", f"day 0 {began}, {over_days} days past 44 weeks"


def declared_gravidity_fits(record: WomanRecord) -> Iterator[Hit]:
    """K41: the pregnancies she declared at inclusion are those recorded up to it."""
    history, inclusion = record.one("GYN"), record.one("INC")
    declared = None if history is None else history.whole("gyn_declared_g")
    if history is None or declared is None:
        return
    included = None if inclusion is None else inclusion.day("inc_date")
    began = [_began_by(pregnancy, included) for pregnancy in dated_pregnancies(record)]
    fewest, most = began.count(Answer.YES), len(began) - began.count(Answer.NO)
    if not fewest <= declared <= most:
        recorded = str(fewest) if fewest == most else f"{fewest}..{most}"
        yield history, "gyn_declared_g", f"{declared} declared, {recorded} recorded"


def _began_by(pregnancy: Dated, included: PartialDate | None) -> Answer:
    began = pregnancy.began_on or pregnancy.facts.ended_on
    if included is None:
        return Answer.YES
    return Answer.UNKNOWN if began is None else began <= included


def dates_are_possible(record: WomanRecord) -> Iterator[Hit]:
    """P01: a pregnancy ends on or after day 0, within 44 weeks."""
    for pregnancy in dated_pregnancies(record):
        problems = [problem.value for problem in pregnancy.dating.problems if problem is not _TOLD]
        if problems:
            yield pregnancy.row, "preg_end", ", ".join(sorted(set(problems)))


def told_age_fits_dates(record: WomanRecord) -> Iterator[Hit]:
    """P02: the gestational age told at the end is that of the dates, to a week."""
    for pregnancy in dated_pregnancies(record):
        if _TOLD in pregnancy.dating.problems:
            yield (
                pregnancy.row,
                "preg_ga_end_w",
                f"told {pregnancy.facts.told_age}, by dates {pregnancy.dating.at_end}",
            )


_TOLD = DatingProblem.TOLD_AGE_DISAGREES


def pregnancies_do_not_overlap(record: WomanRecord) -> Iterator[Hit]:
    """P03: no pregnancy began, for certain, between the beginning and the end of another."""
    spans = [
        (pregnancy.row, pregnancy.began_on, pregnancy.facts.ended_on)
        for pregnancy in dated_pregnancies(record)
        if pregnancy.began_on is not None
    ]
    if not _may_overlap([(began.latest, ended) for _, began, ended in spans]):
        return
    for row, began, ended in spans:
        if ended is None:
            continue
        for other, other_began, _ in spans:
            if began.latest < other_began.earliest and other_began.latest < ended.earliest:
                yield other, "preg_start", f"began {other_began}, another ended {ended}", row


def _may_overlap(spans: list[tuple[date, PartialDate | None]]) -> bool:
    """Whether some pregnancy surely began before the end of one that surely began no later."""
    ended_by = date.min
    for began_by, ended in sorted(spans, key=itemgetter(0)):
        if began_by < ended_by:
            return True
        if ended is not None:
            ended_by = max(ended_by, ended.earliest)
    return False


def pregnancies_are_apart(record: WomanRecord) -> Iterator[Hit]:
    """P04: two ends are 28 days apart or more; less suggests retained products or an hCG never negative."""
    ended = [
        (pregnancy.row, day)
        for pregnancy in dated_pregnancies(record)
        if (day := pregnancy.facts.ended_on) is not None and day.is_exact
    ]
    ended.sort(key=lambda pair: pair[1].earliest)
    for (row, day), (other, other_day) in pairwise(ended):
        apart = (other_day.earliest - day.earliest).days
        if apart < SHORTEST_BETWEEN_DAYS:
            yield other, "preg_end", f"{apart} days after the end before", row


HARD, SOFT = Severity.HARD, Severity.SOFT
CHECKS = (
    Check(code="K05", severity=SOFT, rule=numbers_follow_dates, about="numbers follow the dates of end"),
    Check(
        code="K06",
        severity=HARD,
        rule=outcome_fits_age,
        about="miscarriage before 22 weeks, stillbirth from then",
    ),
    Check(
        code="K07", severity=HARD, rule=live_birth_has_its_child, about="a live birth has a live-born child"
    ),
    Check(code="K08", severity=SOFT, rule=conceptuses_fit_sacs, about="conceptuses fit location and sacs"),
    Check(
        code="K09", severity=SOFT, rule=weight_fits_age, about="birth weight within five standard deviations"
    ),
    Check(
        code="K10",
        severity=SOFT,
        rule=transfer_and_pregnancy_name_each_other,
        about="transfer and pregnancy linked",
    ),
    Check(
        code="K11",
        severity=SOFT,
        rule=transfer_fits_dating,
        about="transfer agrees with dating to three days",
    ),
    Check(code="K12", severity=HARD, rule=one_pregnancy_per_transfer, about="one pregnancy per transfer"),
    Check(code="K13", severity=HARD, rule=blastocyst_has_its_grade, about="a blastocyst has a grade"),
    Check(code="K13", severity=SOFT, rule=cleaved_embryo_has_no_grade, about="a cleaved embryo has none"),
    Check(
        code="K14",
        severity=HARD,
        rule=pre_eclampsia_has_its_age,
        about="pre-eclampsia has its gestational age",
    ),
    Check(
        code="K35",
        severity=SOFT,
        rule=pregnancy_ends_in_time,
        about="a pregnancy has an outcome after 44 weeks",
    ),
    Check(
        code="K41",
        severity=SOFT,
        rule=declared_gravidity_fits,
        about="pregnancies declared are those recorded",
    ),
    Check(
        code="P01", severity=HARD, rule=dates_are_possible, about="a pregnancy ends 0 to 308 days after day 0"
    ),
    Check(code="P02", severity=SOFT, rule=told_age_fits_dates, about="the age told fits the dates"),
    Check(code="P03", severity=HARD, rule=pregnancies_do_not_overlap, about="pregnancies do not overlap"),
    Check(code="P04", severity=SOFT, rule=pregnancies_are_apart, about="two ends are 28 days apart or more"),
)

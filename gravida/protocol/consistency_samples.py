"""Checks on karyotypes, samples and laboratory results (K15-K28, K30, K42)."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from itertools import combinations

from gravida.protocol.consistency import Check, Hit, Severity
from gravida.protocol.consistency_pregnancies import dated_pregnancies
from gravida.protocol.record import Row, WomanRecord
from gravida.protocol.values import CONCEPTION_AFTER_PERIOD_DAYS, Answer

OF_WOMAN, OF_PARTNER = "1", "2"  # kar_person, smp_person
ANEUPLOID, POLYPLOID, EUPLOID_FEMALE, EUPLOID_MALE = "3", "4", "1", "2"  # poc_result
FEMALE, MALE = "1", "2"  # con_sex, par_sex
MATERNAL_CELLS_EXCLUDED = "1"  # poc_mcc_excluded
NOT_PREGNANT, PREGNANT, JUST_AFTER = "1", "2", "3"  # smp_state
VKA, HEPARIN, DOAC, OESTROGENS = "vka", "heparin", "doac", "oestroprogestin"  # smp_drugs
LA_POSITIVE, LA_NOT_DONE = "1", "9"  # apl_la
VARIANT_HAEMOGLOBIN = {"AS", "SS", "SC", "S-beta0", "S-beta+", "AC"}  # hgb_electro
VARIANT_KNOWN = {"1", "2", "3", "4"}  # med_sickle
HEPARIN_CLASS = "02"  # trt_class
IGA_DEFICIENCY_BELOW_G_PER_L = Decimal("0.07")  # to be confirmed by the centre
PERSISTENT_FROM_DAYS, NEARLY_FROM_DAYS = 84, 70
POSITIVE_ABOVE_GPL = Decimal(40)  # anticardiolipin, Sydney 2006


def partner_of_karyotype_exists(record: WomanRecord) -> Iterator[Hit]:
    """K15: a partner's karyotype has a partner."""
    if record.of("PAR"):
        return
    for row in record.of("KAR"):
        if row.code("kar_person") == OF_PARTNER:
            yield row, "kar_person", "partner's karyotype, no partner"


def formula_fits_result(record: WomanRecord) -> Iterator[Hit]:
    """K16: the ISCN formula agrees with the result, and its sex chromosomes with the sex."""
    for row in record.of("POC"):
        formula, result = row.code("poc_iscn"), row.code("poc_result")
        if formula is None or result is None:
            continue
        contradicted = (ANEUPLOID, POLYPLOID) if formula.startswith("46,") else (EUPLOID_FEMALE, EUPLOID_MALE)
        if result in contradicted:
            yield row, "poc_iscn", f"{formula}, result {result}"
        sex = {EUPLOID_FEMALE: FEMALE, EUPLOID_MALE: MALE}.get(result)
        sex = sex or (row.parent.code("con_sex") if row.parent is not None else None)
        if _sex_disagrees(formula, sex):
            yield row, "poc_iscn", f"{formula}, sex {sex}"
    yield from _parents_formula_fits_sex(record)


def _parents_formula_fits_sex(record: WomanRecord) -> Iterator[Hit]:
    partners = {row.whole("par_no"): row.code("par_sex") for row in record.of("PAR")}
    for row in record.of("KAR"):
        formula = row.code("kar_iscn")
        is_woman = row.code("kar_person") == OF_WOMAN
        sex = (
            FEMALE
            if is_woman
            else {"1": MALE, "2": FEMALE}.get(partners.get(row.whole("kar_partner_no")) or "")
        )
        if formula is not None and _sex_disagrees(formula, sex):
            yield row, "kar_iscn", f"{formula}, sex {sex}"


def _sex_disagrees(formula: str, sex: str | None) -> bool:
    """Whether the sex chromosomes of a formula contradict a sex; formulas without them never do."""
    parts = formula.split(",")
    chromosomes = parts[1].strip() if len(parts) > 1 else ""
    if sex is None or not chromosomes or set(chromosomes) - {"X", "Y"}:
        return False
    return ("Y" in chromosomes) != (sex == MALE)


def female_product_excludes_maternal_cells(record: WomanRecord) -> Iterator[Hit]:
    """K17: a 46,XX product without test for maternal cells is "euploid female (unverified)"."""
    for row in record.of("POC"):
        if (
            row.code("poc_result") == EUPLOID_FEMALE
            and row.code("poc_mcc_excluded") != MATERNAL_CELLS_EXCLUDED
        ):
            yield row, "poc_mcc_excluded", f"46,XX, maternal cells excluded: {row.code('poc_mcc_excluded')}"


def state_fits_pregnancies(record: WomanRecord) -> Iterator[Hit]:
    """K18: a sample taken during a recorded pregnancy is not of "not pregnant"."""
    spans = list(_sure_spans(record)) if record.of("SMP") else []
    for sample in _samples_of_woman(record):
        day = sample.day("smp_date")
        if day is None or sample.code("smp_state") != NOT_PREGNANT:
            continue
        for row, conceived_by, ended in spans:
            if conceived_by <= day.earliest and day.latest < ended:
                yield sample, "smp_state", f"{day}, pregnancy from {conceived_by} to {ended}", row


def _sure_spans(record: WomanRecord) -> Iterator[tuple[Row, date, date]]:
    """The days from which and up to which she was pregnant for certain, for each pregnancy with dates.

    Day 0 is two weeks before conception: until then a sample is rightly of a woman not pregnant.
    """
    for pregnancy in dated_pregnancies(record):
        began, ended = pregnancy.began_on, pregnancy.facts.ended_on
        if began is not None and ended is not None:
            yield pregnancy.row, began.latest + _UNTIL_CONCEPTION, ended.earliest


_UNTIL_CONCEPTION = timedelta(days=CONCEPTION_AFTER_PERIOD_DAYS)


def _samples_of_woman(record: WomanRecord) -> Iterator[Row]:
    return (row for row in record.of("SMP") if row.code("smp_person") != OF_PARTNER)


def _under_sample(record: WomanRecord, form: str) -> Iterator[tuple[Row, Row]]:
    """The rows of a laboratory form, each with its sample."""
    for row in record.of(form):
        if row.parent is not None:
            yield row, row.parent


def protein_s_is_interpretable(record: WomanRecord) -> Iterator[Hit]:
    """K19: protein S was not measured around pregnancy, under oestrogens or vitamin K antagonists."""
    for row, sample in _under_sample(record, "THR"):
        fields = [name for name in ("thr_ps_free", "thr_ps_act") if row.known(name) is not None]
        drugs = sample.codes("smp_drugs") & {VKA, OESTROGENS}
        state = sample.code("smp_state")
        if fields and (state in (PREGNANT, JUST_AFTER) or drugs):
            yield row, fields[0], f"state {state}, drugs {', '.join(sorted(drugs)) or 'none'}", sample


def lupus_anticoagulant_is_interpretable(record: WomanRecord) -> Iterator[Hit]:
    """K20: lupus anticoagulant was not found positive under an anticoagulant."""
    for row, sample in _under_sample(record, "APL"):
        drugs = sample.codes("smp_drugs") & {VKA, HEPARIN, DOAC}
        if row.code("apl_la") == LA_POSITIVE and drugs:
            yield row, "apl_la", ", ".join(sorted(drugs)), sample


def lymphocytes_add_up(record: WomanRecord) -> Iterator[Hit]:
    """K21: T, B and NK cells make 95 to 105 % of the lymphocytes."""
    for row in record.of("LIP"):
        parts = [row.number_of(name) for name in ("lip_cd3_pct", "lip_cd19_pct", "lip_nk_pct")]
        known = [part for part in parts if part is not None]
        if len(known) == 3 and not 95 <= sum(known) <= 105:
            yield row, "lip_sumcheck", f"{sum(known)} %"


POPULATIONS = ("cd3", "cd4", "cd8", "cd19", "nk")


_SHARE_AND_COUNT = {name: (f"lip_{name}_pct", f"lip_{name}_abs") for name in POPULATIONS}


def percentages_fit_counts(record: WomanRecord) -> Iterator[Hit]:
    """K22: percentage times lymphocytes is within 10 % of the absolute count."""
    for row in record.of("LIP"):
        lymphocytes = row.number_of("lip_lymph_abs")
        for population, (of_share, of_count) in _SHARE_AND_COUNT.items():
            share, counted = row.number_of(of_share), row.number_of(of_count)
            if lymphocytes is None or share is None or counted is None:
                continue
            expected = lymphocytes * share / 100
            if abs(expected - counted) > expected / 10:
                yield row, f"lip_{population}_abs", f"{counted}, by percentage {expected:.0f}"


def subsets_fit_their_parent(record: WomanRecord) -> Iterator[Hit]:
    """K23: CD4 and CD8 do not exceed CD3 by over 5 points; dim and bright are at most all NK cells."""
    for row in record.of("LIP"):
        cd3, cd4, cd8, dim, bright = (
            row.number_of(name)
            for name in ("lip_cd3_pct", "lip_cd4_pct", "lip_cd8_pct", "lip_nk_dim", "lip_nk_bright")
        )
        if cd3 is not None and cd4 is not None and cd8 is not None and cd4 + cd8 > cd3 + 5:
            yield row, "lip_cd3_pct", f"CD4 {cd4} and CD8 {cd8}, CD3 {cd3}"
        if dim is not None and bright is not None and dim + bright > 100:
            yield row, "lip_nk_bright", f"dim {dim} and bright {bright}"


def immune_sample_has_its_moment(record: WomanRecord) -> Iterator[Hit]:
    """K24: an immune sample tells the phase of the cycle, or in pregnancy the gestational age."""
    for form in ("LIP", "CYT"):
        for row, sample in _under_sample(record, form):
            state = sample.code("smp_state")
            if state == NOT_PREGNANT and sample.known("smp_phase") is None:
                yield row, "smp_phase", "not pregnant, no phase", sample
            if state == PREGNANT and sample.known("smp_ga") is None and not _age_can_be_told(record, sample):
                yield row, "smp_ga", "pregnant, no gestational age", sample


def _age_can_be_told(record: WomanRecord, sample: Row) -> bool:
    """Whether the pregnancy that the sample names is recorded, and its day 0 known."""
    number = sample.whole("smp_preg_no")
    named = [pregnancy for pregnancy in dated_pregnancies(record) if pregnancy.facts.number == number]
    return any(pregnancy.began_on is not None for pregnancy in named)


def thyroid_antibodies_come_with_tsh(record: WomanRecord) -> Iterator[Hit]:
    """K26: positive anti-TPO comes with a TSH."""
    has_tsh = any(row.known("hor_tsh") is not None for row in record.of("HOR"))
    for row in record.of("AAB"):
        found, limit = row.number_of("aab_tpo"), row.number_of("aab_tpo_uln")
        if not has_tsh and found is not None and limit is not None and found > limit:
            yield row, "aab_tpo", f"{found} above {limit}, no TSH"


def transglutaminase_comes_with_iga(record: WomanRecord) -> Iterator[Hit]:
    """K27: negative anti-transglutaminase IgA says nothing without total IgA, or where IgA is deficient."""
    for row in record.of("AAB"):
        found, limit = row.number_of("aab_ttg_iga"), row.number_of("aab_ttg_uln")
        total = row.number_of("aab_iga_total")
        is_negative = found is not None and limit is not None and found <= limit
        if is_negative and (total is None or total < IGA_DEFICIENCY_BELOW_G_PER_L):
            yield row, "aab_iga_total", f"anti-tTG {found}, IgA {total}"


def haemoglobin_a1c_is_interpretable(record: WomanRecord) -> Iterator[Hit]:
    """K28: HbA1c means little where the haemoglobin is a variant."""
    measured = [row for row in record.of("HOR") if row.known("hor_hba1c") is not None]
    if not measured:
        return
    variants = [code for row in record.of("HGB") if (code := row.code("hgb_electro")) in VARIANT_HAEMOGLOBIN]
    known = [code for row in record.of("MED") if (code := row.code("med_sickle")) in VARIANT_KNOWN]
    if not (variants or known):
        return
    for row in measured:
        yield row, "hor_hba1c", f"haemoglobin {', '.join(str(code) for code in variants or known)}"


def heparin_and_lupus_anticoagulant(record: WomanRecord) -> Iterator[Hit]:
    """K30: lupus anticoagulant was not sought on a day of heparin."""
    courses = [row for row in record.of("TRT") if row.code("trt_class") == HEPARIN_CLASS]
    for row, sample in _under_sample(record, "APL"):
        day = sample.day("smp_date")
        if day is None or row.code("apl_la") in (None, LA_NOT_DONE):
            continue
        for course in courses:
            began, ended = course.day("trt_start"), course.day("trt_stop")
            over = Answer.NO if ended is None else ended < day
            if began is not None and ((began <= day) & ~over) is Answer.YES:
                yield row, "apl_la", f"heparin from {began} to {ended}, sample of {day}", course


Positive = Callable[[Row], bool]


def _above(field: str, percentile_field: str, limit: Decimal | None) -> Positive:
    """Positive above the fixed limit, or above the laboratory's 99th percentile."""

    def is_positive(row: Row) -> bool:
        found, percentile = row.number_of(field), row.number_of(percentile_field)
        if found is None:
            return False
        return (limit is not None and found > limit) or (percentile is not None and found > percentile)

    return is_positive


ANTIPHOSPHOLIPID_POSITIVE: dict[str, Positive] = {
    "apl_la": lambda row: row.code("apl_la") == LA_POSITIVE,
    "apl_acl_igg": _above("apl_acl_igg", "apl_p99_acl_igg", POSITIVE_ABOVE_GPL),
    "apl_acl_igm": _above("apl_acl_igm", "apl_p99_acl_igm", POSITIVE_ABOVE_GPL),
    "apl_b2_igg": _above("apl_b2_igg", "apl_p99_b2_igg", None),
    "apl_b2_igm": _above("apl_b2_igm", "apl_p99_b2_igm", None),
}


def twelve_weeks_nearly_reached(record: WomanRecord) -> Iterator[Hit]:
    """K42: the same antibody positive twice, 70 to 83 days apart and never 84: missed by n days."""
    for field, is_positive in ANTIPHOSPHOLIPID_POSITIVE.items():
        positive = [
            (row, day)
            for row, sample in _under_sample(record, "APL")
            if is_positive(row) and (day := sample.day("smp_date")) is not None
        ]
        if len(positive) < 2:
            continue
        positive.sort(key=lambda pair: pair[1].earliest)
        apart = {
            other_day.days_since(day).max_days: (row, other)
            for (row, day), (other, other_day) in combinations(positive, 2)
        }
        longest = max(apart, default=0)
        if NEARLY_FROM_DAYS <= longest < PERSISTENT_FROM_DAYS:
            row, other = apart[longest]
            yield other, field, f"12-week rule missed by {PERSISTENT_FROM_DAYS - longest} days", row


HARD, SOFT = Severity.HARD, Severity.SOFT
CHECKS = (
    Check(
        code="K15",
        severity=HARD,
        rule=partner_of_karyotype_exists,
        about="a partner's karyotype has a partner",
    ),
    Check(code="K16", severity=SOFT, rule=formula_fits_result, about="ISCN formula fits result and sex"),
    Check(
        code="K17", severity=SOFT, rule=female_product_excludes_maternal_cells, about="46,XX product verified"
    ),
    Check(
        code="K18",
        severity=SOFT,
        rule=state_fits_pregnancies,
        about="state of the sample fits the pregnancies",
    ),
    Check(
        code="K19",
        severity=SOFT,
        rule=protein_s_is_interpretable,
        about="protein S interpretable",
        spoils_result=True,
    ),
    Check(
        code="K20",
        severity=SOFT,
        rule=lupus_anticoagulant_is_interpretable,
        about="lupus anticoagulant interpretable",
        spoils_result=True,
    ),
    Check(code="K21", severity=SOFT, rule=lymphocytes_add_up, about="T, B and NK cells add up"),
    Check(code="K22", severity=SOFT, rule=percentages_fit_counts, about="percentages fit absolute counts"),
    Check(code="K23", severity=SOFT, rule=subsets_fit_their_parent, about="subsets fit their parent"),
    Check(
        code="K24", severity=SOFT, rule=immune_sample_has_its_moment, about="immune sample has phase or age"
    ),
    Check(code="K26", severity=SOFT, rule=thyroid_antibodies_come_with_tsh, about="anti-TPO comes with TSH"),
    Check(code="K27", severity=SOFT, rule=transglutaminase_comes_with_iga, about="anti-tTG comes with IgA"),
    Check(
        code="K28",
        severity=SOFT,
        rule=haemoglobin_a1c_is_interpretable,
        about="HbA1c interpretable",
        spoils_result=True,
    ),
    Check(
        code="K30", severity=SOFT, rule=heparin_and_lupus_anticoagulant, about="no heparin on the day of LA"
    ),
    Check(
        code="K42",
        severity=SOFT,
        rule=twelve_weeks_nearly_reached,
        about="no antibody positive twice just under 12 weeks apart",
    ),
)

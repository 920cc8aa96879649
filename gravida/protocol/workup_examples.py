"""Worked records on which the work-up is checked, and which docs/workup.md prints with what comes out."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from msgspec.structs import replace

from gravida.protocol.antiphospholipid_examples import THREE_LOSSES, lupus, negative_panel
from gravida.protocol.antiphospholipid_history import ClinicalHistory
from gravida.protocol.samples import Circumstance
from gravida.protocol.values import Answer, Missing, PartialDate, Quantity
from gravida.protocol.workup_results import CountedLosses, EmbryoShare, TestResult, WorkupRecord

NO = Answer.NO
AS_OF = date(2021, 6, 1)  # a year after the last loss of the examples
SAMPLED = PartialDate.of(date(2020, 9, 9))


@dataclass(frozen=True, kw_only=True)
class WorkupExample:
    """One record, told in a sentence, and the profiles under which it is worth reading."""

    id: str
    told: str
    profiles: tuple[str, ...]
    record: WorkupRecord


def coded(test: str, code: str, *, on: PartialDate | None = SAMPLED, details: str = "") -> TestResult:
    """A coded result."""
    return TestResult(test=test, on=on, value=code, details=details)


def measured(
    test: str,
    value: str,
    unit: str,
    *,
    lower: str | None = None,
    upper: str | None = None,
    circumstance: Circumstance | None = None,
    on: PartialDate | None = SAMPLED,
) -> TestResult:
    """A quantity, with the laboratory's limits."""
    return TestResult(
        test=test,
        on=on,
        value=Quantity.parse(value, unit),
        lower_limit=None if lower is None else Decimal(lower),
        upper_limit=None if upper is None else Decimal(upper),
        circumstances=frozenset({circumstance} if circumstance else ()),
    )


SCAN = frozenset({"us3d"})
NORMAL_RESULTS = (
    coded("karyotype_oocyte_provider", "1"),
    coded("karyotype_sperm_provider", "1"),
    TestResult(test="uterine_class", on=SAMPLED, value="U0", methods=SCAN),
    TestResult(test="uterine_cavity", on=SAMPLED, value=frozenset({"none"}), methods=SCAN),
    measured("tsh", "1.8", "m[IU]/L", lower="0.4", upper="4.0"),
    measured("fasting_glucose", "4.8", "mmol/L"),
    measured("prolactin", "12", "ug/L", upper="25"),
    measured("amh", "2.6", "ng/mL"),
    measured("homocysteine", "8", "umol/L"),
    measured("folate", "25", "nmol/L"),
    measured("vitamin_b12", "300", "pmol/L"),
    *(coded(test, "0") for test in ("hiv", "syphilis", "hepatitis_b", "hepatitis_c")),
    measured("antithrombin", "98", "%", lower="80"),
    measured("protein_c", "105", "%", lower="70"),
    measured("protein_s", "88", "%", lower="55"),
    coded("factor_v_leiden", "0"),
    coded("factor_ii", "0"),
    coded("antinuclear", "0"),
    measured("anti_thyroperoxidase", "12", "k[IU]/L", upper="34"),
    measured("anti_thyroglobulin", "20", "k[IU]/L", upper="115"),
    measured("anti_transglutaminase", "2", "U/mL", upper="10"),
    measured("total_iga", "1.9", "g/L"),
    coded("haemoglobin", "AA"),
)


def counted(losses: int, abnormal: int = 0) -> dict[str, CountedLosses]:
    """The same losses under the definition of each profile."""
    return {
        definition: CountedLosses(
            wanted=wanted,
            fewest=losses,
            most=losses,
            unexplained_fewest=losses - abnormal,
            unexplained_most=losses - abnormal,
        )
        for definition, wanted in (
            ("FALCO_REC_2022", 3),
            ("ESHRE_2022", 2),
            ("RCOG_2023", 3),
            ("CNGOF_2014", 3),
        )
    }


COMPLETE = WorkupRecord(
    results=NORMAL_RESULTS,
    antibodies=tuple(negative_panel(100)),
    history=THREE_LOSSES,
    losses=counted(3),
    embryos=EmbryoShare(losses=3, examined=0, abnormal=0),
    losses_on=tuple(pregnancy.on for pregnancy in THREE_LOSSES.pregnancies if pregnancy.on is not None),
    product_not_examined=NO,
    product_unbalanced=NO,
    second_trimester_loss=NO,
)


def instead(*results: TestResult) -> WorkupRecord:
    """The complete record with these results in the place of its own of the same tests."""
    return with_results(results, without={result.test for result in results})


def without(*tests: str) -> WorkupRecord:
    """The complete record without these tests."""
    return with_results((), without=set(tests))


def with_results(results: Iterable[TestResult], *, without: set[str]) -> WorkupRecord:
    kept = [result for result in NORMAL_RESULTS if result.test not in without]
    return replace(COMPLETE, results=(*kept, *results))


def _septum_treated_before_two_losses() -> TestResult:
    first_loss = COMPLETE.losses_on[0].earliest
    treated = PartialDate.of(first_loss + timedelta(days=100))
    seen = PartialDate.of(first_loss + timedelta(days=60))
    return TestResult(test="uterine_class", on=seen, value="U2a", methods=SCAN, treated_on=treated)


def _lupus_record(*days: int, history: ClinicalHistory = THREE_LOSSES) -> WorkupRecord:
    others = [test for test in negative_panel(100) if test.antibody != "lupus_anticoagulant"]
    return replace(COMPLETE, antibodies=(*lupus(*days), *others), history=history)


FALCO = ("FALCO",)
EXAMPLES = (
    WorkupExample(
        id="E01",
        told="three losses, nothing examined of the products, everything done and normal",
        profiles=("FALCO", "ESHRE_2022", "CNGOF_2014"),
        record=COMPLETE,
    ),
    WorkupExample(
        id="E02", told="the same, haemoglobin not studied", profiles=FALCO, record=without("haemoglobin")
    ),
    WorkupExample(
        id="E03", told="sickle cell trait", profiles=FALCO, record=instead(coded("haemoglobin", "AS"))
    ),
    WorkupExample(
        id="E04",
        told="factor V Leiden, heterozygous",
        profiles=("FALCO", "RCOG_2023"),
        record=instead(coded("factor_v_leiden", "1")),
    ),
    WorkupExample(
        id="E05",
        told="protein S low, drawn at 10 weeks of pregnancy",
        profiles=FALCO,
        record=instead(measured("protein_s", "38", "%", lower="55", circumstance=Circumstance.PREGNANT)),
    ),
    WorkupExample(
        id="E06", told="lupus anticoagulant positive once", profiles=FALCO, record=_lupus_record(100)
    ),
    WorkupExample(
        id="E07",
        told="lupus anticoagulant persistent, three losses before 10 weeks",
        profiles=("FALCO", "FALCO_ACR_EULAR"),
        record=_lupus_record(100, 200),
    ),
    WorkupExample(
        id="E08",
        told="three losses, trisomy 16 in one product, work-up normal",
        profiles=("FALCO", "ESHRE_2022"),
        record=replace(
            COMPLETE, losses=counted(3, abnormal=1), embryos=EmbryoShare(losses=3, examined=1, abnormal=1)
        ),
    ),
    WorkupExample(
        id="E09",
        told="anti-thyroperoxidase 350, TSH 1.8",
        profiles=("FALCO", "FALCO_AUTOIMMUNE"),
        record=instead(measured("anti_thyroperoxidase", "350", "k[IU]/L", upper="34")),
    ),
    WorkupExample(
        id="E10",
        told="anti-transglutaminase IgA normal, total IgA 0.05 g/L",
        profiles=FALCO,
        record=instead(measured("total_iga", "0.05", "g/L")),
    ),
    WorkupExample(
        id="E11",
        told="HbA1c 6.8 % (no fasting glucose) and haemoglobin SC",
        profiles=FALCO,
        record=with_results(
            [coded("haemoglobin", "SC"), measured("hba1c", "6.8", "%")],
            without={"haemoglobin", "fasting_glucose"},
        ),
    ),
    WorkupExample(
        id="E12",
        told="the partner refused his karyotype",
        profiles=FALCO,
        record=instead(TestResult(test="karyotype_sperm_provider", missing=Missing.REF)),
    ),
    WorkupExample(
        id="E13",
        told="septum found, and resected before the last two losses",
        profiles=FALCO,
        record=instead(_septum_treated_before_two_losses()),
    ),
    WorkupExample(
        id="E14",
        told="CD138: 3 cells per ten fields",
        profiles=("FALCO", "FALCO_ENDOMETRITIS_1"),
        record=with_results([measured("endometrial_plasma_cells", "3", "{count}")], without=set()),
    ),
    WorkupExample(
        id="E15",
        told="karyotype 46,XX,inv(9)(p12q13)",
        profiles=FALCO,
        record=instead(coded("karyotype_oocyte_provider", "4", details="46,XX,inv(9)(p12q13)")),
    ),
)

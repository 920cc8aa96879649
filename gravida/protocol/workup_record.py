"""A woman's form rows as the work-up reads them: where each value stands is told by workup.toml."""

from collections.abc import Iterator
from functools import lru_cache
from operator import itemgetter

from msgspec import Struct

from gravida.protocol.antiphospholipid import Antibody, AntibodyTest, Assay
from gravida.protocol.antiphospholipid_history import (
    ABSENT,
    NOT_TOLD,
    ClinicalHistory,
    Finding,
    PregnancyOutcome,
)
from gravida.protocol.definitions_file import Definitions
from gravida.protocol.record import SEVERAL, Row, RowValue, WomanRecord
from gravida.protocol.samples import Circumstance
from gravida.protocol.values import Answer, Missing, PartialDate, Quantity
from gravida.protocol.workup import assess_workups
from gravida.protocol.workup_places import HistoryPlace, Place, SamplePlace
from gravida.protocol.workup_pregnancies import Past, read_pregnancies
from gravida.protocol.workup_results import TestResult, WorkupRecord, WorkupResult
from gravida.protocol.workup_rules import TestRule, Workup

YES, NO, UNKNOWN = Answer.YES, Answer.NO, Answer.UNKNOWN
_NO_PLACE = Place()
_ANTIBODIES = {str(antibody): antibody for antibody in Antibody}
_NO_METHODS: frozenset[str] = frozenset()


def workups_of(
    record: WomanRecord, workup: Workup, definitions: Definitions, *, past: Past | None = None
) -> dict[str, WorkupResult]:
    """One woman under every profile, on the day of her record. ValueError where a value cannot be read.

    `past`: her pregnancies and transfers, for callers that have read them already.
    """
    read = workup_record(record, workup, definitions, past=past)
    return assess_workups(workup, read, as_of=record.as_of)


def workup_record(
    record: WomanRecord, workup: Workup, definitions: Definitions, *, past: Past | None = None
) -> WorkupRecord:
    """What the work-up reads of one woman. ValueError where a date or a number is none."""
    asked = {profile.definition for profile in workup.profiles.values()}
    pregnancies = read_pregnancies(
        record,
        [definition for definition in definitions.losses if definition.id in asked],
        past=past or Past.of(record),
    )
    rows = list(_Rows(record, workup).results())
    return WorkupRecord(
        results=tuple(row for row in rows if isinstance(row, TestResult)),
        antibodies=tuple(row for row in rows if isinstance(row, AntibodyTest)),
        history=clinical_history(record, workup, pregnancies=pregnancies.outcomes),
        losses=pregnancies.losses,
        embryos=pregnancies.embryos,
        losses_on=pregnancies.losses_on,
        product_not_examined=pregnancies.product_not_examined,
        product_unbalanced=pregnancies.product_unbalanced,
        second_trimester_loss=pregnancies.second_trimester_loss,
    )


def clinical_history(
    record: WomanRecord, workup: Workup, *, pregnancies: tuple[PregnancyOutcome, ...] = ()
) -> ClinicalHistory:
    """The clinical side of antiphospholipid syndrome."""
    found = {name: _finding(record, place) for name, place in workup.places.history.items()}
    # The reader of the file checks the names.
    return ClinicalHistory(pregnancies=pregnancies, **found)  # type: ignore[arg-type]


def _finding(record: WomanRecord, place: HistoryPlace) -> Finding:
    form, _, variable = place.variable.partition(".")
    row = record.one(form)
    codes = None if row is None else _codes(row, variable)
    if row is None or codes is None:
        return NOT_TOLD
    if codes & place.codes:
        return Finding(
            present=YES,
            on=row.day(place.on) if place.on else None,
            high_risk=row.answer(place.high_risk) if place.high_risk else UNKNOWN,
        )
    return NOT_TOLD if codes & place.unknown else ABSENT


def _codes(row: Row, variable: str) -> frozenset[str] | None:
    """The code or codes of a variable; None where nobody answered."""
    value = row.values.get(variable)
    if type(value) is str:
        return _one_code(value) if value else None
    if value is None or isinstance(value, Missing):
        return None
    if isinstance(value, SEVERAL):
        return frozenset(map(str, value))
    return _one_code(row.code(variable) or "")


@lru_cache(maxsize=4096)
def _one_code(code: str) -> frozenset[str]:
    return frozenset({code})


class _Sample(Struct, frozen=True, gc=False):
    """What every result of one sample takes from it."""

    on: PartialDate | None
    circumstances: frozenset[Circumstance]
    missing: Missing | None
    is_hers: bool


_NO_SAMPLE = _Sample(None, frozenset(), None, True)


class _Placed(Struct, frozen=True, gc=False):
    """A test with the variable of its result, and what else of the row tells about it.

    `is_told_by_value_alone`: without a value, and without a reason at the sample, the row tells nothing.
    `is_of_one_person`: the form keeps results of several persons. `is_plain`: nothing but the value, and the
    sample, tells about it.
    """

    rule: TestRule
    variable: str
    place: Place
    antibody: Antibody | None
    is_told_by_value_alone: bool
    is_of_one_person: bool
    is_plain: bool


@lru_cache(maxsize=16)
def _tests_by_form(workup: Workup) -> dict[str, list[_Placed]]:
    """The tests of each form."""
    found: dict[str, list[_Placed]] = {}
    for rule in workup.tests.values():
        form, _, variable = rule.variable.partition(".")
        place = workup.places.tests.get(rule.id, _NO_PLACE)
        alone = not (place.absent_by or place.on or place.partner)
        antibody = _ANTIBODIES.get(rule.id)
        of_one = bool(place.only or place.partner)
        plain = place == _NO_PLACE and antibody is None
        found.setdefault(form, []).append(_Placed(rule, variable, place, antibody, alone, of_one, plain))
    return found


class _Rows:
    """Reads the rows of one woman, each sample once."""

    def __init__(self, record: WomanRecord, workup: Workup) -> None:
        self._record = record
        self._workup = workup
        self._samples: dict[int, _Sample] = {}
        self._partner = _latest_partner(record)

    def results(self) -> Iterator[TestResult | AntibodyTest]:
        """Every result, or reason for having none, of every test."""
        for form, tests in _tests_by_form(self._workup).items():
            for row in self._record.of(form):
                sample = self._sample_of(row)
                if not sample.is_hers:
                    continue
                for test in tests:
                    value = row.values.get(test.variable)
                    is_empty = value is None or value == ""
                    if is_empty and test.is_told_by_value_alone and sample.missing is None:
                        continue
                    if test.is_of_one_person and not self._is_of_that_person(row, test.place):
                        continue
                    found = self._result(test, row, sample, value)
                    if found is not None:
                        yield found

    def _is_of_that_person(self, row: Row, place: Place) -> bool:
        """Whether a row is of the person that its test asks about: she, or the partner of today."""
        number = row.whole(place.partner) if place.partner else None
        is_former = number is not None and self._partner is not None and number != self._partner
        return _belongs(row, place) and not is_former

    def _sample_of(self, row: Row) -> _Sample:
        parent, where = row.parent, self._workup.places.sample
        if parent is None or parent.form != where.form:
            return _NO_SAMPLE
        found = self._samples.get(id(parent))
        if found is None:
            found = self._samples[id(parent)] = _Sample(
                on=parent.day(where.place.on),
                circumstances=_circumstances(parent, where),
                missing=_why_absent(parent, where.place),
                is_hers=_belongs(parent, where.place),
            )
        return found

    def _result(
        self, test: _Placed, row: Row, sample: _Sample, value: RowValue
    ) -> TestResult | AntibodyTest | None:
        rule, variable, place = test.rule, test.variable, test.place
        if test.is_plain and sample.missing is None and type(value) is str:
            read = Quantity.parse(value, rule.unit) if rule.unit else _one_code(value)
            return TestResult(rule.id, sample.on, read, None, None, None, sample.circumstances)
        told = value if isinstance(value, Missing) else None
        absent = _why_absent(row, place) if place.absent_by else None
        missing = absent or sample.missing or told
        on = row.day(place.on) if place.on else sample.on
        if missing is not None:
            return TestResult(test=rule.id, on=on, missing=missing)
        if value is None or value == "":
            return None
        if test.antibody is not None:
            return self._antibody(test.antibody, test, row, on, sample.circumstances)
        return _value(rule, variable, place, row, on, sample.circumstances)

    def _antibody(
        self,
        antibody: Antibody,
        test: _Placed,
        row: Row,
        on: PartialDate | None,
        circumstances: frozenset[Circumstance],
    ) -> AntibodyTest | TestResult:
        rule, variable, place = test.rule, test.variable, test.place
        if rule.unit:
            titre = _quantity(row, variable, rule, place)
            assay = row.code(place.assay) if place.assay else None
            return AntibodyTest(
                antibody=antibody,
                on=on,
                titre=titre if titre is not None and titre.unit == rule.unit else None,
                percentile_99=row.number_of(place.percentile_99) if place.percentile_99 else None,
                assay=self._workup.places.assays.get(assay or "", Assay.UNKNOWN),
                circumstances=circumstances,
            )
        code = row.code(variable) or ""
        if code in rule.not_done:
            return TestResult(test=rule.id, on=on, missing=Missing.NPE)
        void = circumstances | {Circumstance.OTHER} if code in rule.uninterpretable else circumstances
        positive = YES if code in rule.positive else NO if code in rule.normal else UNKNOWN
        return AntibodyTest(antibody=antibody, on=on, positive=positive, circumstances=void)


def _value(
    rule: TestRule,
    variable: str,
    place: Place,
    row: Row,
    on: PartialDate | None,
    circumstances: frozenset[Circumstance],
) -> TestResult:
    return TestResult(
        rule.id,
        on,
        _quantity(row, variable, rule, place) if rule.unit else _codes(row, variable),
        None,
        row.number_of(place.lower_limit) if place.lower_limit else None,
        row.number_of(place.upper_limit) if place.upper_limit else None,
        circumstances,
        row.codes(place.methods) if place.methods else _NO_METHODS,
        (row.code(place.details) or "") if place.details else "",
        row.answer(place.confirmed) if place.confirmed else UNKNOWN,
    )


def _circumstances(sample: Row, where: SamplePlace) -> frozenset[Circumstance]:
    told = {variable: _codes(sample, variable) or () for variable in where.variables}
    return frozenset(
        [rule.circumstance for rule in where.circumstances if not rule.codes.isdisjoint(told[rule.variable])]
    )


def _latest_partner(record: WomanRecord) -> int | None:
    """The partner of her latest pregnancy, whose karyotype counts."""
    known = [
        (row.whole("preg_no") or 0, partner)
        for row in record.of("PRG")
        if (partner := row.whole("preg_partner_no")) is not None
    ]
    return max(known, key=itemgetter(0))[1] if known else None


def _belongs(row: Row, place: Place) -> bool:
    """Whether a row is of the person asked about; one that does not tell whose it is counts for nobody."""
    return False not in [row.code(variable) == code for variable, code in place.only.items()]


def _why_absent(row: Row, place: Place) -> Missing | None:
    if not place.absent_by:
        return None
    return place.absent.get(row.code(place.absent_by) or "")


def _quantity(row: Row, variable: str, rule: TestRule, place: Place) -> Quantity | None:
    value = row.values.get(variable)
    if isinstance(value, Quantity):
        return value
    if value is None or isinstance(value, Missing) or value == "":
        return None
    told = Quantity.parse(str(value), rule.unit)
    if not place.per_ten:
        return told
    counted = row.number_of(place.per_ten)
    return Quantity(told.value * 10 / counted, told.unit, told.comparator) if counted else None

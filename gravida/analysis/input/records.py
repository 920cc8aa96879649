"""A woman's rows put together as the protocol reads them: pregnancies with their fetuses and examinations.

Some published definitions look at the age at the arrest, the partner or the chromosomes. Where a source holds
these, its women are counted by the rules of gravida/protocol and by no second copy of them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import numpy as np
from msgspec.structs import replace

from gravida.analysis.input.beside import Beside
from gravida.analysis.input.mistakes import Mistakes
from gravida.analysis.input.pregnancies import Pregnancies
from gravida.analysis.input.table import BLANK, REASONS, Column, Kind, Table
from gravida.protocol.obstetrics import PregnancyFacts
from gravida.protocol.obstetrics_classes import ClassifiedPregnancy, history
from gravida.protocol.record import Row, RowValue, WomanRecord
from gravida.protocol.record_facts import pregnancy_facts
from gravida.protocol.values import GestationalAge, Missing, PartialDate

# Forms by the grain of their table, each with the form above it and the column that names its row there.
FORMS = (
    ("cycle", "ART", "", ""),
    ("transfer", "TRF", "ART", "trf_art_no"),
    ("embryo", "EMB", "TRF", "trf_id"),
    ("pregnancy", "PRG", "", ""),
    ("ultrasound", "USS", "PRG", "preg_no"),
    ("conceptus", "CON", "PRG", "preg_no"),
    ("poc", "POC", "CON", "con_no"),
)
_NUMBER_OF = {"ART": "art_no", "TRF": "trf_id", "PRG": "preg_no", "CON": "con_no"}
_EPOCH = date(1970, 1, 1).toordinal()
ARREST, DIAGNOSIS, PARTNER, CHROMOSOMES = "arrest", "diagnosis", "partner", "chromosomes"


@dataclass(frozen=True, kw_only=True, eq=False)
class Classified:
    """The pregnancies of a source as the protocol classifies and dates them.

    `rows`: in the order of the source. `holds`: which of ARREST, DIAGNOSIS, PARTNER, CHROMOSOMES the source
    tells; of what it does not tell nothing may be counted.
    """

    rows: tuple[ClassifiedPregnancy, ...]
    holds: frozenset[str]


def classified(pregnancies: Pregnancies, beside: Beside, mistakes: Mistakes) -> Classified | None:
    """The pregnancies through the protocol; None where the source holds nothing that only it can read.

    A code that no list of the dictionary has is a mistake, at its row.
    """
    holds = _holds(pregnancies.table, beside)
    if not holds:
        return None
    tables = {**beside.tables, "pregnancy": pregnancies.table}
    found: list[ClassifiedPregnancy] = []
    rows_of = _records(tables, beside)
    for at, record, row in rows_of:
        try:
            facts = _with_told_ages(pregnancy_facts(record, row), pregnancies, at, row)
        except ValueError as error:
            text = str(error)
            origin = pregnancies.table.origin
            mistakes.add(origin.mistake(at, "", found=text.partition(": wanted")[0], wanted=_wanted(text)))
            continue
        found.append(history([facts]).pregnancies[0])
    return None if len(found) < len(pregnancies) else Classified(rows=tuple(found), holds=holds)


def _wanted(text: str) -> str:
    return text.partition(": wanted ")[2] or "values as the dictionary has them"


def _holds(table: Table, beside: Beside) -> frozenset[str]:
    """What the tables tell beyond the ending and the age at the end."""
    fetuses, examined = beside.table("conceptus"), beside.table("poc")
    sizes = fetuses is not None and ("con_crl" in fetuses or "con_msd" in fetuses)
    found = {
        ARREST: sizes or "preg_ga_arrest" in table,
        DIAGNOSIS: "preg_dx_date" in table or "preg_ga_dx" in table,
        PARTNER: "preg_partner_no" in table,
        CHROMOSOMES: fetuses is not None and examined is not None and "poc_result" in examined,
    }
    if "preg_outcome" not in table or "preg_no" not in table:
        return frozenset()
    return frozenset(name for name, is_told in found.items() if is_told)


def _records(tables: dict[str, Table], beside: Beside) -> Iterator[tuple[int, WomanRecord, Row]]:
    """Each pregnancy of the source with the record it stands in, in the order of the source."""
    rows_of_woman: dict[str, list[Row]] = {}
    numbered: dict[tuple[str, str, str], Row] = {}
    of_source: list[tuple[str, Row]] = []
    for grain, form, above, link in FORMS:
        table = tables.get(grain)
        if table is None or beside.role(table, "woman") is None:
            continue
        women = table.column(beside.role(table, "woman") or "").texts()
        parents = _links(table, link)
        preg = _links(table, "preg_no") if form == "POC" else [""] * len(table)
        for woman, values, parent, in_pregnancy in zip(women, _values(table), parents, preg, strict=True):
            over = numbered.get((woman, above, f"{in_pregnancy}/{parent}" if form == "POC" else parent))
            row = Row(form=form, parent=over, values=values)
            rows_of_woman.setdefault(woman, []).append(row)
            if form == "PRG":
                of_source.append((woman, row))
            if form in _NUMBER_OF:
                own = row.code(_NUMBER_OF[form]) or ""
                key = f"{parent}/{own}" if form == "CON" else own
                numbered[(woman, form, key)] = row
    records = {woman: WomanRecord(rows=tuple(rows), as_of=date.max) for woman, rows in rows_of_woman.items()}
    for at, (woman, row) in enumerate(of_source):
        yield at, records[woman], row


def _links(table: Table, name: str) -> list[str]:
    """The number of the row above, as text; "" where the table has no such column."""
    if not name:
        return [""] * len(table)
    for candidate in (name, "poc_con_no" if name == "con_no" else name):
        if candidate in table:
            return [_whole(text) for text in table.column(candidate).texts()]
    return [""] * len(table)


def _whole(text: str) -> str:
    return text.removesuffix(".0")


def _values(table: Table) -> Iterator[dict[str, RowValue]]:
    """The values of each row, as the protocol types them."""
    columns = [
        (column.name.lower(), _typed(column)) for column in table if column.name.lower()[:4] in _PREFIXES
    ]
    for at in range(len(table)):
        yield {name: values[at] for name, values in columns if values[at] is not None}


_PREFIXES = ("art_", "trf_", "emb_", "preg", "uss_", "con_", "poc_")


def _typed(column: Column) -> Sequence[RowValue]:
    """Codes as texts, dates as spans, numbers without a point where they are whole, reasons as reasons."""
    if column.kind is Kind.CODE:
        known: list[RowValue] = list(column.texts())
    else:
        known = [None if np.isnan(value) else _value(column, at) for at, value in enumerate(column.numbers)]
    reasons = [_reason(int(code)) for code in column.missing]
    return [value if reason is None else reason for value, reason in zip(known, reasons, strict=True)]


def _value(column: Column, at: int) -> RowValue:
    number = float(column.numbers[at])
    if column.kind is Kind.DATE:
        last = number if column.high is None else float(column.high[at])
        return PartialDate(date.fromordinal(int(number) + _EPOCH), date.fromordinal(int(last) + _EPOCH))
    return str(int(number)) if number == int(number) else str(Decimal(repr(number)))


def _reason(code: int) -> RowValue:
    """The reason of a missing cell; None where there is a value, or none was given."""
    if code == 0:
        return None
    name = REASONS[code]
    return Missing(name) if code > BLANK and name in Missing.__members__ else ""


def _with_told_ages(facts: PregnancyFacts, pregnancies: Pregnancies, at: int, row: Row) -> PregnancyFacts:
    """The facts with ages that the table tells computed, where the rows they follow from are not there."""
    end = facts.told_age or _age_at_end(pregnancies, at)
    diagnosis = facts.diagnosis_age or _age(row, "preg_ga_dx", pregnancies, at)
    arrest = facts.arrest_age
    if not facts.conceptuses:
        arrest = arrest or _age(row, "preg_ga_arrest", pregnancies, at)
    return replace(facts, told_age=end, diagnosis_age=diagnosis, arrest_age=arrest)


def _age_at_end(pregnancies: Pregnancies, at: int) -> GestationalAge | None:
    fewest, most = pregnancies.weeks_fewest[at], pregnancies.weeks_most[at]
    if not np.isfinite(most):
        return None
    return GestationalAge(round(fewest * 7), round(most * 7))


def _age(row: Row, name: str, pregnancies: Pregnancies, at: int) -> GestationalAge | None:
    """An age in days that the table holds; with its upper bound where it is a span."""
    if row.known(name) is None:
        return None
    column = pregnancies.table.column(name)
    low = float(column.numbers[at])
    high = low if column.high is None or np.isnan(column.high[at]) else float(column.high[at])
    return GestationalAge(round(low), round(high))

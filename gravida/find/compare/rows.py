"""The rows of a comparison: one question each, what every study says to it, and how they differ, in words."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from django.utils.text import get_text_list
from django.utils.translation import gettext as _

from gravida.find import words
from gravida.find.compare.column import Column, runs


@dataclass(frozen=True, kw_only=True)
class Cell:
    """What one study says to a question. Empty `text`: its record does not say."""

    text: str
    more: str = ""  # a second line, softer
    who: str = ""  # short name of the study, for narrow screens
    link: str = ""
    link_text: str = ""


@dataclass(frozen=True, kw_only=True)
class Row:
    """A question, a cell for each study in their order, and what is to notice."""

    label: str
    cells: tuple[Cell, ...]
    remark: str = ""


def rows_of(columns: Sequence[Column]) -> list[Row]:
    """Every row of the comparison, in the order people ask."""
    table: tuple[tuple[str, Callable[[Column], Cell], Callable[[Sequence[Column]], str]], ...] = (
        (_("Is it open?"), _status, _open_remark),
        (_("What kind of study?"), _kind, _kind_remark),
        (_("Who can take part?"), _who, _who_remark),
        (_("What would I do?"), _do, _no_remark),
        (_("How long?"), _long, _no_remark),
        (_("Where?"), _where, _where_remark),
        (_("Will there be results?"), _results, _results_remark),
        (_("Can I write to the team here?"), _write, _write_remark),
        (_("Which languages does the team speak?"), _speaks, _speaks_remark),
    )
    return [
        Row(
            label=label,
            cells=tuple(replace(cell(column), who=column.name) for column in columns),
            remark=remark(columns) if len(columns) > 1 else "",
        )
        for label, cell, remark in table
    ]


def _status(column: Column) -> Cell:
    record = column.record
    date = record.updated or record.verified
    return Cell(
        text=words.of(words.STATUS, record.status) if record.status else "",
        more=_("Record of %(date)s") % {"date": words.day(date)} if date else "",
    )


def _kind(column: Column) -> Cell:
    names = ", ".join(dict.fromkeys(one.name for one in column.record.interventions))
    return Cell(text=words.kind(column.record), more=names[:200])


def _who(column: Column) -> Cell:
    record = column.record
    parts = [words.of(words.SEX, record.sex) if record.sex else "", words.ages(record)]
    return Cell(text=", ".join(part for part in parts if part))


def _do(column: Column) -> Cell:
    return _answered(column, "what_would_i_do")


def _long(column: Column) -> Cell:
    answer = column.answer("how_long")
    # Rules can only tell from when to when the study runs.
    is_written = bool(answer and column.overview and not column.overview.is_automatic)
    return Cell(text=answer or runs(column.record), more="" if is_written else _long_for_you())


def _long_for_you() -> str:
    return _("How long you would take part: ask the team.")


def _answered(column: Column, code: str) -> Cell:
    text = column.answer(code)
    if text:
        return Cell(text=text)
    return Cell(text="", link=column.address, link_text=_("See its page, or ask the team"))


def _where(column: Column) -> Cell:
    if column.place is None:
        return Cell(text="")
    named = ", ".join(dict.fromkeys(part for part in (column.place.name, column.place.town) if part))
    more = [column.place.distance] if column.place.distance else []
    if column.more_places:
        more.append(_("and %(n)s more") % {"n": column.more_places})
    return Cell(text=named, more=", ".join(more))


def _results(column: Column) -> Cell:
    said = {True: _("Posted in the registry"), False: _("None posted yet")}
    return Cell(text="" if column.record.has_results is None else said[column.record.has_results])


def _write(column: Column) -> Cell:
    if column.contact.write:
        return Cell(text=_("Yes"), link=column.contact.write, link_text=_("Write to the team"))
    return Cell(text=_("No"), more=column.contact.why_not)


def _speaks(column: Column) -> Cell:
    return Cell(text=", ".join(words.of(words.LANGUAGE, code) for code in column.languages))


def _only(columns: Sequence[Column], is_so: Callable[[Column], bool], one: str, same: str) -> str:
    """`one` where it is so of a single study, `same` where of all; nothing where of some or none."""
    those = [column for column in columns if is_so(column)]
    if len(those) == 1:
        return one % {"study": those[0].name}
    return same if len(those) == len(columns) else ""


def _no_remark(columns: Sequence[Column]) -> str:
    return ""


def _open_remark(columns: Sequence[Column]) -> str:
    return _only(
        columns,
        lambda column: column.is_open,
        _("Only %(study)s is open now."),
        _("All of them are open now."),
    ) or ("" if any(column.is_open for column in columns) else _("None of them is open now."))


def _kind_remark(columns: Sequence[Column]) -> str:
    if not all(column.record.study_type for column in columns):
        return ""
    return _only(
        columns,
        lambda column: column.tests_no_treatment,
        _("Only %(study)s tests no treatment."),
        _("None of them tests a treatment."),
    )


def _who_remark(columns: Sequence[Column]) -> str:
    said = {(words.ages(column.record), column.record.sex) for column in columns}
    if len(said) == 1 and said != {("", "")}:
        return _("The same for all of them.")
    oldest = [column.record.maximum_age_months for column in columns]
    known = [age for age in oldest if age is not None]
    if len(known) == len(columns) and known.count(max(known)) == 1:
        column = columns[oldest.index(max(known))]
        return _("The highest age is that of %(study)s (%(age)s).") % {
            "study": column.name, "age": words.age(column.record.maximum_age),
        }  # fmt: skip
    return ""


def _where_remark(columns: Sequence[Column]) -> str:
    measured = [
        (column.place.kilometres, column.name)
        for column in columns
        if column.place is not None and column.place.kilometres is not None
    ]
    if len(measured) < 2:
        return ""
    (near, name), (second, _second) = sorted(measured)[:2]
    # Towns are known to a few kilometres only: a smaller difference says nothing.
    return _("%(study)s is the nearest to you.") % {"study": name} if second - near >= 5 else ""


def _results_remark(columns: Sequence[Column]) -> str:
    return _only(
        columns, lambda column: column.record.has_results is True, _("Only %(study)s has results posted."), ""
    )


def _write_remark(columns: Sequence[Column]) -> str:
    return _only(
        columns,
        lambda column: bool(column.contact.write),
        _("Only to the team of %(study)s can you write here."),
        _("You can write to each of these teams here."),
    )


def _speaks_remark(columns: Sequence[Column]) -> str:
    known = [column for column in columns if column.languages]
    if len(known) < 2:
        return ""
    shared = [code for code in known[0].languages if all(code in column.languages for column in known)]
    if not shared or len(known) < len(columns):
        return ""
    spoken = get_text_list([words.of(words.LANGUAGE, code) for code in shared], _("and"))
    return _("All of these teams speak: %(languages)s.") % {"languages": spoken}

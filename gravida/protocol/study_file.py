"""study.toml, read whole: identity, centres, what is in force, criteria, follow-up schedule, form sets."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from gravida.protocol.centre_file import check_centre
from gravida.protocol.criteria import Criteria, Texts
from gravida.protocol.criteria_file import criteria_in
from gravida.protocol.data_use import check_data_use
from gravida.protocol.dictionary import Dictionary
from gravida.protocol.toml_tables import Table

_TOP = (
    "id", "number", "acronym", "sponsor", "version", "languages", "starts_on", "ends_on",
    "participants_wanted", "title", "picture", "centre", "data_use", "definitions", "workup", "fact",
    "criterion", "visit", "form_set", "forms",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class InForce:
    """The one that decides, and those that are counted beside it."""

    in_force: str = ""
    beside: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Visit:
    """A time at which the team asks again.

    Due `after_days` or every `every_months` after `counted_from` ("inclusion" or a date FORM.variable), until
    `until`; open from `opens_days_before` to `closes_days_after` the due day.
    """

    id: str
    name: Texts
    counted_from: str
    after_days: int | None
    every_months: int | None
    until: date | None
    opens_days_before: int
    closes_days_after: int
    forms: tuple[str, ...]
    source: str
    to_confirm: str = ""


@dataclass(frozen=True, kw_only=True)
class FormSet:
    """Forms that are open together."""

    id: str
    name: Texts
    forms: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class StudyFile:
    """What study.toml says, but for title, picture and centres, which study.py gives to the pages."""

    id: str = ""
    number: str = ""
    acronym: str = ""
    sponsor: str = ""
    version: str = ""
    languages: tuple[str, ...] = ()
    starts_on: date | None = None
    ends_on: date | None = None
    participants_wanted: int | None = None
    definitions: InForce
    workup: InForce
    criteria: Criteria
    visits: tuple[Visit, ...] = ()
    form_sets: tuple[FormSet, ...] = ()
    forms_in_force: str = ""


def study_in(top: Table) -> StudyFile:
    """The tables of study.toml; mistakes are noted in the table."""
    top.only(*_TOP)
    top.texts("title", required=False)
    _picture(top)
    for centre in top.tables("centre"):
        check_centre(centre)
    check_data_use(top.table("data_use"))
    study = StudyFile(
        id=top.id(),
        number=top.text("number"),
        acronym=top.text("acronym", required=False),
        sponsor=top.text("sponsor", required=False),
        version=top.text("version"),
        languages=top.list_of_texts("languages"),
        starts_on=top.day("starts_on"),
        ends_on=top.day("ends_on"),
        participants_wanted=top.number("participants_wanted"),
        definitions=_in_force(top.table("definitions")),
        workup=_in_force(top.table("workup")),
        criteria=criteria_in(top),
        visits=tuple(_visit(visit) for visit in top.tables("visit")),
        form_sets=tuple(_form_set(table) for table in top.tables("form_set")),
        forms_in_force=top.table("forms").text("in_force", required=False),
    )
    if study.starts_on and study.ends_on and study.starts_on > study.ends_on:
        top.mistake(
            "ends_on", found=f"{study.ends_on}, before {study.starts_on}", wanted="an end after the start"
        )
    return study


def _picture(top: Table) -> None:
    if "picture" in top.data:
        picture = top.table("picture")
        picture.only("file", "alternative")
        picture.text("file")
        picture.texts("alternative")


def _in_force(table: Table) -> InForce:
    if not table.data:
        return InForce()
    table.only("in_force", "beside")
    return InForce(in_force=table.text("in_force"), beside=table.list_of_texts("beside", required=False))


def _visit(table: Table) -> Visit:
    table.only(
        "id", "name", "counted_from", "after_days", "every_months", "until", "opens_days_before",
        "closes_days_after", "forms", "source", "to_confirm",
    )  # fmt: skip
    if ("after_days" in table.data) == ("every_months" in table.data):
        table.mistake("id", found="a visit due at no one time", wanted="either after_days or every_months")
    return Visit(
        id=table.id(),
        name=table.texts("name"),
        counted_from=table.text("counted_from"),
        after_days=table.number("after_days"),
        every_months=table.number("every_months"),
        until=table.day("until"),
        opens_days_before=table.number("opens_days_before") or 0,
        closes_days_after=table.number("closes_days_after") or 0,
        forms=table.list_of_texts("forms"),
        source=table.text("source"),
        to_confirm=table.text("to_confirm", required=False),
    )


def _form_set(table: Table) -> FormSet:
    table.only("id", "name", "forms")
    return FormSet(id=table.id(), name=table.texts("name"), forms=table.list_of_texts("forms"))


def check_names(top: Table, study: StudyFile, dictionary: Dictionary) -> None:
    """Note every form, variable and form set that study.toml names and nobody defines."""
    for table, form_set in zip(top.tables("form_set"), study.form_sets, strict=True):
        _known(table, "forms", form_set.forms, dictionary.forms)
    for table, visit in zip(top.tables("visit"), study.visits, strict=True):
        _known(table, "forms", visit.forms, dictionary.forms)
        variable = dictionary.variables.get(visit.counted_from)
        if visit.counted_from != "inclusion" and (variable is None or not variable.type.is_date):
            table.mistake(
                "counted_from", found=visit.counted_from, wanted="inclusion, or a date FORM.variable"
            )
    for table, fact in zip(top.tables("fact"), study.criteria.facts, strict=True):
        if fact.variable:
            _known(table, "variable", (fact.variable,), dictionary.variables)
            kept = dictionary.variables.get(fact.variable)
            if kept is not None and fact.type and fact.type != kept.type.value:
                found = f"{fact.id}, {fact.type}, kept in {fact.variable}, {kept.type.value}"
                table.mistake("type", found=found, wanted="one type")
    if study.forms_in_force:
        _known(top.table("forms"), "in_force", (study.forms_in_force,), [kept.id for kept in study.form_sets])


def _known(table: Table, key: str, names: Iterable[str], known: Collection[str]) -> None:
    for name in names:
        if name not in known:
            shown = ", ".join(list(known)[:60])
            table.mistake(key, found=f"{name} in {key}", wanted=f"one of {shown}")

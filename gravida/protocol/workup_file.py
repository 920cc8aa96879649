"""workup.toml, read: every mistake is noted with its line."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from gravida.protocol.expressions import Expression, names_in
from gravida.protocol.mistakes import Mistake, StudyFolderMistake
from gravida.protocol.text_files import read_toml
from gravida.protocol.toml_tables import Table
from gravida.protocol.workup_places_file import places_in
from gravida.protocol.workup_readings_file import CRITERIA_SETS, circumstances, decimal, one_of, readings_in
from gravida.protocol.workup_rules import (
    PROFILE_FACTS,
    Clause,
    Domain,
    FindingRule,
    Profile,
    Sign,
    Source,
    TestRule,
    Way,
    Weight,
    Workup,
)

WORKUP_FILE = "workup.toml"
_TEST_KEYS = (
    "id",
    "domain",
    "name",
    "variable",
    "unit",
    "analyte",
    "normal",
    "not_done",
    "unknown",
    "pending",
    "positive",
    "uninterpretable",
    "where",
    "void",
    "void_when",
    "normal_by",
    "valid_days",
    "source",
    "to_confirm",
)
_FINDING_KEYS = (
    "id",
    "domain",
    "name",
    "weight",
    "when",
    "same_day",
    "unless_details",
    "confirm_after_days",
    "source",
    "to_confirm",
)
_PROFILE_KEYS = (
    "id",
    "name",
    "definition",
    "antiphospholipid",
    "like",
    "needs",
    "needed_when",
    "weights",
    "source",
    "to_confirm",
)


def read_workup(path: Path) -> Workup:
    """The work-up of a study folder. StudyFolderMistake, naming the first mistake, where it has any."""
    mistakes: list[Mistake] = []
    workup = check_workup(path, mistakes)
    if mistakes:
        raise StudyFolderMistake(str(mistakes[0]))
    return workup


def check_workup(path: Path, mistakes: list[Mistake]) -> Workup:
    """The work-up of a study folder (or of the file itself); what is wrong is added to `mistakes`."""
    file = read_toml(path / WORKUP_FILE if path.is_dir() else path, mistakes)
    if file is None:
        return Workup()
    top = Table(file=file, place=(), data=file.data, mistakes=mistakes)
    top.only(
        "version",
        "source",
        "domain",
        "test",
        "finding",
        "antiphospholipid",
        "history",
        "sample",
        "profile",
    )
    return _Reader(top).workup()


Read = TypeVar("Read")


class _Reader:
    """Reads the tables in an order in which each can be checked against those before."""

    def __init__(self, top: Table) -> None:
        self.top = top
        self.sources = {source.id: source for source in self._all("source", _source)}
        self.domains = {domain.id: domain for domain in self._all("domain", _domain)}
        self.test_ids = {
            str(table.data["id"]) for table in top.tables("test") if isinstance(table.data.get("id"), str)
        }
        self.tests = {test.id: test for test in self._all("test", self._test)}
        self.findings = {finding.id: finding for finding in self._all("finding", self._finding)}
        self.profiles: dict[str, Profile] = {}

    def workup(self) -> Workup:
        settings = self.top.table("antiphospholipid")
        readings = readings_in(settings)
        for profile in self._all("profile", self._profile):
            self.profiles[profile.id] = profile
        return Workup(
            version=self.top.text("version"),
            sources=tuple(self.sources.values()),
            domains=tuple(self.domains.values()),
            tests=self.tests,
            findings=tuple(self.findings.values()),
            profiles=self.profiles,
            readings=readings,
            places=places_in(self.top),
            antiphospholipid_source=self._cited(settings),
            antiphospholipid_to_confirm=settings.text("to_confirm", required=False),
        )

    def _all(self, key: str, read: Callable[[Table], Read]) -> list[Read]:
        """Every table [[key]], each id once. A profile is known to those after it as soon as it is read."""
        found: list[Read] = []
        seen: set[str] = set()
        for table in self.top.tables(key):
            identity = table.id()
            if identity in seen:
                table.mistake("id", found=f"{key} {identity} a second time", wanted="every id once")
            seen.add(identity)
            value = read(table)
            if isinstance(value, Profile):
                self.profiles[value.id] = value
            found.append(value)
        return found

    def _cited(self, table: Table) -> str:
        return table.one_of("source", tuple(self.sources))

    def _test(self, table: Table) -> TestRule:
        table.only(*_TEST_KEYS)
        return TestRule(
            id=table.id(),
            domain=table.one_of("domain", tuple(self.domains)),
            name=table.texts("name"),
            variable=table.text("variable"),
            unit=table.text("unit", required=False),
            analyte=table.text("analyte", required=False),
            normal=_codes(table, "normal"),
            not_done=_codes(table, "not_done"),
            unknown=_codes(table, "unknown"),
            pending=_codes(table, "pending"),
            positive=_codes(table, "positive"),
            uninterpretable=_codes(table, "uninterpretable"),
            void=circumstances(table, "void"),
            void_when=self._clauses(table, "void_when", required=False),
            normal_by=_codes(table, "normal_by"),
            valid_days=table.number("valid_days"),
            source=self._cited(table),
            to_confirm=table.text("to_confirm", required=False),
        )

    def _finding(self, table: Table) -> FindingRule:
        table.only(*_FINDING_KEYS)
        domain = table.one_of("domain", tuple(self.domains))
        when = self._clauses(table, "when", required=True)
        for clause in when:
            test = self.tests.get(clause.test)
            if test is not None:
                _fits(table, clause, test, has_company=len(when) > 1)
        return FindingRule(
            id=table.id(),
            domain=domain,
            name=table.texts("name"),
            weight=one_of(table, "weight", Weight, Weight.NONE),
            when=when,
            same_day=table.yes("same_day"),
            unless_details=table.list_of_texts("unless_details", required=False),
            confirm_after_days=table.number("confirm_after_days"),
            source=self._cited(table),
            to_confirm=table.text("to_confirm", required=False),
        )

    def _clauses(self, table: Table, key: str, *, required: bool) -> tuple[Clause, ...]:
        values = table.data.get(key, [])
        if not isinstance(values, list) or not all(isinstance(value, dict) for value in values):
            table.mistake(
                key, found=f"{key} = {values!r}", wanted="a list as [{ test = ..., codes = [...] }]"
            )
            return ()
        if required and not values:
            table.mistake(key, found=f"no {key}", wanted="at least one clause")
        clauses = [self._clause(table, key, value) for value in values]
        return tuple(clause for clause in clauses if clause is not None)

    def _clause(self, table: Table, key: str, value: dict[str, Any]) -> Clause | None:
        signs = [sign for sign in Sign if sign in value]
        others = set(value) - {"test", *signs}
        if len(signs) != 1 or others:
            found = f"{key} with {', '.join(sorted({*others, *signs})) or 'no sign'}"
            table.mistake(key, found=found, wanted=f"test and one of {', '.join(Sign)}")
            return None
        test, sign = str(value.get("test", "")), signs[0]
        if test not in self.test_ids:
            table.mistake(key, found=f"test {test!r}", wanted="the id of a [[test]]")
            return None
        told = value[sign]
        if sign is Sign.CODES:
            return _codes_clause(table, key, test, told)
        number = None if told is True and sign in (Sign.ABOVE_LIMIT, Sign.BELOW_LIMIT) else decimal(told)
        if number is None and told is not True:
            table.mistake(key, found=f"{sign} = {told!r}", wanted="a number")
            return None
        return Clause(test=test, sign=sign, number=number)

    def _profile(self, table: Table) -> Profile:
        table.only(*_PROFILE_KEYS)
        model = self._model(table)
        needs = self._needs(table.table("needs"))
        rules = self._needed_when(table.table("needed_when"))
        own_needs = "needs" in table.data
        if model is None and not own_needs:
            table.mistake(None, found="a profile that needs nothing", wanted="[profile.needs] or like = ...")
        return Profile(
            id=table.id(),
            name=table.texts("name"),
            definition=table.text("definition")
            if model is None
            else table.text("definition", required=False) or model.definition,
            criteria_set=table.one_of("antiphospholipid", CRITERIA_SETS)
            if model is None or "antiphospholipid" in table.data
            else model.criteria_set,
            needs=needs if own_needs or model is None else model.needs,
            needed_when={
                **(model.needed_when if model else {}),
                **{key: rule for key, (rule, _) in rules.items()},
            },
            needed_when_text={
                **(model.needed_when_text if model else {}),
                **{key: text for key, (_, text) in rules.items()},
            },
            weights={**(model.weights if model else {}), **self._weights(table.table("weights"))},
            source=self._cited(table),
            to_confirm=table.text("to_confirm", required=False),
        )

    def _model(self, table: Table) -> Profile | None:
        """The profile whose choices this one takes over; it stands before."""
        if "like" not in table.data:
            return None
        return self.profiles.get(table.one_of("like", tuple(self.profiles)))

    def _needs(self, table: Table) -> dict[str, tuple[tuple[Way, ...], ...]]:
        found = {}
        for domain in table.data:
            if domain not in self.domains:
                table.mistake(domain, found=f"domain {domain}", wanted=f"one of {', '.join(self.domains)}")
            texts = table.list_of_texts(domain)
            found[domain] = tuple(self._ways(table, domain, text) for text in texts)
        return found

    def _ways(self, table: Table, domain: str, text: str) -> tuple[Way, ...]:
        """`a | b + c`: a alone, or b and c together."""
        ways = tuple(tuple(name.strip() for name in way.split("+")) for way in text.split("|"))
        for name in (name for way in ways for name in way):
            test = self.tests.get(name)
            if test is None or test.domain != domain:
                table.mistake(domain, found=f"test {name!r}", wanted=f"the id of a test of {domain}")
        return ways

    def _needed_when(self, table: Table) -> dict[str, tuple[Expression, str]]:
        found = {}
        for domain in table.data:
            if domain not in self.domains:
                table.mistake(domain, found=f"domain {domain}", wanted=f"one of {', '.join(self.domains)}")
            rule = table.rule(domain)
            if rule is None:
                continue
            for name in names_in(rule):
                if str(name) not in PROFILE_FACTS:
                    table.mistake(domain, found=str(name), wanted=f"one of {', '.join(PROFILE_FACTS)}")
            found[domain] = (rule, table.text(domain))
        return found

    def _weights(self, table: Table) -> dict[str, Weight]:
        found = {}
        for finding in table.data:
            if finding not in self.findings:
                table.mistake(finding, found=f"finding {finding}", wanted="the id of a [[finding]]")
            found[finding] = one_of(table, finding, Weight, Weight.NONE)
        return found


def _source(table: Table) -> Source:
    table.only("id", "text")
    return Source(id=table.id(), text=table.text("text"))


def _domain(table: Table) -> Domain:
    table.only("id", "name")
    return Domain(id=table.id(), name=table.texts("name"))


def _codes(table: Table, key: str) -> frozenset[str]:
    return frozenset(table.list_of_texts(key, required=False))


def _codes_clause(table: Table, key: str, test: str, told: object) -> Clause | None:
    if not isinstance(told, list) or not told or not all(isinstance(code, str) for code in told):
        table.mistake(key, found=f"codes = {told!r}", wanted="a list of codes as texts")
        return None
    return Clause(test=test, sign=Sign.CODES, codes=frozenset(told))


def _fits(table: Table, clause: Clause, test: TestRule, *, has_company: bool) -> None:
    """A clause reads its test in the way the test is told: by codes, or by a quantity with its unit.

    A code that is normal by itself is a finding only in company with another.
    """
    is_quantity = bool(test.unit)
    if is_quantity is (clause.sign is Sign.CODES):
        told = "a quantity" if is_quantity else "a code"
        wanted = "a number" if is_quantity else "codes"
        table.mistake("when", found=f"{clause.sign} of {test.id}, {told}", wanted=wanted)
    both = clause.codes & test.normal
    if both and not has_company:
        found = f"code {', '.join(sorted(both))} of {test.id}, normal elsewhere in this file"
        table.mistake("when", found=found, wanted="a code that is not normal")

"""Names of what a plan speaks of, as a reader sees them: factors, levels, outcomes, definitions."""

import re
from dataclasses import dataclass

from gravida.analysis.report.numbers import NARROW, NO_BREAK
from gravida.analysis.report.words import Words
from gravida.protocol.definitions_file import Definitions
from gravida.protocol.plan import Factor, Plan

_NAME = r"[A-Za-z_][\w.]*"
_NUMBER = r"-?\d+(?:\.\d+)?"
_BEFORE_MARKS = re.compile(r" ([;?!])")
_SHAPES = (
    (re.compile(rf"^{_NAME} = ({_NUMBER})$"), "{0}"),
    (re.compile(rf"^{_NAME} < ({_NUMBER})$"), "< {0}"),
    (re.compile(rf"^{_NAME} <= ({_NUMBER})$"), "≤ {0}"),
    (re.compile(rf"^{_NAME} > ({_NUMBER})$"), "> {0}"),
    (re.compile(rf"^{_NAME} >= ({_NUMBER})$"), "≥ {0}"),
    (re.compile(rf"^({_NUMBER}) <= {_NAME} and {_NAME} < ({_NUMBER})$"), "{0} – < {1}"),
)
# A code of the source stands for something that only the term's own name tells.
_CODE = re.compile(rf"^(?!history\.){_NAME} = {_NUMBER}$")


@dataclass(frozen=True, kw_only=True, eq=False)
class Labels:
    """The plan's names in one language."""

    plan: Plan
    definitions: Definitions | None
    words: Words

    def text(self, texts: dict[str, str]) -> str:
        """A text of the plan in the report's language; in English where it has no other."""
        found = texts.get(self.words.language) or texts.get("en") or next(iter(texts.values()), "")
        if self.words.language == "fr":
            found = _BEFORE_MARKS.sub(f"{NARROW}\\1", found).replace(" :", f"{NO_BREAK}:")
        return found

    def factor(self, id_: str) -> str:
        """The name of a factor; its id where the plan has none."""
        found = self._factor(id_)
        return self.text(found.name) if found else id_

    def _factor(self, id_: str) -> Factor | None:
        return next((factor for factor in self.plan.factors if factor.id == id_), None)

    def outcome(self, id_: str) -> str:
        """The name of an outcome."""
        found = next((outcome for outcome in self.plan.outcomes if outcome.id == id_), None)
        return self.text(found.name) if found else id_

    def question(self, id_: str) -> str:
        """The name of a question."""
        found = next((question for question in self.plan.questions if question.id == id_), None)
        return self.text(found.name) if found else id_

    def family(self, id_: str) -> str:
        """The name of a family."""
        found = next((family for family in self.plan.families if family.id == id_), None)
        return self.text(found.name) if found else id_

    def sensitivity(self, id_: str) -> str:
        """What a sensitivity analysis changes, as the plan says it."""
        found = next((row for row in self.plan.sensitivity if row.id == id_), None)
        return self.text(found.text) if found else id_

    def definition(self, id_: str) -> str:
        """The name of a published definition."""
        rows = self.definitions.losses if self.definitions else ()
        found = next((row for row in rows if row.id == id_), None)
        return self.text(found.name) if found else id_

    def level(self, factor: str, term: str) -> str:
        """One level of a factor: "≥ 3", "yes", a category, or the unit of a line."""
        found = self._factor(factor)
        if found is None:
            return self._baseline(term)
        written = next((one for one in found.terms if one.name == term), None)
        if written is not None:
            if written.said:
                return self.text(written.said)
            return self._told(written.name, written.value_text, alone=len(found.terms) == 1)
        if "=" in term:
            return term.split("=", 1)[1]
        if found.shape == "spline":
            primes = term.count("'")
            return (
                self.words("term.spline", number=str(primes + 1)) if primes else self.words("term.straight")
            )
        return self.words("term.per_unit")

    def _baseline(self, term: str) -> str:
        if term == "(Intercept)":
            return self.words("term.intercept")
        week = re.fullmatch(r"weeks? (\d+)(?: to (\d+))?", term)
        if week:
            first, last = week.group(1), week.group(2) or week.group(1)
            if first == last:
                return self.words("term.week", week=first)
            return self.words("term.weeks", first=first, last=last)
        return term

    def _told(self, name: str, text: str, *, alone: bool) -> str:
        if alone:
            return self.words("term.yes")
        text = " ".join(text.split())
        if _CODE.match(text):
            return f"{name} ({text})"
        for shape, said in _SHAPES:
            found = shape.match(text)
            if found:
                return (
                    said.format(*found.groups())
                    .replace(" – <", f" {self.words.numbers.to} <")
                    .replace(".", self.words.numbers.decimal)
                )
        return text

    def term(self, factor: str, term: str) -> str:
        """A level with its factor: for lines that stand alone."""
        level = self.level(factor, term)
        short = self.factor(factor).split(" (")[0]
        if not factor or level == self.words("term.yes"):
            return short if factor else level
        return f"{short}: {level}"

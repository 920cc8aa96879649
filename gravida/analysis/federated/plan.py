"""The plan that every site and the coordinator hold: which model on which columns, and what may leave."""

import hashlib
import json
import tomllib
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

MODELS = ("logistic", "cox_efron", "cox_breslow")
FEWEST_ALLOWED = 3  # a threshold below this protects nobody
FEWEST_ROUNDS = 4


class PlanMistake(ValueError):
    """A federated plan that cannot be used: which entry, what was found, what was wanted."""

    def __init__(self, where: str, *, found: object, wanted: str) -> None:
        super().__init__(f"{where}: found {found!r}, wanted {wanted}")


@dataclass(frozen=True, kw_only=True)
class FederatedTerm:
    """One column of the design: 1 where `column` equals the word or number, or the column's own number.

    Terms of one `column` with `equals` are levels of a factor: no row has two of them.
    """

    name: str
    column: str
    equals: str | float | None = None


@dataclass(frozen=True, kw_only=True)
class FederatedPlan:
    """A model over sites. `weeks`: the only times of a Cox model, rising; entries are taken back to the
    last of them, ends forward to the next. `analysis_plan`: hash of the signed-off plan it belongs to.
    """

    name: str
    model: str
    terms: tuple[FederatedTerm, ...]
    sites: tuple[str, ...]
    smallest_cell: int
    most_rounds: int
    woman: str
    outcome: str
    entry: str | None = None
    exit: str | None = None
    weeks: tuple[float, ...] = ()
    analysis_plan: str = ""

    @property
    def hash(self) -> str:
        """SHA-256 of everything the plan says, whatever its layout."""
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()

    @property
    def is_cox(self) -> bool:
        """Whether times are modelled."""
        return self.model != "logistic"

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the coefficients; the logistic model has its intercept first."""
        terms = tuple(term.name for term in self.terms)
        return terms if self.is_cox else ("(Intercept)", *terms)

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column a site reads, each once."""
        told = [self.woman, self.outcome, self.entry, self.exit, *(term.column for term in self.terms)]
        return tuple(dict.fromkeys(name for name in told if name is not None))


def read_plan(path: Path) -> FederatedPlan:
    """A plan from its TOML file. PlanMistake, with the entry."""
    try:
        told = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
        raise PlanMistake(str(path), found=str(problem), wanted="a TOML file in UTF-8") from problem
    return plan_of(told)


def plan_of(told: dict[str, Any]) -> FederatedPlan:
    """A plan from what its file says, checked."""
    columns = _table(told, "columns")
    _only(columns, "columns", ("woman", "outcome", "entry", "exit"))
    known = ("name", "model", "sites", "smallest_cell", "most_rounds", "weeks", "analysis_plan")
    _only(told, "plan", (*known, "columns", "terms"))
    plan = FederatedPlan(
        name=_text(told, "name"),
        model=_text(told, "model"),
        terms=tuple(_term(at, term) for at, term in enumerate(told.get("terms", []), start=1)),
        sites=tuple(told.get("sites", ())),
        smallest_cell=told.get("smallest_cell", 5),
        most_rounds=told.get("most_rounds", 60),
        woman=_text(columns, "woman"),
        outcome=_text(columns, "outcome"),
        entry=columns.get("entry"),
        exit=columns.get("exit"),
        weeks=tuple(float(week) for week in told.get("weeks", ())),
        analysis_plan=told.get("analysis_plan", ""),
    )
    _check(plan)
    _check_times(plan)
    return plan


def _check(plan: FederatedPlan) -> None:
    if plan.model not in MODELS:
        raise PlanMistake("model", found=plan.model, wanted=f"one of {', '.join(MODELS)}")
    if not plan.terms:
        raise PlanMistake("terms", found=[], wanted="at least one [[terms]]")
    _check_names(plan)
    for where, found, fewest in (
        ("smallest_cell", plan.smallest_cell, FEWEST_ALLOWED),
        ("most_rounds", plan.most_rounds, FEWEST_ROUNDS),
    ):
        if not isinstance(found, int) or found < fewest:
            raise PlanMistake(where, found=found, wanted=f"a whole number of {fewest} or more")


def _check_names(plan: FederatedPlan) -> None:
    names = [term.name for term in plan.terms]
    if len(set(names)) != len(names):
        raise PlanMistake("terms", found=names, wanted="each name once")
    if len(set(plan.sites)) != len(plan.sites) or not plan.sites:
        raise PlanMistake("sites", found=plan.sites, wanted="at least one site, each once")
    for site in plan.sites:
        if not isinstance(site, str) or not site.replace("-", "").isalnum() or not site.isascii():
            raise PlanMistake("sites", found=site, wanted="names of letters, digits and hyphens")


def _check_times(plan: FederatedPlan) -> None:
    if not plan.is_cox:
        if plan.entry or plan.exit or plan.weeks:
            raise PlanMistake("weeks", found=plan.weeks, wanted="no weeks, entry or exit in a logistic model")
        return
    if plan.exit is None or plan.entry is None:
        raise PlanMistake("columns", found=None, wanted="entry and exit, in weeks, for a Cox model")
    if len(plan.weeks) < 2 or sorted(set(plan.weeks)) != list(plan.weeks):
        raise PlanMistake("weeks", found=plan.weeks, wanted="two or more rising weeks")


def _term(at: int, told: Any) -> FederatedTerm:
    if not isinstance(told, dict):
        raise PlanMistake(f"terms {at}", found=told, wanted="a table with name and column")
    _only(told, f"terms {at}", ("name", "column", "equals"))
    equals = told.get("equals")
    if isinstance(equals, bool) or not (equals is None or isinstance(equals, str | int | float)):
        raise PlanMistake(f"terms {at}: equals", found=equals, wanted="a word or a number")
    return FederatedTerm(
        name=_text(told, "name"),
        column=_text(told, "column"),
        equals=float(equals) if isinstance(equals, int) else equals,
    )


def _table(told: dict[str, Any], name: str) -> dict[str, Any]:
    found = told.get(name)
    if not isinstance(found, dict):
        raise PlanMistake(name, found=found, wanted=f"a table [{name}]")
    return found


def _text(told: dict[str, Any], name: str) -> str:
    found = told.get(name)
    if not isinstance(found, str) or not found:
        raise PlanMistake(name, found=found, wanted="a text")
    return found


def _only(told: dict[str, Any], where: str, known: tuple[str, ...]) -> None:
    for name in told:
        if name not in known:
            raise PlanMistake(where, found=name, wanted=f"only {', '.join(known)}")

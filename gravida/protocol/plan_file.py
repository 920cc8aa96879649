"""plan.toml, the analysis plan, read: whom it takes, what it waits for, which factors it looks at and how."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from gravida.protocol.criteria import Texts
from gravida.protocol.dictionary import Dictionary
from gravida.protocol.expressions import Expression, names_in
from gravida.protocol.kinds import KindReader
from gravida.protocol.toml_tables import Table

# What the analysis can fit. The list is short on purpose: a model that misleads on repeated pregnancies (an
# exchangeable GEE with the history as a covariate, a Laplace approximation) has no name here.
MODELS = (
    "logistic_cluster",  # working independence, sandwich by woman
    "logistic_agq",  # random intercept, adaptive quadrature, without history covariates
    "cluster_weighted",  # weights 1 / pregnancies of the woman
    "cox_delayed_entry",
    "aalen_johansen",
    "firth",
    "score_tests",
    "stability_selection",
)
GRAINS = ("woman", "pregnancy", "transfer")


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What a question waits for, and what can happen instead."""

    id: str
    name: Texts
    event: Expression | None
    event_text: str
    competing: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Factor:
    """Something that may go with the outcome, and what must be held equal to judge it."""

    id: str
    name: Texts
    variable: str
    family: str
    adjust_for: tuple[str, ...]
    why: str


@dataclass(frozen=True, kw_only=True)
class Question:
    """One question of the plan: an outcome, and the models that answer it, the first one primary."""

    id: str
    name: Texts
    grain: str
    outcome: str
    models: tuple[str, ...]
    population: str


@dataclass(frozen=True, kw_only=True)
class Plan:
    """The analysis plan, frozen before anybody looks."""

    version: int = 0
    status: str = ""
    population: Texts
    index_event: Texts
    outcomes: tuple[Outcome, ...] = ()
    families: tuple[str, ...] = ()
    factors: tuple[Factor, ...] = ()
    questions: tuple[Question, ...] = ()
    sensitivity: tuple[str, ...] = ()


def plan_in(top: Table, dictionary: Dictionary) -> Plan:
    """The plan; mistakes are noted in the table."""
    top.only(
        "version",
        "status",
        "population",
        "index_event",
        "outcome",
        "family",
        "factor",
        "question",
        "sensitivity",
    )
    outcomes = tuple(_outcome(table, dictionary) for table in top.tables("outcome"))
    families = tuple(_family(table) for table in top.tables("family"))
    factors = tuple(_factor(table, dictionary, families) for table in top.tables("factor"))
    questions = tuple(
        _question(table, [outcome.id for outcome in outcomes]) for table in top.tables("question")
    )
    _adjustment_sets(top, factors)
    return Plan(
        version=top.number("version") or 0,
        status=top.one_of("status", ("draft", "signed")),
        population=top.table("population").texts("text"),
        index_event=top.table("index_event").texts("text"),
        outcomes=outcomes,
        families=families,
        factors=factors,
        questions=questions,
        sensitivity=tuple(_sensitivity(table) for table in top.tables("sensitivity")),
    )


def _outcome(table: Table, dictionary: Dictionary) -> Outcome:
    table.only("id", "name", "event", "competing", "form")
    event = table.rule("event")
    form = table.text("form")
    if event is not None and form in dictionary.forms:
        reader = KindReader(dictionary=dictionary, form=form)
        reader.kind(event)
        for complaint in dict.fromkeys(reader.complaints):
            table.mistake("event", found=complaint.found, wanted=complaint.wanted)
    elif form:
        _known(table, "form", (form,), dictionary.forms)
    return Outcome(
        id=table.id(),
        name=table.texts("name"),
        event=event,
        event_text=table.text("event"),
        competing=table.list_of_texts("competing", required=False),
    )


def _family(table: Table) -> str:
    table.only("id", "name", "control", "why")
    table.texts("name")
    table.one_of("control", ("none", "benjamini_hochberg", "benjamini_yekutieli"))
    return table.id()


def _factor(table: Table, dictionary: Dictionary, families: Collection[str]) -> Factor:
    table.only("id", "name", "variable", "family", "adjust_for", "why")
    factor = Factor(
        id=table.id(),
        name=table.texts("name"),
        variable=table.text("variable"),
        family=table.text("family"),
        adjust_for=table.list_of_texts("adjust_for"),
        why=table.text("why"),
    )
    _known(table, "variable", (factor.variable,), dictionary.variables)
    _known(table, "family", (factor.family,), families)
    return factor


def _adjustment_sets(top: Table, factors: tuple[Factor, ...]) -> None:
    ids = [factor.id for factor in factors]
    for table, factor in zip(top.tables("factor"), factors, strict=True):
        _known(table, "adjust_for", factor.adjust_for, ids)
        if factor.id in factor.adjust_for:
            table.mistake("adjust_for", found=f"{factor.id} held equal to itself", wanted="other factors")


def _question(table: Table, outcomes: Collection[str]) -> Question:
    table.only("id", "name", "grain", "outcome", "models", "population", "why")
    question = Question(
        id=table.id(),
        name=table.texts("name"),
        grain=table.one_of("grain", GRAINS),
        outcome=table.text("outcome"),
        models=table.list_of_texts("models"),
        population=table.text("population"),
    )
    _known(table, "outcome", (question.outcome,), outcomes)
    _known(table, "models", question.models, MODELS)
    return question


def _sensitivity(table: Table) -> str:
    table.only("id", "text")
    table.texts("text")
    return table.id()


def _known(table: Table, key: str, names: tuple[str, ...], known: Collection[str]) -> None:
    for name in names:
        if name and name not in known:
            table.mistake(key, found=f"{name} in {key}", wanted=f"one of {', '.join(list(known)[:60])}")


def names_of(plan: Plan) -> Iterator[str]:
    """Full names of the variables that the plan reads."""
    yield from (factor.variable for factor in plan.factors)
    for outcome in plan.outcomes:
        if outcome.event is not None:
            yield from map(str, names_in(outcome.event))

"""plan.toml, the analysis plan, read: whom it takes, what it waits for, which factors it looks at and how."""

from collections.abc import Collection, Iterable

from gravida.protocol.dictionary import Dictionary
from gravida.protocol.expressions import Expression, names_in
from gravida.protocol.kinds import KindReader
from gravida.protocol.plan import Derived, Factor, Family, Outcome, Plan, Question, Term
from gravida.protocol.plan_sections import (
    imputation_in,
    index_event_in,
    input_in,
    population_in,
    sensitivity_in,
    thresholds_in,
)
from gravida.protocol.plan_words import (
    CONTROLS,
    GRAINS,
    HISTORY,
    MISLEADING,
    MODELS,
    SHAPES,
    TIMINGS,
    is_history,
    is_made,
)
from gravida.protocol.toml_tables import Table

_TOP = (
    "id", "version", "status", "seed", "population", "index_event", "input", "derived", "outcome", "family",
    "factor", "question", "sensitivity", "thresholds", "imputation",
)  # fmt: skip
_HISTORY_NAMES = tuple(f"history.{name}" for name in HISTORY)


def plan_in(top: Table, dictionary: Dictionary | None = None) -> Plan:
    """The plan; mistakes are noted in the table.

    With the dictionary of a study, every variable must be in it; without, columns are known only once data
    are read.
    """
    top.only(*_TOP)
    derived = tuple(_derived(table) for table in top.tables("derived"))
    outcomes = tuple(_outcome(table, dictionary) for table in top.tables("outcome"))
    families = tuple(_family(table) for table in top.tables("family"))
    own = tuple(row.id for row in derived)
    factors = tuple(_factor(table, dictionary, families, own) for table in top.tables("factor"))
    plan = Plan(
        id=top.text("id", required=False),
        version=top.number("version") or 0,
        status=top.one_of("status", ("draft", "signed")),
        seed=top.number("seed") or 0,
        population=population_in(top.table("population")),
        index_event=index_event_in(top.table("index_event")),
        input=input_in(top.table("input")),
        derived=derived,
        outcomes=outcomes,
        families=families,
        factors=factors,
        questions=tuple(_question(table, outcomes, factors) for table in top.tables("question")),
        sensitivity=tuple(sensitivity_in(table) for table in top.tables("sensitivity")),
        thresholds=thresholds_in(top.table("thresholds")),
        imputation=imputation_in(top.table("imputation")),
    )
    _adjustment_sets(top, plan)
    _ids_once(top)
    if dictionary is not None:
        _sound_models(top, plan)
        _known_columns(top.table("input").table("columns"), plan, dictionary)
    return plan


def _derived(table: Table) -> Derived:
    table.only("id", "value", "why")
    value = table.rule("value")
    read = value or _nothing()
    _known_history(table, "value", (str(name) for name in names_in(read)))
    return Derived(id=table.id(), value=read, value_text=table.text("value"))


def _nothing() -> Expression:
    from gravida.protocol.expressions import YesNo  # noqa: PLC0415 - stands for what could not be read

    return YesNo(yes=False)


def _outcome(table: Table, dictionary: Dictionary | None) -> Outcome:
    table.only("id", "name", "event", "competing", "form")
    event = table.rule("event")
    form = table.text("form", required=dictionary is not None)
    if dictionary is not None and event is not None and form in dictionary.forms:
        reader = KindReader(dictionary=dictionary, form=form)
        reader.kind(event)
        for complaint in dict.fromkeys(reader.complaints):
            table.mistake("event", found=complaint.found, wanted=complaint.wanted)
    elif dictionary is not None and form:
        _known(table, "form", (form,), dictionary.forms)
    return Outcome(
        id=table.id(),
        name=table.texts("name"),
        event=event,
        event_text=table.text("event"),
        competing=table.list_of_texts("competing", required=False),
        form=form,
    )


def _family(table: Table) -> Family:
    table.only("id", "name", "control", "markers", "why")
    return Family(
        id=table.id(),
        name=table.texts("name"),
        control=table.one_of("control", CONTROLS),
        markers=table.yes("markers"),
        why=table.text("why", required=False),
    )


def _factor(
    table: Table, dictionary: Dictionary | None, families: Iterable[Family], derived: Collection[str]
) -> Factor:
    table.only(
        "id", "name", "variable", "family", "adjust_for", "why", "timing", "shape", "knots", "reference",
        "terms", "term_names",
    )  # fmt: skip
    terms = _terms(table.table("terms"), table.table("term_names"))
    shape = table.one_of("shape", SHAPES) if "shape" in table.data else ("terms" if terms else "linear")
    if (shape == "terms") != bool(terms):
        table.mistake("shape", found=f"shape {shape} and {len(terms)} terms", wanted="terms with shape terms")
    factor = Factor(
        id=table.id(),
        name=table.texts("name"),
        variable=table.text("variable", required=not terms),
        family=table.text("family"),
        adjust_for=table.list_of_texts("adjust_for"),
        why=table.text("why"),
        timing=table.one_of("timing", TIMINGS) if "timing" in table.data else "",
        shape=shape,
        knots=_knots(table),
        reference=table.text("reference", required=False),
        terms=terms,
    )
    _known_history(table, "variable", factor.reads)
    if dictionary is not None:
        others = [name for name in factor.reads if name and not is_made(name) and name not in derived]
        _known(table, "variable", others, dictionary.variables)
    _known(table, "family", (factor.family,), [family.id for family in families])
    return factor


def _knots(table: Table) -> int:
    knots = table.number("knots") if "knots" in table.data else 4
    if knots is None or not 3 <= knots <= 7:
        table.mistake("knots", found=f"knots = {knots}", wanted="3 to 7 knots")
        return 4
    return knots


def _terms(table: Table, names: Table) -> tuple[Term, ...]:
    names.only(*table.data)
    terms = []
    for name in table.data:
        value = table.rule(name)
        if value is not None:
            said = names.texts(name) if name in names.data else {}
            terms.append(Term(name=name, value=value, value_text=table.text(name), said=said))
    return tuple(terms)


def _adjustment_sets(top: Table, plan: Plan) -> None:
    ids = [factor.id for factor in plan.factors]
    for table, factor in zip(top.tables("factor"), plan.factors, strict=True):
        _known(table, "adjust_for", factor.adjust_for, ids)
        if factor.id in factor.adjust_for:
            table.mistake("adjust_for", found=f"{factor.id} held equal to itself", wanted="other factors")
    outcomes = [outcome.id for outcome in plan.outcomes]
    for table, outcome in zip(top.tables("outcome"), plan.outcomes, strict=True):
        _known(table, "competing", outcome.competing, outcomes)
        if outcome.id in outcome.competing:
            table.mistake(
                "competing", found=f"{outcome.id} competing with itself", wanted="the other outcomes"
            )
    questions = [question.id for question in plan.questions]
    for table, analysis in zip(top.tables("sensitivity"), plan.sensitivity, strict=True):
        _known(table, "questions", analysis.questions, questions)


def _question(table: Table, outcomes: tuple[Outcome, ...], factors: tuple[Factor, ...]) -> Question:
    table.only(
        "id", "name", "grain", "outcome", "models", "population", "why", "purpose", "factors", "rows",
        "set_aside", "set_aside_why", "entry", "ongoing", "horizon_weeks", "by", "strata", "where",
        "quadrature_points",
    )  # fmt: skip
    ids = [outcome.id for outcome in outcomes]
    question = Question(
        id=table.id(),
        name=table.texts("name"),
        grain=table.one_of("grain", GRAINS),
        outcome=table.text("outcome"),
        models=table.list_of_texts("models"),
        population=table.text("population"),
        why=table.text("why", required=False),
        purpose=_choice(table, "purpose", ("association", "prediction")),
        factors=table.list_of_texts("factors", required=False),
        rows=_choice(table, "rows", ("every_index_pregnancy", "first_index_pregnancy", "every_pregnancy")),
        set_aside=table.list_of_texts("set_aside", required=False),
        set_aside_why=table.text("set_aside_why", required="set_aside" in table.data),
        entry=table.yes("entry", default=True),
        ongoing=_choice(table, "ongoing", ("censored", "left_out")),
        horizon_weeks=table.real("horizon_weeks", 0.0),
        by=table.text("by", required=False),
        strata=table.text("strata", required=False),
        where=table.rule("where") if "where" in table.data else None,
        where_text=table.text("where", required=False),
        quadrature_points=table.number("quadrature_points") or 15,
    )
    _known(table, "outcome", (question.outcome,), ids)
    _known(table, "models", question.models, MODELS)
    _known(table, "set_aside", question.set_aside, ids)
    _known(table, "factors", question.factors, [factor.id for factor in factors])
    return question


def _sound_models(top: Table, plan: Plan) -> None:
    """In a study folder a misleading model is a mistake; the analysis also says why it refuses one."""
    sound = [model for model in MODELS if model not in MISLEADING]
    for table, question in zip(top.tables("question"), plan.questions, strict=True):
        misleading = [model for model in question.models if model in MISLEADING]
        _known(table, "models", misleading, sound)


def _known_columns(table: Table, plan: Plan, dictionary: Dictionary) -> None:
    """In a study folder a column written FORM.variable is one of the dictionary's."""
    for columns in plan.input.roles:
        _known(table, columns.role, [name for name in columns.names if "." in name], dictionary.variables)


def _choice(table: Table, key: str, allowed: tuple[str, ...]) -> str:
    """One of the words allowed; the first where nothing is written."""
    return table.one_of(key, allowed) if key in table.data else allowed[0]


def _ids_once(top: Table) -> None:
    for key in ("derived", "outcome", "family", "factor", "question", "sensitivity"):
        seen: set[str] = set()
        for table in top.tables(key):
            id_ = table.data.get("id")
            if isinstance(id_, str) and id_ in seen:
                table.mistake("id", found=f"{key} {id_} a second time", wanted="each id once")
            seen.add(str(id_))


def _known_history(table: Table, key: str, names: Iterable[str]) -> None:
    _known(table, key, [name for name in names if is_history(name)], _HISTORY_NAMES)


def _known(table: Table, key: str, names: Iterable[str], known: Collection[str]) -> None:
    for name in names:
        if name and name not in known:
            table.mistake(key, found=f"{name} in {key}", wanted=f"one of {', '.join(list(known)[:60])}")

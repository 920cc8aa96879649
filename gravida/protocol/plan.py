"""An analysis plan, frozen: whom it takes, from when, what it waits for, which factors, which models."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeVar

from gravida.protocol.criteria import Texts
from gravida.protocol.expressions import Arithmetic, Compare, Expression, names_in, parts_of
from gravida.protocol.plan_words import is_made


@dataclass(frozen=True, kw_only=True)
class Population:
    """Whom the plan takes: in words, and as a condition on the columns of the input where there is one."""

    text: Texts
    where: Expression | None = None
    where_text: str = ""


@dataclass(frozen=True, kw_only=True)
class IndexEvent:
    """From when a woman's pregnancies can be outcomes.

    `rule`: one of INDEX_RULES; "" where the plan does not say, which the analysis refuses. `losses`: how many
    early losses must lie before (after_losses), `in_a_row` whether as a run. `definition`: id of a published
    definition that says what a loss is; "" is every loss before 14+0 weeks. `pregnant_enter`: whether a
    pregnancy that had begun at inclusion enters at its age on that day, or is left out.
    """

    text: Texts
    rule: str = ""
    losses: int = 3
    in_a_row: bool = False
    definition: str = ""
    pregnant_enter: bool = True


@dataclass(frozen=True, kw_only=True)
class RoleColumns:
    """The columns that can play a role: the first that the file has does."""

    role: str
    names: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class EndingCodes:
    """The codes that stand for one way in which a pregnancy ends."""

    ending: str
    codes: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class InputMapping:
    """What the columns of the input mean.

    `weeks_in`: weeks or days. `recognised_in`: weeks, days (of amenorrhoea) or dates. `times_in`: dates, or
    days or months counted from any one day. `completed_weeks`: the weeks are whole ones, so that an end at
    "8 weeks" lies between 8 and 9. `in_pregnancy`: which rows of a dated form are of a pregnant woman; such
    rows, and those dated within one of her pregnancies, are then never what was known before a pregnancy.
    None: they are.
    """

    roles: tuple[RoleColumns, ...] = ()
    endings: tuple[EndingCodes, ...] = ()
    weeks_in: str = "weeks"
    recognised_in: str = "weeks"
    times_in: str = "dates"
    completed_weeks: bool = True
    in_pregnancy: Expression | None = None
    in_pregnancy_text: str = ""

    def names(self, role: str) -> tuple[str, ...]:
        """The columns that can play a role; none where the plan names none."""
        return next((columns.names for columns in self.roles if columns.role == role), ())


@dataclass(frozen=True, kw_only=True)
class Derived:
    """A column worked out from others, in the grammar of docs/grammar.md."""

    id: str
    value: Expression
    value_text: str


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What a question waits for, and what can happen instead."""

    id: str
    name: Texts
    event: Expression | None
    event_text: str
    competing: tuple[str, ...]
    form: str = ""


@dataclass(frozen=True, kw_only=True)
class Family:
    """Factors judged together. `markers`: biological markers, whose timing must be told."""

    id: str
    name: Texts
    control: str
    markers: bool = False
    why: str = ""


@dataclass(frozen=True, kw_only=True)
class Term:
    """One column of a factor in the model: 1 where the condition holds, or the number it comes to.

    `said`: what readers are told instead of the condition, where the plan words it.
    """

    name: str
    value: Expression
    value_text: str
    said: Texts


@dataclass(frozen=True, kw_only=True)
class Factor:
    """Something that may go with the outcome, and what must be held equal to judge it.

    `shape`: linear, spline (with so many `knots`), categories (against `reference`), or the `terms` written
    out. `timing`: one of TIMINGS, "" where not told.
    """

    id: str
    name: Texts
    variable: str
    family: str
    adjust_for: tuple[str, ...]
    why: str
    timing: str = ""
    shape: str = "linear"
    knots: int = 4
    reference: str = ""
    terms: tuple[Term, ...] = ()

    @property
    def reads(self) -> tuple[str, ...]:
        """Full names of the columns, derived columns and history that the factor reads."""
        if self.terms:
            return tuple(dict.fromkeys(str(name) for term in self.terms for name in names_in(term.value)))
        return (self.variable,)


@dataclass(frozen=True, kw_only=True)
class Question:
    """One question of the plan: an outcome, and the models that answer it, the first one primary.

    `factors`: those of one joint model; where none is named, each factor of the plan gets a model of its own
    with its adjustment set. `rows`: every index pregnancy, or each woman's first. `set_aside`: outcomes left
    out of the denominator, counted and shown. `entry`: time counts from recognition (delayed entry).
    `ongoing`: pregnancies without an end are censored, or left out. `horizon_weeks`: 0 is without end.
    `by`: column whose groups get a curve each. `strata`: column of matched sets or separate baselines.
    """

    id: str
    name: Texts
    grain: str
    outcome: str
    models: tuple[str, ...]
    population: str
    why: str = ""
    purpose: str = "association"  # or prediction
    factors: tuple[str, ...] = ()
    rows: str = "every_index_pregnancy"  # or first_index_pregnancy
    set_aside: tuple[str, ...] = ()
    set_aside_why: str = ""
    entry: bool = True
    ongoing: str = "censored"
    horizon_weeks: float = 0.0
    by: str = ""
    strata: str = ""
    where: Expression | None = None
    where_text: str = ""
    quadrature_points: int = 15


@dataclass(frozen=True, kw_only=True)
class Sensitivity:
    """An analysis done again with one thing changed. `kind` "": told in words only, nothing is run.

    `questions`: those it repeats, the first question of the plan where none is named. `weeks`: by how many
    weeks told ages move (shift_weeks). `where`: rows left out (leave_out).
    """

    id: str
    text: Texts
    kind: str = ""
    questions: tuple[str, ...] = ()
    weeks: tuple[int, ...] = ()
    definitions: tuple[str, ...] = ()
    where: Expression | None = None
    where_text: str = ""


@dataclass(frozen=True, kw_only=True)
class Thresholds:
    """Limits of what is shown and fitted.

    `small_cell`: smaller counts are masked. `min_risk_set`: a curve starts once so many are at risk.
    `few_women`: below, standard errors are CR2. `riley_c`: the C statistic expected of an outcome model, for
    the smallest sample (Riley 2020). `riley_share`: the expected share with the outcome, 0: that of the rows.
    """

    small_cell: int = 5
    min_risk_set: int = 20
    few_women: int = 50
    riley_c: float = 0.63
    riley_share: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Imputation:
    """How missing values are treated. `imputations` 0: as many as per cent of rows are incomplete."""

    method: str = "complete_cases"  # or chained_equations
    imputations: int = 0
    iterations: int = 10
    donors: int = 5
    of_woman: tuple[str, ...] = ()
    below_detection: tuple[str, ...] = ()
    auxiliary: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Plan:
    """The analysis plan, frozen before anybody looks."""

    id: str = ""
    version: int = 0
    status: str = ""
    seed: int = 0
    population: Population
    index_event: IndexEvent
    input: InputMapping = field(default_factory=InputMapping)
    derived: tuple[Derived, ...] = ()
    outcomes: tuple[Outcome, ...] = ()
    families: tuple[Family, ...] = ()
    factors: tuple[Factor, ...] = ()
    questions: tuple[Question, ...] = ()
    sensitivity: tuple[Sensitivity, ...] = ()
    thresholds: Thresholds = field(default_factory=Thresholds)
    imputation: Imputation = field(default_factory=Imputation)

    def outcome(self, id_: str) -> Outcome:
        """The outcome of an id; KeyError where there is none."""
        return _one(self.outcomes, id_)

    def factor(self, id_: str) -> Factor:
        """The factor of an id; KeyError where there is none."""
        return _one(self.factors, id_)

    def family(self, id_: str) -> Family:
        """The family of an id; KeyError where there is none."""
        return _one(self.families, id_)

    def question(self, id_: str) -> Question:
        """The question of an id; KeyError where there is none."""
        return _one(self.questions, id_)


Item = TypeVar("Item", Outcome, Factor, Family, Question)


def _one(items: tuple[Item, ...], id_: str) -> Item:
    for item in items:
        if item.id == id_:
            return item
    raise KeyError(f"no {id_!r}: the plan has {', '.join(item.id for item in items)}")


def outcomes_asked(plan: Plan, grain: str = "") -> tuple[Outcome, ...]:
    """The outcomes that questions of a grain wait for, with those that compete; all where none is named."""
    asked = {question.outcome for question in plan.questions if grain in ("", question.grain)}
    rivals = {id_ for row in plan.outcomes if row.id in asked for id_ in row.competing}
    return tuple(row for row in plan.outcomes if not grain or row.id in asked | rivals)


def factors_asked(plan: Plan, grain: str = "") -> tuple[Factor, ...]:
    """The factors that questions of a grain look at; all where no grain, or no factor, is named."""
    asked = [question for question in plan.questions if question.grain == grain]
    if not grain or any(not question.factors for question in asked):
        return plan.factors
    ids = {id_ for question in asked for id_ in question.factors}
    return tuple(factor for factor in plan.factors if factor.id in ids)


def names_of(plan: Plan, grain: str = "") -> Iterator[str]:
    """Full names of the variables that the plan reads, its own derived columns and history apart.

    With a grain, of its outcomes and factors only those that questions of this grain ask for.
    """
    own = {derived.id for derived in plan.derived}
    asked = [question for question in plan.questions if grain in ("", question.grain)]
    expressions = [derived.value for derived in plan.derived]
    expressions += [row.event for row in outcomes_asked(plan, grain) if row.event is not None]
    factors = factors_asked(plan, grain)
    expressions += [term.value for factor in factors for term in factor.terms]
    wheres = [plan.population.where, *(row.where for row in asked), *(row.where for row in plan.sensitivity)]
    expressions += [where for where in wheres if where is not None]
    read = [str(name) for expression in expressions for name in names_in(expression)]
    read += [factor.variable for factor in factors if not factor.terms]
    read += [name for question in asked for name in (question.by, question.strata) if name]
    yield from (name for name in dict.fromkeys(read) if name not in own and not is_made(name))


def numbers_wanted(plan: Plan, grain: str = "") -> tuple[str, ...]:
    """Full names of the columns that the plan calculates with, or compares as more and less."""
    factors = factors_asked(plan, grain)
    found = [factor.variable for factor in factors if factor.shape in ("linear", "spline")]
    expressions = [row.value for row in plan.derived]
    expressions += [term.value for factor in factors for term in factor.terms]
    expressions += [row.event for row in outcomes_asked(plan, grain) if row.event is not None]
    for expression in expressions:
        for part in parts_of(expression):
            sizes = isinstance(part, Compare) and part.comparator not in ("=", "!=")
            if sizes or isinstance(part, Arithmetic):
                found += [str(name) for name in names_in(part)]
    own = {derived.id for derived in plan.derived}
    return tuple(name for name in dict.fromkeys(found) if name not in own and not is_made(name))

"""Everything a run found: the one source of results.json, the tables, the report and its schema."""

from dataclasses import dataclass
from typing import Annotated

from gravida.analysis.report.results_models import (
    Count,
    CurveResult,
    Estimate,
    FactorTest,
    ImputationResult,
    MarkersResult,
    ModelResult,
    Named,
    PredictionResult,
    RiskResult,
    SmoothResult,
)

FORMAT, FORMAT_VERSION = "gravida-results", 1


@dataclass(frozen=True, kw_only=True)
class NamedCount:
    """A count by its name."""

    name: str
    count: Count


@dataclass(frozen=True, kw_only=True)
class FlowResult:
    """One step of a flow diagram: who left for this reason and who stayed."""

    code: str
    pregnancies_out: Count
    women_out: Count
    pregnancies: Count
    women: Count


@dataclass(frozen=True, kw_only=True)
class CountTable:
    """Counts by row and column with their totals, every total over what stands beside it."""

    id: str
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    cells: tuple[tuple[Count, ...], ...]
    row_totals: tuple[Count, ...]
    column_totals: Annotated[tuple[Count, ...], "empty where the rows overlap and do not add up"]
    total: Annotated[int | str | None, "null where the rows overlap"]


@dataclass(frozen=True, kw_only=True)
class TableOneRow:
    """One line of table one: pregnancies with the outcome beside those without."""

    factor: str
    level: Annotated[str, "the term, for yes/no lines; empty for a number"]
    kind: Annotated[str, "number: mean and standard deviation; share: how many have it"]
    with_outcome: Annotated[int | str | None, "how many have the level; null for a number"]
    with_mean: Annotated[float | None, "mean, or share"]
    with_deviation: Estimate
    without_outcome: Annotated[int | str | None, "as with_outcome"]
    without_mean: Estimate
    without_deviation: Estimate
    standardised_difference: Annotated[float | None, "difference in pooled standard deviations"]


@dataclass(frozen=True, kw_only=True)
class TableOne:
    """Who had the outcome and who had not."""

    question: str
    with_outcome: Count
    without_outcome: Count
    rows: tuple[TableOneRow, ...]


@dataclass(frozen=True, kw_only=True)
class MissingRow:
    """How many values of a column are missing among the pregnancies of the source, and why."""

    column: str
    missing: Count
    pregnancies: int
    share: Estimate
    reasons: tuple[NamedCount, ...]


@dataclass(frozen=True, kw_only=True)
class DefinitionRow:
    """Women who meet a published definition by the losses told, those who do not, and those in between."""

    id: str
    losses: int
    consecutive: str
    met: Annotated[int | str | None, "null where the source does not hold what the definition reads"]
    not_met: Annotated[int | str | None, "as met"]
    cannot_tell: Annotated[int | str | None, "as met"]
    needs: Annotated[str, "what the source lacks; empty where it was counted"]


@dataclass(frozen=True, kw_only=True)
class Heap:
    """Losses told at a preferred week beside the mean of the weeks around it."""

    week: int
    losses: Count
    around: Estimate
    ratio: Estimate


@dataclass(frozen=True, kw_only=True)
class Described:
    """The source before any model."""

    pregnancies: int
    women: int
    flow: tuple[FlowResult, ...]
    counts: tuple[CountTable, ...]
    quality: tuple[NamedCount, ...]
    heaps: tuple[Heap, ...]
    table_one: tuple[TableOne, ...]
    missing: tuple[MissingRow, ...]
    definitions: tuple[DefinitionRow, ...]


@dataclass(frozen=True, kw_only=True)
class QuestionResult:
    """One question of the plan, answered; or the reason why not."""

    id: str
    grain: str
    outcome: str
    not_answered: Annotated[str, "code of the reason; empty where it was answered"]
    flow: tuple[FlowResult, ...]
    models: tuple[ModelResult, ...]
    tests: tuple[FactorTest, ...]
    risks: tuple[RiskResult, ...]
    curves: tuple[CurveResult, ...]
    smooth: tuple[SmoothResult, ...]
    imputation: tuple[ImputationResult, ...]
    predictions: tuple[PredictionResult, ...]
    markers: tuple[MarkersResult, ...]


@dataclass(frozen=True, kw_only=True)
class SensitivityResult:
    """A question asked again with one thing changed."""

    id: str
    kind: str
    question: str
    variant: Annotated[str, "what was changed, as +1 or the id of a definition"]
    model: ModelResult | None
    curves: tuple[CurveResult, ...]
    not_run: Annotated[str, "code of the reason; empty where it was run"]
    why_not: str


@dataclass(frozen=True, kw_only=True)
class Trap:
    """A known way of being wrong: whether these data set it, how it was guarded, and what it measured."""

    code: str
    met: Annotated[bool, "whether the source sets this trap"]
    numbers: tuple[Named, ...]


@dataclass(frozen=True, kw_only=True)
class CautionResult:
    """Something valid that a reader must know."""

    code: str
    question: str
    found: str


@dataclass(frozen=True, kw_only=True)
class Disclosure:
    """How small counts are treated."""

    on: bool
    smallest: Annotated[int, "counts from 1 to one less are masked, and others so that none can be derived"]


@dataclass(frozen=True, kw_only=True)
class Identity:
    """Under which plan, on which data."""

    plan: str
    plan_version: int
    plan_status: str
    plan_hash: str
    data_hash: str
    definitions_hash: Annotated[str, "empty where no definitions were given"]
    seed: int
    program: Annotated[str, "version of Gravida"]


@dataclass(frozen=True, kw_only=True)
class Results:
    """The results of one plan on one source. The same plan and data give the same bytes."""

    format: str
    format_version: int
    identity: Identity
    disclosure: Disclosure
    level: Annotated[float, "of every confidence interval"]
    described: Described
    questions: tuple[QuestionResult, ...]
    sensitivity: tuple[SensitivityResult, ...]
    traps: tuple[Trap, ...]
    cautions: tuple[CautionResult, ...]

"""A whole run: data and plan in, results out, step by step, each finished step kept."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from gravida.analysis.plan import plan_hash
from gravida.analysis.plan_beside import NotAnswerable
from gravida.analysis.plan_check import cautions, check_plan
from gravida.analysis.plan_refusals import Refusal
from gravida.analysis.report.disclosure import masked_question, masked_sensitivity
from gravida.analysis.report.disclosure_described import (
    DescribedWithFlows,
    QuestionFlow,
    masked_together,
)
from gravida.analysis.report.results import (
    FORMAT,
    FORMAT_VERSION,
    CautionResult,
    Disclosure,
    Identity,
    QuestionResult,
    Results,
    SensitivityResult,
)
from gravida.analysis.run_describe import describe
from gravida.analysis.run_kept import Kept, as_read
from gravida.analysis.run_question import answer, flow_of
from gravida.analysis.run_sensitivity import sensitivity
from gravida.analysis.run_source import Source, source_of
from gravida.analysis.run_traps import Findings, traps
from gravida.protocol.definitions_file import Definitions
from gravida.protocol.plan import Plan, Question, Sensitivity

LEVEL = 0.95


class PlanRefused(Exception):
    """A plan that would give wrong numbers on these data: every reason, with what is valid instead."""

    def __init__(self, refusals: tuple[Refusal, ...]) -> None:
        super().__init__("\n".join(map(str, refusals)))
        self.refusals = refusals


@dataclass(frozen=True, kw_only=True)
class SensitivityStep:
    """The results of one sensitivity analysis, as they are kept."""

    results: tuple[SensitivityResult, ...]


@dataclass(frozen=True, kw_only=True)
class Step:
    """One named step of a run. `label` says what is done, `of` what it is about."""

    label: str
    of: str
    work: Callable[[], Any]
    gives: type[Any]

    @property
    def name(self) -> str:
        """The name under which the finished step is kept."""
        return f"{self.label}-{self.of}" if self.of else self.label


Progress = Callable[[list[Step]], Iterator[Step]]


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What a run is asked: the plan, the data and how small counts are treated. `seed` None: the plan's."""

    plan: Plan
    data: Path
    data_hash: str
    women: Path | None = None
    definitions: Definitions | None = None
    definitions_hash: str = ""
    seed: int | None = None
    disclosure: bool = True

    @property
    def identity(self) -> Identity:
        """Under which plan and on which data; it names the run."""
        return Identity(
            plan=self.plan.id,
            plan_version=self.plan.version,
            plan_status=self.plan.status,
            plan_hash=plan_hash(self.plan),
            data_hash=self.data_hash,
            definitions_hash=self.definitions_hash,
            seed=self.plan.seed if self.seed is None else self.seed,
            program=program_version(),
        )

    @property
    def smallest(self) -> int:
        """Counts from 1 to one less than this are masked; 1 masks none."""
        return max(self.plan.thresholds.small_cell, 1) if self.disclosure else 1


def program_version() -> str:
    """Version of Gravida; "unpackaged" where it is run from a folder that was not installed."""
    try:
        return version("gravida")
    except PackageNotFoundError:
        return "unpackaged"


def checked_source(asked: Asked) -> Source:
    """The data read under the plan. InputRejected, PlanRefused, UnknownDefinition, NotCountable."""
    source = source_of(
        asked.plan,
        asked.data,
        women=asked.women,
        definitions=asked.definitions,
        seed=asked.identity.seed,
    )
    refusals = check_plan(asked.plan, source.risk, definitions=asked.definitions)
    if refusals:
        raise PlanRefused(refusals)
    return source


def steps_of(source: Source, *, smallest: int) -> list[Step]:
    """The steps of a run in their order; each masks its small counts before it gives anything away."""
    plan = source.plan
    steps = [
        Step(
            label="describe",
            of="",
            gives=DescribedWithFlows,
            work=lambda: masked_together(_described(source), smallest=smallest),
        )
    ]
    steps += [_question_step(source, question, smallest) for question in plan.questions]
    steps += [_sensitivity_step(source, asked, smallest) for asked in plan.sensitivity]
    return steps


def _described(source: Source) -> DescribedWithFlows:
    flows = []
    for question in source.plan.questions:
        try:
            flows.append(
                QuestionFlow(question=question.id, grain=question.grain, steps=flow_of(source, question))
            )
        except NotAnswerable:  # told with its reason where the question is answered
            continue
    return DescribedWithFlows(described=describe(source), flows=tuple(flows))


def _question_step(source: Source, question: Question, smallest: int) -> Step:
    return Step(
        label="question",
        of=question.id,
        gives=QuestionResult,
        work=lambda: masked_question(answer(source, question, smallest=smallest), smallest=smallest),
    )


def _sensitivity_step(source: Source, asked: Sensitivity, smallest: int) -> Step:
    return Step(
        label="sensitivity",
        of=asked.id,
        gives=SensitivityStep,
        work=lambda: _sensitivity(source, asked, smallest),
    )


def _sensitivity(source: Source, asked: Sensitivity, smallest: int) -> SensitivityStep:
    found = sensitivity(source, asked, smallest=smallest)
    return SensitivityStep(results=tuple(masked_sensitivity(one, smallest=smallest) for one in found))


@contextmanager
def work_folder(out: Path, asked: Asked) -> Iterator[Kept]:
    """The folder of finished steps; it stays where the run stops, and goes when the run is done."""
    key = "/".join(map(str, (FORMAT_VERSION, asked.identity, asked.disclosure)))
    kept = Kept.of(out, key=key)
    yield kept
    kept.forget()


def run(asked: Asked, source: Source, *, kept: Kept | None = None, progress: Progress = iter) -> Results:
    """Every step, or what is kept of it, and the results they make."""
    found: dict[str, Any] = {}
    for step in progress(steps_of(source, smallest=asked.smallest)):
        result = kept.read(step.name, step.gives) if kept else None
        if result is None:
            result = step.work()
            result = kept.keep(step.name, result, step.gives) if kept else as_read(result, step.gives)
        found[step.name] = result
    return _results(asked, source, list(found.values()))


def _results(asked: Asked, source: Source, found: list[Any]) -> Results:
    first = next(one for one in found if isinstance(one, DescribedWithFlows))
    described, flows = first.described, {one.question: one.steps for one in first.flows}
    questions = tuple(
        replace(one, flow=flows.get(one.id, ())) for one in found if isinstance(one, QuestionResult)
    )
    again = tuple(result for one in found if isinstance(one, SensitivityStep) for result in one.results)
    told = tuple(
        CautionResult(code=one.code, question=one.question, found=one.found)
        for one in cautions(source.plan, source.risk)
    )
    results = Results(
        format=FORMAT,
        format_version=FORMAT_VERSION,
        identity=asked.identity,
        disclosure=Disclosure(on=asked.disclosure, smallest=asked.smallest),
        level=LEVEL,
        described=described,
        questions=questions,
        sensitivity=again,
        traps=(),
        cautions=told,
    )
    return replace(results, traps=traps(Findings(source, described, questions, again)))

"""Questions about women and transfers checked: where each factor is found, and what must not be mixed."""

from collections.abc import Iterator
from dataclasses import dataclass

from gravida.analysis.history import RiskTable
from gravida.analysis.input.dated import dated_column
from gravida.analysis.input.snapshot import PREGNANCY, WOMAN
from gravida.analysis.plan_disguises import names_read
from gravida.analysis.plan_refusals import ExplainedAsFactor, Refusal, TransfersPooledWithLosses
from gravida.analysis.plan_rows import factor_sets
from gravida.protocol.plan import Plan, Question
from gravida.protocol.plan_words import is_history


@dataclass(frozen=True, kw_only=True)
class FactorPlace:
    """Where a question finds a column that a factor reads; `place` "" where it does not, `why` then says why.

    `place`: the grain of the table, "history", or "derived".
    """

    question: str
    factor: str
    name: str
    place: str
    why: str = ""


def factor_places(plan: Plan, question: Question, risk: RiskTable) -> tuple[FactorPlace, ...]:
    """Every column that the factors of a question read, and where it is found or why it is not."""
    ids = dict.fromkeys(id_ for _, factors in factor_sets(plan, question) for id_ in factors)
    return tuple(
        _place(plan, question, risk, id_, name)
        for id_ in ids
        for name in sorted(names_read(plan, plan.factor(id_).reads))
    )


def _place(plan: Plan, question: Question, risk: RiskTable, factor: str, name: str) -> FactorPlace:
    told = {"question": question.id, "factor": factor, "name": name}
    if is_history(name):
        return FactorPlace(**told, place="history")
    if any(row.id == name for row in plan.derived):
        return FactorPlace(**told, place="derived")
    beside, pregnancies = risk.pregnancies.beside, risk.pregnancies.table
    tables = {PREGNANCY: pregnancies} if question.grain == PREGNANCY else {}
    for grain in (question.grain, WOMAN):
        table = None if beside is None else beside.table(grain)
        if table is not None:
            tables.setdefault(grain, table)
    for grain, table in tables.items():
        if name in table:
            return FactorPlace(**told, place=grain)
    dated = None if beside is None else dated_column(beside, name, risk.pregnancies)
    if dated is not None:
        return FactorPlace(**told, place=dated.grain)
    where = "is a column of pregnancies, which come after" if name in pregnancies else "is in no table"
    return FactorPlace(**told, place="", why=f"{name} {where}")


def mixed_grains(plan: Plan, question: Question) -> Iterator[Refusal]:
    """Transfers and pregnancies in one question, told by the forms of its outcomes."""
    outcome = plan.outcome(question.outcome)
    forms = {form for id_ in (outcome.id, *outcome.competing) if (form := plan.outcome(id_).form)}
    asked = {q.outcome: q.grain for q in plan.questions if q.grain != question.grain}
    others = {"pregnancy": "TRF", "transfer": "PRG"}
    mixed = {"PRG", "TRF"} <= forms or others.get(question.grain) in forms
    shared = question.grain in others and asked.get(outcome.id) in others
    if mixed or shared:
        found = f"{outcome.id} with forms {', '.join(sorted(forms)) or 'of both grains'}"
        yield TransfersPooledWithLosses(
            question=question.id, found=found, wanted=f"outcomes of the grain {question.grain} alone"
        )


def explained_as_factor(plan: Plan, question: Question) -> Iterator[Refusal]:
    """The column that tells explained from unexplained losses among the factors of a question about women."""
    names = {name.lower() for name in plan.input.names("explained")}
    if question.grain != WOMAN or not names:
        return
    bare = names | {name.rpartition(".")[2] for name in names}
    for id_ in dict.fromkeys(id_ for _, factors in factor_sets(plan, question) for id_ in factors):
        read = {name.lower() for name in names_read(plan, plan.factor(id_).reads)}
        if read & bare:
            found = f"factor {id_} reads {', '.join(sorted(read & bare))}"
            yield ExplainedAsFactor(
                question=question.id, found=found, wanted="a stratum, which it is already"
            )

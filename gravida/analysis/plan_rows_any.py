"""The rows of a question whatever it is about: pregnancies, women or transfers."""

from gravida.analysis.history import RiskTable
from gravida.analysis.plan_columns import PlanColumns
from gravida.analysis.plan_rows import AnalysisRows, analysis_rows
from gravida.analysis.plan_rows_recurrent import recurrent_rows
from gravida.analysis.plan_rows_transfer import transfer_rows
from gravida.analysis.plan_rows_woman import woman_rows
from gravida.protocol.plan import Plan, Question
from gravida.protocol.plan_words import RECURRENT_MODELS

_BY_GRAIN = {"pregnancy": analysis_rows, "woman": woman_rows, "transfer": transfer_rows}


def question_rows(
    plan: Plan,
    question: Question,
    risk: RiskTable,
    *,
    model: str,
    factors: tuple[str, ...] | None = None,
    keep_missing: bool = False,
    columns: PlanColumns | None = None,
) -> AnalysisRows:
    """The rows of a question for one of its models: pregnancies, women, transfers, or intervals of losses.

    `columns` are those of the pregnancies. NotAnswerable where the source lacks the table that the question
    is about; NotInPlans and NoSuchColumn where a factor or condition does not fit it.
    """
    if model in RECURRENT_MODELS:
        return recurrent_rows(plan, question, risk, factors=factors)
    return _BY_GRAIN[question.grain](
        plan,
        question,
        risk,
        model=model,
        factors=factors,
        keep_missing=keep_missing,
        columns=columns,
    )

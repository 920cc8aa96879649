"""What the server finds, written as the browser of the tests writes it."""

from collections.abc import Mapping

from gravida.find.selfcheck.rules import WrongAnswers, evaluate_answers
from gravida.find.selfcheck.typed import Given
from gravida.protocol.eligibility import CriterionResult, Eligibility
from gravida.protocol.study import StudyFolder


def judged_by_server(folder: StudyFolder, given: Mapping[str, Given]) -> str:
    """The result of answers, or what is wrong with them, as one text."""
    try:
        found = evaluate_answers(folder, given)
    except WrongAnswers as error:
        return "wrong " + " ".join(f"{fact}:{why.value}" for fact, why in sorted(error.wrong.items()))
    told = [f"{fact}={answer}" for fact, answer in sorted(found.answers.items())]
    return "|".join([written(found.eligibility), *told])


def written(found: Eligibility) -> str:
    """A result as one text."""
    public = found.public
    lists = (public.criteria, public.missing, public.left_to_team)
    return "|".join([public.code.value, *("+".join(one) for one in lists), *map(_result, found.results)])


def _result(one: CriterionResult) -> str:
    parts = [f"{part.id}={part.answer.value}<{_names(part.because)}" for part in one.parts]
    asked = "true" if one.is_asked else "false"
    settled = [_names(one.because), "+".join(one.unsettled), asked, one.lets_in.value]
    return ",".join([one.id, one.kind.value, one.answer.value, *settled, *parts])


def _names(because: tuple) -> str:
    return "+".join(dict.fromkeys(used.name for used in because))

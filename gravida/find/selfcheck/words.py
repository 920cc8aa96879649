"""The words of the self-check: none of them says that she can or cannot join, for the team decides."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gravida.find.selfcheck.typed import UNKNOWN, Wrong
from gravida.protocol.criteria import CriterionKind
from gravida.protocol.eligibility import CriterionResult, PublicCode
from gravida.protocol.values import Answer

Text = str | Promise

NOT_ASKED = "not_asked"

TITLE: dict[str, Text] = {
    PublicCode.NOTHING_RULES_OUT: _("Nothing you answered rules you out"),
    PublicCode.MAY_RULE_OUT: _("One answer may rule you out"),
    f"{PublicCode.MAY_RULE_OUT}:many": _("Some answers may rule you out"),
    PublicCode.CANNOT_TELL: _("We cannot tell"),
}
BEFORE: dict[str, Text] = {
    PublicCode.NOTHING_RULES_OUT: _("The team decides. A list cannot say everything: please ask them."),
    PublicCode.MAY_RULE_OUT: _("Please look at this:"),
    PublicCode.CANNOT_TELL: _("This is missing:"),
}
AFTER: dict[str, Text] = {
    PublicCode.NOTHING_RULES_OUT: "",
    PublicCode.MAY_RULE_OUT: _("You may still ask. The team decides, and can tell you why."),
    PublicCode.CANNOT_TELL: _("You may leave it open and ask the team all the same. The team decides."),
}
# Before a criterion that may rule her out, so that both lists read as what they are.
LABEL: dict[str, Text] = {
    CriterionKind.INCLUSION.value: _("The study asks for this:"),
    CriterionKind.EXCLUSION.value: _("The study is not possible where this is true:"),
}
# kind:answer -> how a criterion looks from her answers
STATE: dict[str, Text] = {
    "inclusion:yes": _("Met"),
    "inclusion:no": _("Not met"),
    "inclusion:unknown": _("Cannot be told"),
    "exclusion:yes": _("This is so for you"),
    "exclusion:no": _("This is not so for you"),
    "exclusion:unknown": _("Cannot be told"),
    NOT_ASKED: _("Not asked here: the team looks at this with you"),
}
# The same as a team reads it, of somebody else.
STATE_FOR_TEAM: dict[str, Text] = {
    "inclusion:yes": _("met"),
    "inclusion:no": _("not met"),
    "inclusion:unknown": _("cannot be told"),
    "exclusion:yes": _("is so: may rule her out"),
    "exclusion:no": _("is not so"),
    "exclusion:unknown": _("cannot be told"),
    NOT_ASKED: _("not asked"),
}
CHOICE: dict[str, Text] = {
    Answer.YES.value: _("Yes"),
    Answer.NO.value: _("No"),
    UNKNOWN: _("I do not know"),
    "": _("no answer"),
}
WRONG: dict[Wrong, Text] = {
    Wrong.NUMBER: _("Please give one number from %(low)s to %(high)s in figures, or tick “I do not know”."),
    Wrong.BOTH: _("Please keep one of the two: the number, or “I do not know”."),
    Wrong.CHOICE: _("Please choose one of the answers."),
}
ONE_NUMBER = _("Please give one number in figures, or tick “I do not know”.")


def title_key(code: str, *, criteria: int) -> str:
    """Under which the title of a result stands in TITLE."""
    return f"{code}:many" if code == PublicCode.MAY_RULE_OUT and criteria > 1 else code


def state_key(result: CriterionResult) -> str:
    """Under which the state of a criterion stands in STATE and STATE_FOR_TEAM."""
    return f"{result.kind.value}:{result.answer.value}" if result.is_asked else NOT_ASKED


def answer_words(answer: str) -> str:
    """An answer as it is shown: a number as it is."""
    return str(CHOICE.get(answer, answer))

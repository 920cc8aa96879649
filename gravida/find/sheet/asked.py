"""What the address of a printed page asks for: fixed codes only, anything else is passed over."""

from dataclasses import dataclass
from typing import Literal

from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gravida.find.clean import clean_line
from gravida.find.overviews.sections import QUESTIONS

Show = Literal["all", "untitled", "neutral"]
# How much the page says of what the study is about.
SHOW: dict[Show, Promise] = {
    "all": _("Everything"),
    "untitled": _("Leave out the title"),
    "neutral": _("Leave out all that tells what the study is about"),
}
# The eight questions as one asks them at a visit, by their codes.
SPOKEN: dict[str, Promise] = {
    "what": _("What is being studied?"),
    "could_i": _("Could I take part?"),
    "what_would_i_do": _("What would I do, how often and where?"),
    "risks": _("What are the risks, and what could I gain?"),
    "data": _("What happens to my data, and can I say no?"),
    "cost": _("Does it cost anything, or is it paid?"),
    "how_long": _("How long would I take part?"),
    "results": _("Will I learn the results?"),
}


@dataclass(frozen=True, kw_only=True)
class Asked:
    """How the page is wanted."""

    show: Show
    questions: tuple[str, ...]  # codes of the questions she has ticked, in their fixed order
    near: str  # as typed

    @property
    def spoken(self) -> tuple[str, ...]:
        """Her questions in words."""
        return tuple(str(SPOKEN[code]) for code in self.questions)


def asked_in(query: QueryDict) -> Asked:
    """What the address asks for."""
    ticked = set(query.getlist("ask"))
    return Asked(
        show=next((show for show in SHOW if show == query.get("show")), "all"),
        questions=tuple(code for code in QUESTIONS if code in ticked),
        near=clean_line(query.get("near", ""))[0][:100].strip(),
    )

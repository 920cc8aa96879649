"""The page of the message form, and what it says beside the fields."""

from dataclasses import dataclass
from datetime import datetime

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gravida.find.contact.pages import when
from gravida.find.contact.pages.centres import CentreRow
from gravida.find.contact.pages.data_use import DataUseWords, data_use_of
from gravida.find.contact.pages.form_mark import MARK_NAME, TRAP_NAME
from gravida.find.contact.pages.forms import LANGUAGES_OFFERED
from gravida.find.contact.working_days import after_working_days
from gravida.find.models import Study
from gravida.find.questions.chosen import Tick, ticks
from gravida.find.selfcheck.attached import FROM_SELF_CHECK, AttachedLine, answer_lines

_DAYS = (
    ("mon", gettext_lazy("Monday")),
    ("tue", gettext_lazy("Tuesday")),
    ("wed", gettext_lazy("Wednesday")),
    ("thu", gettext_lazy("Thursday")),
    ("fri", gettext_lazy("Friday")),
)
_PARTS = (("am", gettext_lazy("morning")), ("pm", gettext_lazy("afternoon")))
ANSWER_DAYS, TOLD_DAYS = 2, 7  # working days: the team answers; she is told that nobody did


@dataclass(frozen=True, kw_only=True)
class Named:
    """A code with its words."""

    code: str
    label: str


@dataclass(frozen=True, kw_only=True)
class HalfDay:
    """A box of the week."""

    code: str
    label: str
    checked: bool


@dataclass(frozen=True, kw_only=True)
class DayRow:
    """A day with its two boxes."""

    label: str
    boxes: list[HalfDay]


@dataclass(frozen=True, kw_only=True)
class Week:
    """The half-days from Monday to Friday."""

    parts: list[Named]
    days: list[DayRow]


@dataclass(frozen=True, kw_only=True)
class WritePage:
    """Everything beside the fields."""

    number: str
    address: str
    centre: CentreRow
    other_centres: str  # address of step 1; empty: there is one centre only
    usually: str
    data_use: DataUseWords
    next_lines: list[str]
    week: Week
    languages_offered: list[str]
    mark: str
    notice: list[str]
    is_filled: bool  # by what was sent: the page answers a sending
    ticks: list[Tick]  # questions that can be put to the team
    has_asked: bool
    self_check: tuple[AttachedLine, ...]  # her answers, as the team would read them; empty: none came along
    has_notes: bool
    mark_name: str = MARK_NAME
    trap_name: str = TRAP_NAME


def write_page(
    study: Study,
    *,
    centre: CentreRow,
    is_only: bool,
    given: QueryDict,
    asked: list[str],
    mark: str,
    notice: list[str],
    at: datetime,
) -> WritePage:
    """The page for a message to this centre; `given` holds what was typed so far."""
    address = reverse("contact:write", args=[study.number])
    return WritePage(
        number=study.number,
        address=f"{address}?centre={centre.key}",
        centre=centre,
        other_centres="" if is_only else f"{address}?centre=",
        usually=centre.usually,
        data_use=data_use_of(study, centre=centre.name),
        next_lines=next_lines(centre, at=at),
        week=week(given.getlist("half_days")),
        languages_offered=[str(language) for language in LANGUAGES_OFFERED],
        mark=mark,
        notice=notice,
        # The self-check brings answers, not a message: what was typed before comes back from the browser.
        is_filled=bool(given) and given.get("show") != FROM_SELF_CHECK,
        ticks=ticks(study, asked, at=at),
        has_asked=bool(asked),
        self_check=answer_lines(study.number, given.get("self_check", "")),
        has_notes=bool(given.get("notes")),
    )


def next_lines(centre: CentreRow, *, at: datetime) -> list[str]:
    """What happens after sending, and by when, in the order in which it happens."""
    calendar = centre.team.working_calendar
    answer = after_working_days(at, ANSWER_DAYS, calendar)
    told = after_working_days(at, TOLD_DAYS, calendar)
    return [
        _(
            "You see at once that it is saved, with a private link and a code. If you give an "
            "e-mail address, a mail follows; it says nothing about health."
        ),
        _("The team should answer by %(day)s; it is reminded if it does not.") % {"day": when.day(answer)},
        _("If nobody has answered by %(day)s, we tell you so, and what else you can do.")
        % {"day": when.day(told)},
        _("You can take everything back at any time, with one button."),
    ]


def week(chosen: list[str]) -> Week:
    """The week with the chosen half-days ticked."""
    return Week(
        parts=[Named(code=code, label=str(label).capitalize()) for code, label in _PARTS],
        days=[
            DayRow(
                label=str(day_label),
                boxes=[
                    HalfDay(
                        code=f"{day}-{part}",
                        label=f"{day_label} {part_label}",
                        checked=f"{day}-{part}" in chosen,
                    )
                    for part, part_label in _PARTS
                ],
            )
            for day, day_label in _DAYS
        ],
    )

"""The page after sending: said only once the message is kept."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from gravida.find.contact.letters import Receipt
from gravida.find.contact.pages import when
from gravida.find.contact.pages.card import alerts_of
from gravida.find.contact.pages.link_page import LinkPage
from gravida.find.contact.pages.words import team_of
from gravida.find.contact.pages.write_page import TOLD_DAYS
from gravida.find.contact.working_days import after_working_days
from gravida.web.frame import absolute


@dataclass(frozen=True, kw_only=True)
class NextStep:
    """A step of the list, and by when it comes."""

    text: str
    when: str = ""
    is_done: bool = False


@dataclass(frozen=True, kw_only=True)
class SentPage:
    """Everything the page after sending says."""

    heading: str
    submitted: str
    reference: str
    notices: list[str]
    link: str  # whole address of the private page, to write down; empty: it stands in the mail only
    link_here: str
    alerts: str  # address of the sign-up; empty: there is none
    code: str
    steps: list[NextStep]


def sent_page(receipt: Receipt, *, token: str, request: HttpRequest, at: datetime) -> SentPage:
    """The page of a receipt; `token` is its secret."""
    path = reverse("contact:status", args=[receipt.token]) if receipt.token else ""
    return SentPage(
        heading=_("Your message is saved") if receipt.is_suspected else _("Your message was submitted"),
        submitted=_submitted(receipt),
        reference=receipt.reference,
        notices=_notices(receipt),
        link=absolute(request, path) if path else "",
        link_here=path,
        alerts=_alerts(receipt, token),
        code=receipt.code,
        steps=_steps(receipt, at=at),
    )


def _alerts(receipt: Receipt, token: str) -> str:
    """The sign-up to alerts, which finds her address by the receipt; empty where there is none."""
    address = alerts_of(receipt.team.study)
    return f"{address}?{urlencode({'receipt': token})}" if address else ""


def _submitted(receipt: Receipt) -> str:
    team = team_of(receipt.team.name_in((get_language() or "en").split("-")[0]))
    if receipt.is_suspected:
        return _("It is saved for %(team)s.") % {"team": team}
    if not receipt.has_email:
        return _(
            "Your message was submitted to %(team)s. You gave a telephone number only, so no copy is mailed."
        ) % {"team": team}
    if receipt.copy_is_late:
        return _("Your message was submitted to %(team)s.") % {"team": team}
    return _("Your message was submitted to %(team)s; a copy is on its way.") % {"team": team}


def _notices(receipt: Receipt) -> list[str]:
    notices = []
    if receipt.is_suspected:
        notices.append(
            _(
                "Something made this form look as if a program had filled it. A person looks at it "
                "before the team "
                "sees it, within seven days. You need do nothing."
            )
        )
    if receipt.has_email and receipt.copy_is_late:
        notices.append(
            _(
                "No further mail is sent to your address just now, because one left today or very "
                "many are being sent."
            )
        )
    if receipt.waits_for_staff:
        notices.append(
            _("The team’s address is being checked. Your message waits until then and leaves by itself.")
        )
    return notices


def _steps(receipt: Receipt, *, at: datetime) -> list[NextStep]:
    told = after_working_days(at, TOLD_DAYS, receipt.team.working_calendar)
    steps = [NextStep(text=_("Your message is saved."), when=when.moment(at), is_done=True)]
    if receipt.has_email and not receipt.copy_is_late:
        steps.append(
            NextStep(
                text=_(
                    "A mail reaches you. Please press the button behind its link: it confirms your address."
                ),
                when=_("within minutes; the link works for 24 hours"),
            )
        )
    if receipt.answer_by:
        steps.append(
            NextStep(
                text=_("The team confirms that it has your message."), when=when.by_day(receipt.answer_by)
            )
        )
    steps += [
        NextStep(
            text=_("If nobody has answered, we tell you, and what else you can do."),
            when=when.day(told),
        ),
        NextStep(
            text=_("The team gets in touch with you as you wished. You ask your questions; you decide."),
        ),
    ]
    return steps


def receipt_gone() -> LinkPage:
    """What is said where the page after sending is asked for again later."""
    return LinkPage(
        heading=_("This page has closed"),
        lines=[
            _("It stays open for half an hour after a message is sent. Your message is safe."),
            _("Open your private page by its address and your code, or by the link in the mail we sent you."),
        ],
    )

"""The way in: which centre, then the message; and the page after sending.

No session and no cookie: the form carries a signed mark of its own. A foreign page that posts here could only
send a message of its own making, in nobody's name; what it may do is limited like any other sender's.
"""

import json
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from gravida.find.contact import reads
from gravida.find.contact.actions_person import send_request
from gravida.find.contact.anti_abuse import suspicion
from gravida.find.contact.letters import Details, FormClosed, Letter
from gravida.find.contact.pages import when
from gravida.find.contact.pages.card import contact_card
from gravida.find.contact.pages.centres import CentreRow, centre_rows
from gravida.find.contact.pages.centres_page import centres_page
from gravida.find.contact.pages.counted import count_without_contact, gathered
from gravida.find.contact.pages.form_mark import MARK_NAME, TRAP_NAME, new_mark, read_mark
from gravida.find.contact.pages.forms import MessageForm
from gravida.find.contact.pages.private import private
from gravida.find.contact.pages.sent_page import receipt_gone, sent_page
from gravida.find.contact.pages.write_page import write_page
from gravida.find.forms import SearchForm
from gravida.find.models import Study
from gravida.find.questions.chosen import FIELD, PARAMETER, known, with_questions
from gravida.find.selfcheck.attached import FROM_SELF_CHECK, with_ticked_answers
from gravida.web.limits import TooMany
from gravida.web.network import network_of
from gravida.web.tokens import digest

SHOW_AGAIN, CHOOSE_CENTRE = "again", "centre"


@csrf_exempt
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def write(request: HttpRequest, number: str) -> HttpResponse:
    """The centre where there is a choice, then the message. Nothing typed is lost, whatever happens."""
    if request.POST.get("show") == FROM_SELF_CHECK:
        request.POST = with_ticked_answers(request.POST)  # type: ignore[assignment]  # immutable in name only
    study = Study.objects.numbered(number)
    if study is None:
        raise Http404
    now = timezone.now()
    place = SearchForm({"near": request.GET.get("near", "")})
    place.is_valid()
    rows = centre_rows(study, near=place.place, at=now)
    open_rows = [row for row in rows if row.is_open]
    if not open_rows:
        return _closed(request, study, rows)
    centre = _chosen(request, rows, open_rows)
    show = request.POST.get("show", "")
    if centre is None or show == CHOOSE_CENTRE:
        page = centres_page(study, rows=rows, place=place, typed=request.POST, asked=_asked(request))
        return render(request, "contact/centres.html", {"page": page, "place_form": place})
    if request.method != "POST" or show:
        return _form(request, study, centre, rows, form=MessageForm(initial=_typed(request)), at=now)
    return _send(request, study, centre, rows, at=now)


def _chosen(request: HttpRequest, rows: list[CentreRow], open_rows: list[CentreRow]) -> CentreRow | None:
    """The centre of the address or of step 1; the only one where there is one."""
    key = request.POST.get("centre") or request.GET.get("centre", "")
    found = next((row for row in open_rows if row.key == key), None)
    return found or (open_rows[0] if len(rows) == 1 else None)


def _form(
    request: HttpRequest,
    study: Study,
    centre: CentreRow,
    rows: list[CentreRow],
    *,
    form: MessageForm,
    at: datetime,
    notice: list[str] | None = None,
    status: int = 200,
) -> HttpResponse:
    """The form, with what was typed so far; its mark stays the same, so that a double sending is one."""
    given = request.POST.get(MARK_NAME, "")
    if request.method == "GET":
        gathered.add(centre.team, "form_opened", at=at)
    page = write_page(
        study,
        centre=centre,
        is_only=len(rows) == 1,
        given=request.POST,
        asked=_asked(request),
        mark=given if read_mark(given) else new_mark(at=at),
        notice=notice or [],
        at=at,
    )
    answer = render(request, "contact/write.html", {"page": page, "form": form}, status=status)
    return private(answer) if request.method == "POST" else answer


def _send(
    request: HttpRequest, study: Study, centre: CentreRow, rows: list[CentreRow], *, at: datetime
) -> HttpResponse:
    """Keep the message, then lead to the page that says so; else the form again, filled, with what to do."""
    form = MessageForm(request.POST)
    mark = read_mark(request.POST.get(MARK_NAME, ""))
    if mark is None:
        notice = [
            _("Nothing was sent yet: this form did not come from a page of ours, or it has grown too old."),
            _("Everything you typed is here. Please look at it once more and send it again."),
        ]
        form = MessageForm(initial=_typed(request))
        return _form(request, study, centre, rows, form=form, at=at, notice=notice)
    if not form.is_valid():
        return _form(request, study, centre, rows, form=form, at=at)
    try:
        sent = send_request(
            team=centre.team,
            letter=letter_of(form),
            idempotency_key=_key(mark.key, form),
            network=network_of(request),
            suspicion=suspicion(form=mark, honeypot=request.POST.get(TRAP_NAME, ""), at=at),
            at=at,
        )
    except TooMany as limit:
        return _too_many(request, study, centre, rows, form=form, limit=limit, at=at)
    except FormClosed:
        notice = [
            _("Nothing was sent: this team has just closed its form. Everything you typed is still here.")
        ]
        return _form(request, study, centre, rows, form=form, at=at, notice=notice, status=409)
    # See Other: reloading the next page sends nothing.
    return private(redirect("contact:sent", token=sent.receipt))


def _too_many(
    request: HttpRequest,
    study: Study,
    centre: CentreRow,
    rows: list[CentreRow],
    *,
    form: MessageForm,
    limit: TooMany,
    at: datetime,
) -> HttpResponse:
    """429: kindly, with when to try again, and everything typed."""
    notice = [
        _("Nothing was sent yet: many messages have come from this connection or this address today."),
        _("Everything you typed is still here. Please send it again in %(wait)s.")
        % {"wait": when.wait(limit.retry_after_seconds)},
    ]
    answer = _form(request, study, centre, rows, form=form, at=at, notice=notice, status=429)
    answer["Retry-After"] = str(limit.retry_after_seconds)
    return answer


def _closed(request: HttpRequest, study: Study, rows: list[CentreRow]) -> HttpResponse:
    """Nobody can be written to: what was typed stays on the page, and what else can be done is said."""
    card = contact_card(study, near=None, typed_near="", at=timezone.now())
    if not rows:
        count_without_contact(study.number, at=timezone.now())
    kept = request.POST.get("message", "") if request.method == "POST" else ""
    answer = render(request, "contact/closed.html", {"card": card, "kept": kept}, status=409 if kept else 200)
    return private(answer) if kept else answer


def _key(of_form: str, form: MessageForm) -> str:
    """One sending: the same form with the same details. Who goes back and corrects her address sends anew."""
    details = asdict(details_of(form.cleaned_data))
    return digest(f"{of_form} {json.dumps(details, sort_keys=True)}", purpose="contact sending")


def letter_of(form: MessageForm) -> Letter:
    """What the form holds, as the act takes it."""
    return Letter(
        details=details_of(form.cleaned_data),
        language=(get_language() or "en").split("-")[0],
        writes_for=form.cleaned_data["writes_for"],
        text=with_questions(form.cleaned_data["message"], form.cleaned_data["asked"]),
        answers=form.answers_to_send,
        notes=form.notes_to_send,
    )


def details_of(given: dict[str, Any]) -> Details:
    """Who she is and how she can be reached, of a valid form."""
    return Details(
        first_name=given["first_name"],
        last_name=given["last_name"],
        email=given["email"],
        telephone=given["telephone"],
        other_language=given["other_language"],
        channel=given["channel"],
        half_days=tuple(given["half_days"]),
        may_leave_message=given["may_leave_message"],
    )


def _typed(request: HttpRequest) -> dict[str, Any]:
    """What was typed or asked so far, for a form that is shown without judging it."""
    given = request.POST
    typed: dict[str, Any] = {
        name: given.getlist(name) if name == "half_days" else given.get(name)
        for name in MessageForm.base_fields
        if name in given
    }
    return typed | {FIELD: _asked(request)}


def _asked(request: HttpRequest) -> list[str]:
    """The questions she ticked in the form; before that, those that the address names by their codes."""
    if request.method == "POST":
        return known(request.POST.getlist(FIELD))
    return known(request.GET.getlist(PARAMETER))


@require_safe
def sent(request: HttpRequest, token: str) -> HttpResponse:
    """After sending, for half an hour: what was saved, what happens next, the link and the code to keep."""
    now = timezone.now()
    receipt = reads.receipt(token, at=now)
    if receipt is None:
        return private(render(request, "contact/link.html", {"page": receipt_gone()}))
    page = sent_page(receipt, token=token, request=request, at=now)
    return private(render(request, "contact/sent.html", {"page": page}))

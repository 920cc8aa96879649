"""The page of one message, and every act on it."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from gravida.find.contact import actions_calls, actions_team
from gravida.find.contact.actions_calls import Found, TooEarly
from gravida.find.contact.letters import AlreadyOpen, ChangedMeanwhile, NotYours
from gravida.find.contact.states import IllegalStep
from gravida.find.inbox import refusals
from gravida.find.inbox.act_words import ACT
from gravida.find.inbox.card_page import card_page
from gravida.find.inbox.colleagues import colleagues_at
from gravida.find.inbox.conflict import conflict_page
from gravida.find.inbox.done import Done, done_of
from gravida.find.inbox.forms import (
    AssignForm,
    BookForm,
    CallForm,
    DuplicateForm,
    NoteForm,
    WithdrawForm,
)
from gravida.find.inbox.offered_acts import TO_CONFIRM, offered
from gravida.find.inbox.viewing import open_message
from gravida.find.inbox.wish import Wish, message_for, wish_of
from gravida.web.people.access import SeeOther, staff_page
from gravida.web.people.request import StaffRequest
from gravida.web.people.roles import Permission

READ, ANSWER = Permission.READ_MESSAGES, Permission.ANSWER_MESSAGES


class Refused(Exception):
    """An act that cannot be done as it stands: the form says why."""

    def __init__(self, form: forms.Form) -> None:
        super().__init__("a form with errors")
        self.form = form


@staff_page(READ)
@require_safe
def message(request: StaffRequest, reference: str) -> HttpResponse:
    """One message. Opening it is in the trail, once for each opening; otherwise a look changes nothing."""
    found = message_for(request.person, reference)
    found = open_message(request=found, by=request.person, at=request.received_at)
    return page_of(request, reference, done=done_of(request.GET, found))


def page_of(
    request: StaffRequest, reference: str, *, forms_now: dict[str, forms.Form] | None = None,
    done: Done | None = None, trouble: str = "", status: int = 200,
) -> HttpResponse:  # fmt: skip
    """The page as it stands now, with forms that carry errors in place of empty ones."""
    found = message_for(request.person, reference)
    page = card_page(found, by=request.person, at=request.received_at)
    colleagues = colleagues_at(found.study, found.team.centre) if "assign" in page.offered else []
    ready: dict[str, Any] = {
        "call": CallForm(message=found),
        "book": BookForm(at=request.received_at),
        "note": NoteForm(auto_id="id_note_%s"),
        "assign": AssignForm(colleagues=colleagues, initial={"to": str(found.assigned_to_id or "")}),
    } | (forms_now or {})
    context = {"page": page, "forms": ready, "acts": ACT, "done": done, "trouble": trouble}
    return render(request, "inbox/message.html", context, status=status)


@staff_page(ANSWER)
@require_safe
def sure(request: StaffRequest, reference: str, act: str) -> HttpResponse:
    """What an act will do, before it is done."""
    if act not in TO_CONFIRM:
        raise Http404(act)
    found = message_for(request.person, reference, ANSWER)
    if act not in offered(found):
        return SeeOther(reverse("inbox:message", args=[reference]))
    return _sure_page(request, reference, act, _form_of(act, Wish(http=request, message=found, act=act)))


def _form_of(act: str, wish: Wish) -> forms.Form | None:
    """The form of a page that asks again; empty where nothing was typed."""
    typed = wish.typed if wish.http.method == "POST" else None
    if act == "duplicate":
        return DuplicateForm(typed, message=wish.message, by=wish.by)
    return WithdrawForm(typed) if act == "withdraw" else None


def _sure_page(
    request: StaffRequest, reference: str, act: str, form: forms.Form | None, *, status: int = 200
) -> HttpResponse:
    found = message_for(request.person, reference, ANSWER)
    context = {
        "page": card_page(found, by=request.person, at=request.received_at),
        "act": act,
        "words": ACT[act],
        "form": form,
    }
    return render(request, "inbox/sure.html", context, status=status)


@staff_page(ANSWER)
@require_http_methods(["GET", "HEAD", "POST"])
def do(request: StaffRequest, reference: str, act: str) -> HttpResponse:
    """Do one act, then back to the page; what stands in the way is said beside everything typed.

    A look at this address - the way back from a form that was kept - leads to the message.
    """
    wish = wish_of(request, reference, act)
    if act not in ACTS:
        raise Http404(act)
    if request.method != "POST":
        return SeeOther(reverse("inbox:message", args=[reference]))
    return carried_out(wish, ACTS[act])


def carried_out(wish: Wish, act: Callable[[Wish], HttpResponse]) -> HttpResponse:
    """The answer of an act; 409 where somebody was first or the table forbids it, 404 for strangers."""
    if wish.act not in offered(wish.message):
        return conflict_page(wish)
    try:
        return act(wish)
    except (ChangedMeanwhile, IllegalStep):
        return conflict_page(wish)
    except NotYours as error:
        raise Http404 from error
    except Refused as refused:
        return _with_errors(wish, refused.form)
    except (TooEarly, AlreadyOpen) as refusal:
        return page_of(wish.http, wish.message.reference, trouble=refusals.in_words(refusal), status=409)


def _with_errors(wish: Wish, form: forms.Form) -> HttpResponse:
    reference = wish.message.reference
    if wish.act in TO_CONFIRM:
        return _sure_page(wish.http, reference, wish.act, form, status=400)
    return page_of(wish.http, reference, forms_now={wish.act: form}, status=400)


def checked(form: forms.Form) -> forms.Form:
    """The form where nothing is wrong in it; Refused otherwise."""
    if not form.is_valid():
        raise Refused(form)
    return form


def back(wish: Wish, *, more: str = "") -> HttpResponse:
    """To the message's page, which says what was done."""
    return SeeOther(f"{reverse('inbox:message', args=[wish.message.reference])}?done={wish.act}{more}")


def _simple(act: Callable[..., object], **given: object) -> Callable[[Wish], HttpResponse]:
    """An act that needs nothing but the message and its version."""

    def do_it(wish: Wish) -> HttpResponse:
        act(request=wish.message, version=wish.version, by=wish.by, at=wish.at, **given)
        return back(wish)

    return do_it


def _call(wish: Wish) -> HttpResponse:
    form = CallForm(wish.typed, message=wish.message)
    checked(form)
    actions_calls.call_attempted(
        request=wish.message, version=wish.version, outcome=form.chosen, by=wish.by, at=wish.at
    )
    return back(wish)


def _book(wish: Wish) -> HttpResponse:
    form = checked(BookForm(wish.typed, at=wish.at))
    actions_calls.call_booked(
        request=wish.message,
        version=wish.version,
        call_at=form.cleaned_data["moment"],
        by=wish.by,
        at=wish.at,
    )
    return back(wish)


def _assign(wish: Wish) -> HttpResponse:
    found = wish.message
    form = AssignForm(wish.typed, colleagues=colleagues_at(found.study, found.team.centre))
    checked(form)
    before = found.assigned_to_id or 0
    actions_team.assign(request=found, version=wish.version, to=form.chosen, by=wish.by, at=wish.at)
    return back(wish, more=f"&was={before}")


def _note(wish: Wish) -> HttpResponse:
    form = checked(NoteForm(wish.typed, auto_id="id_note_%s"))
    actions_team.note(request=wish.message, text=form.cleaned_data["text"], by=wish.by, at=wish.at)
    return back(wish)


def _duplicate(wish: Wish) -> HttpResponse:
    form = checked(DuplicateForm(wish.typed, message=wish.message, by=wish.by))
    actions_team.mark_duplicate(
        request=wish.message, version=wish.version, of=form.cleaned_data["of"], by=wish.by, at=wish.at
    )
    return back(wish)


def _withdraw(wish: Wish) -> HttpResponse:
    form = checked(WithdrawForm(wish.typed))
    actions_team.withdraw_for_her(
        request=wish.message, version=wish.version, reason=form.cleaned_data["reason"], by=wish.by, at=wish.at
    )
    # The message's own page is gone with her.
    return SeeOther(f"{reverse('inbox:list')}?erased=1")


def _new_code(wish: Wish) -> HttpResponse:
    code = actions_team.issue_code(request=wish.message, by=wish.by, at=wish.at)
    return render(wish.http, "inbox/code.html", {"reference": wish.message.reference, "code": code})


ACTS: dict[str, Callable[[Wish], HttpResponse]] = {
    "acknowledge": _simple(actions_team.acknowledge),
    "call": _call,
    "book": _book,
    "possible": _simple(actions_calls.prescreened, found=Found.POSSIBLE),
    "unknown": _simple(actions_calls.prescreened, found=Found.UNKNOWN),
    "informed": _simple(actions_calls.give_information),
    "included": _simple(actions_calls.mark_included),
    "not-interested": _simple(actions_team.not_interested),
    "unreachable": _simple(actions_calls.unreachable),
    "duplicate": _duplicate,
    "spam": _simple(actions_team.mark_spam),
    "not-spam": _simple(actions_team.not_spam),
    "withdraw": _withdraw,
    "new-code": _new_code,
    "assign": _assign,
    "note": _note,
}

"""Writing to her: an answer, why it is not possible, another study - each previewed as she will read it."""

from typing import Any

from django import forms
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.views.decorators.http import require_http_methods

from gravida.find.contact import actions_calls, actions_team, reads
from gravida.find.contact.actions_calls import Found
from gravida.find.contact.models import Message
from gravida.find.contact.pages import words as her_words
from gravida.find.contact.states import State
from gravida.find.inbox import offers
from gravida.find.inbox.act_words import ACT
from gravida.find.inbox.card_page import card_page
from gravida.find.inbox.conflict import conflict_page
from gravida.find.inbox.forms import AnswerForm, NotPossibleForm, criteria_of
from gravida.find.inbox.offered_acts import offered
from gravida.find.inbox.ready_texts import Start, filled, starts
from gravida.find.inbox.viewing import open_message
from gravida.find.inbox.views_card import back, carried_out
from gravida.find.inbox.wish import Wish, wish_of
from gravida.web.people.access import SeeOther, staff_page
from gravida.web.people.request import StaffRequest
from gravida.web.people.roles import Permission

ANSWER = Permission.ANSWER_MESSAGES
GET_AND_POST = ["GET", "HEAD", "POST"]


def _wish(request: StaffRequest, reference: str, act: str) -> Wish:
    """What is wished on this page; looking at who wrote is in the trail here, too."""
    wish = wish_of(request, reference, act)
    if request.method == "POST":
        return wish
    found = open_message(request=wish.message, by=wish.by, at=wish.at)
    return Wish(http=request, message=found, act=act)


def _page(wish: Wish, template: str, form: forms.Form, *, status: int = 200, **more: Any) -> HttpResponse:
    context = {
        "page": card_page(wish.message, by=wish.by, at=wish.at),
        "words": ACT[wish.act],
        "form": form,
        **more,
    }
    return render(wish.http, template, context, status=status)


@staff_page(ANSWER)
@require_http_methods(GET_AND_POST)
def answer(request: StaffRequest, reference: str) -> HttpResponse:
    """Write to her: from a ready text, from one's own draft, or from nothing; preview, then send."""
    wish = _wish(request, reference, "answer")
    if request.method != "POST":
        if "answer" not in offered(wish.message):
            return SeeOther(reverse("inbox:message", args=[reference]))
        return _begun_answer(wish)
    if request.POST.get("do") == "draft":
        return _keep_draft(wish)
    return carried_out(wish, _sent_answer)


def _begun_answer(wish: Wish) -> HttpResponse:
    found, choices = wish.message, starts(wish.message)
    chosen = next((start for start in choices if start.code == wish.http.GET.get("text")), None)
    text, missing = _first_text(wish, chosen)
    return _page(
        wish, "inbox/answer.html", AnswerForm(initial={"text": text}),
        starts=choices, chosen=chosen, missing=missing, conversation=_conversation(wish),
        has_draft=chosen is None and bool(text), language=found.language,
    )  # fmt: skip


def _first_text(wish: Wish, chosen: Start | None) -> tuple[str, tuple[str, ...]]:
    """What stands in the field at first, and the fields for which there was nothing to fill in."""
    if chosen is None:
        draft = wish.message.drafts.filter(by=wish.by).first()
        return (draft.text if draft else ""), ()
    text = filled(chosen.text, request=wish.message, by=wish.by)
    return text.text, text.missing


def _conversation(wish: Wish) -> list[Message]:
    return list(wish.message.messages.select_related("by").order_by("id"))


def _keep_draft(wish: Wish) -> HttpResponse:
    text = wish.typed.get("text", "")[:20_000]
    actions_team.save_draft(request=wish.message, text=text, by=wish.by, at=wish.at)
    return SeeOther(f"{reverse('inbox:message', args=[wish.message.reference])}?done=draft")


def _sent_answer(wish: Wish) -> HttpResponse:
    form = AnswerForm(wish.typed)
    if wish.version != wish.message.version:
        return conflict_page(wish)
    more: dict[str, Any] = {
        "starts": (),
        "conversation": _conversation(wish),
        "language": wish.message.language,
    }
    if not form.is_valid():
        return _page(wish, "inbox/answer.html", form, status=400, **more)
    text = form.cleaned_data["text"]
    if wish.typed.get("do") != "send":
        return _page(wish, "inbox/answer.html", form, preview=text, **more)
    actions_team.reply(request=wish.message, version=wish.version, text=text, by=wish.by, at=wish.at)
    return back(wish)


@staff_page(ANSWER)
@require_http_methods(GET_AND_POST)
def not_possible(request: StaffRequest, reference: str) -> HttpResponse:
    """Tell her that taking part is not possible: the condition, her sentence, another study; then send."""
    wish = _wish(request, reference, "not-possible")
    if request.method == "POST":
        return carried_out(wish, _sent_not_possible)
    if "not-possible" not in offered(wish.message):
        return SeeOther(reverse("inbox:message", args=[reference]))
    criterion = request.GET.get("criterion", "")
    if criterion not in dict(criteria_of(wish.message.study)):
        form = NotPossibleForm(study=wish.message.study)
        return _page(wish, "inbox/reason.html", form, criteria=criteria_of(wish.message.study))
    sentence = reads.kind_sentence(wish.message.study, criterion, language=wish.message.language)
    initial = {"criterion": criterion, "text": sentence}
    return _words_for_her(wish, NotPossibleForm(study=wish.message.study, initial=initial), criterion)


def _words_for_her(
    wish: Wish, form: NotPossibleForm, criterion: str, *, status: int = 200, preview: str = ""
) -> HttpResponse:
    """The page of her sentence, with studies to offer beside it."""
    asked = wish.typed.get("words") or offers.first_words(wish.message.study)
    studies = offers.open_studies(asked, but=wish.message.study, now=wish.at)
    number = wish.typed.get("offered", "")
    return _page(
        wish, "inbox/not_possible.html", form, status=status,
        criterion=dict(criteria_of(wish.message.study)).get(criterion, ""), preview=preview,
        studies=studies, asked=asked, chosen=_offered(number, wish), language=wish.message.language,
        in_her_language=_frame_words(wish.message.language),
    )  # fmt: skip


def _offered(number: str, wish: Wish) -> offers.OpenStudy | None:
    return offers.open_study(number) if number and number != wish.message.study else None


def _frame_words(language: str) -> dict[str, str]:
    """What stands around her sentence on her page, in her language."""
    with translation.override(language):
        return {"now": str(her_words.STATE[State.NOT_POSSIBLE].now)}


def _sent_not_possible(wish: Wish) -> HttpResponse:
    form = NotPossibleForm(wish.typed, study=wish.message.study)
    if wish.version != wish.message.version:
        return conflict_page(wish)
    criterion, do = wish.typed.get("criterion", ""), wish.typed.get("do")
    if not form.is_valid():
        return _words_for_her(wish, form, criterion, status=400)
    text = form.cleaned_data["text"]
    if do != "send":
        return _words_for_her(wish, form, criterion, preview=text if do == "preview" else "")
    study = _offered(form.cleaned_data["offered"], wish)
    with transaction.atomic():
        actions_calls.prescreened(
            request=wish.message, version=wish.version, found=Found.NOT_POSSIBLE, criterion=criterion,
            sentence=text, by=wish.by, at=wish.at,
        )  # fmt: skip
        if study:
            # The mail that there is an answer goes once: for her sentence.
            _offer(wish, study.number, tells=False)
    return back(wish)


@staff_page(ANSWER)
@require_http_methods(GET_AND_POST)
def offer(request: StaffRequest, reference: str) -> HttpResponse:
    """Another study for her: search among those that are recruiting, then offer one."""
    wish = _wish(request, reference, "offer")
    if request.method == "POST":
        return carried_out(wish, _sent_offer)
    if "offer" not in offered(wish.message):
        return SeeOther(reverse("inbox:message", args=[reference]))
    asked = request.GET.get("words", "").strip() or offers.first_words(wish.message.study)
    studies = offers.open_studies(asked, but=wish.message.study, now=wish.at)
    return _page(wish, "inbox/offer.html", forms.Form(), studies=studies, asked=asked)


def _sent_offer(wish: Wish) -> HttpResponse:
    study = _offered(wish.typed.get("number", ""), wish)
    if study is None:
        raise Http404("no such study is recruiting")
    if wish.version != wish.message.version:
        return conflict_page(wish)
    _offer(wish, study.number)
    return back(wish)


def _offer(wish: Wish, number: str, *, tells: bool = True) -> None:
    """Offer a study that was not offered before."""
    if not wish.message.messages.filter(offered_study=number).exists():
        actions_calls.offer_study(request=wish.message, number=number, tells=tells, by=wish.by, at=wish.at)

"""Her own pages, at an address that only her mails hold: what is new, and her settings."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from gravida.find.alerts import actions_settings as acts
from gravida.find.alerts.forms import BreakForm, topics_of
from gravida.find.alerts.models import Frequency, Subscriber
from gravida.find.alerts.pages.news_page import news_page
from gravida.find.alerts.pages.settings_page import DONE, settings_page
from gravida.find.alerts.pages.views_links import stopped
from gravida.find.contact.pages.private import private


@require_safe
def news(request: HttpRequest, token: str) -> HttpResponse:
    """What is new for her, and what was before."""
    subscriber = acts.subscriber_of_page(token)
    if subscriber is None:
        return _ended(request)
    page = news_page(subscriber, at=timezone.now())
    return private(render(request, "alerts/news.html", {"page": page}))


# The address is the secret: a foreign page cannot post to one that it does not know.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def settings(request: HttpRequest, token: str) -> HttpResponse:
    """How often, which changes, a break, the end."""
    subscriber = acts.subscriber_of_page(token)
    if subscriber is None:
        return _ended(request)
    if request.method != "POST":
        return _settings(request, subscriber, break_form=BreakForm())
    act = ACTS.get(request.POST.get("do", ""))
    try:
        return act(request, subscriber) if act else _saved(token, "")
    except acts.Gone:
        return _ended(request)


def _settings(request: HttpRequest, subscriber: Subscriber, *, break_form: BreakForm) -> HttpResponse:
    page = settings_page(subscriber, done=request.GET.get("done", ""), at=timezone.now())
    return private(render(request, "alerts/settings.html", {"page": page, "break_form": break_form}))


def _ended(request: HttpRequest) -> HttpResponse:
    return private(render(request, "alerts/link.html", {"page": stopped()}))


def _saved(token: str, done: str) -> HttpResponse:
    """See Other: reloading the next page does nothing again."""
    query = f"?done={done}" if done in DONE else ""
    answer = redirect(f"{reverse('alerts:settings', args=[token])}{query}")
    answer.status_code = 303
    return private(answer)


def _save(request: HttpRequest, subscriber: Subscriber) -> HttpResponse:
    """Frequency and topics; or, by the button beside it, one alert less."""
    token, at = subscriber.page_token, timezone.now()
    removed = request.POST.get("remove", "")
    if removed.isdecimal() and len(removed) < 19:
        is_left = acts.remove_alert(token=token, alert=int(removed), at=at)
        return _saved(token, "removed") if is_left else _ended(request)
    chosen = request.POST.get("frequency", "")
    acts.change_settings(
        token=token,
        frequency=chosen if chosen in Frequency.values else subscriber.frequency,
        topics={
            alert.pk: topics_of(request.POST.getlist(f"topics-{alert.pk}"))
            for alert in subscriber.alerts.all()
            if f"shown-{alert.pk}" in request.POST
        },
        at=at,
    )
    return _saved(token, "saved")


def _pause(request: HttpRequest, subscriber: Subscriber) -> HttpResponse:
    months = request.POST.get("months", "")
    try:
        acts.pause_for_months(
            token=subscriber.page_token,
            months=int(months) if months in ("1", "3", "6") else 0,
            at=timezone.now(),
        )
    except acts.WrongPause:
        return _saved(subscriber.page_token, "")
    return _saved(subscriber.page_token, "paused")


def _break(request: HttpRequest, subscriber: Subscriber) -> HttpResponse:
    form = BreakForm(request.POST)
    if form.is_valid():
        try:
            acts.take_a_break(
                token=subscriber.page_token, until=form.cleaned_data["until"], at=timezone.now()
            )
            return _saved(subscriber.page_token, "break")
        except acts.WrongPause:
            form.add_error("until", form.past_day)
    return _settings(request, subscriber, break_form=form)


def _resume(request: HttpRequest, subscriber: Subscriber) -> HttpResponse:
    acts.resume(token=subscriber.page_token, at=timezone.now())
    return _saved(subscriber.page_token, "resumed")


def _end(request: HttpRequest, subscriber: Subscriber) -> HttpResponse:
    acts.end_all(token=subscriber.page_token, at=timezone.now())
    return _ended(request)


ACTS: dict[str, Callable[[HttpRequest, Subscriber], HttpResponse]] = {
    "save": _save,
    "pause": _pause,
    "break": _break,
    "resume": _resume,
    "end": _end,
}

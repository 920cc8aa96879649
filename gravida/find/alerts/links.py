"""Addresses that stand in mails of alerts: they say nothing, and a GET of them changes nothing."""

from datetime import datetime, timedelta

from django.urls import reverse
from django.utils import translation

from gravida.find.alerts.models import SignUp, Subscriber
from gravida.web.mail.sender import link
from gravida.web.tokens import issue_link

CONFIRM, STILL = "alerts-confirm", "alerts-still"
CONFIRM_LIVES = timedelta(hours=48)
STILL_LIVES = timedelta(days=60)


def confirm_page(sign_up: SignUp, *, at: datetime) -> str:
    """Where she says that she asked for it; 48 hours."""
    token = issue_link(purpose=CONFIRM, about=sign_up.about, expires_at=at + CONFIRM_LIVES)
    return _page("confirm", sign_up.language, token)


def still_page(subscriber: Subscriber, *, at: datetime) -> str:
    """Where she says that she still wants her alerts."""
    token = issue_link(purpose=STILL, about=subscriber.about, expires_at=at + STILL_LIVES)
    return _page("still", subscriber.language, token)


def news_page(subscriber: Subscriber) -> str:
    """What is new for her, behind her own address."""
    return _page("news", subscriber.language, subscriber.page_token)


def settings_page(subscriber: Subscriber) -> str:
    """Her settings, behind the same address."""
    return _page("settings", subscriber.language, subscriber.page_token)


def stop_page(subscriber: Subscriber) -> str:
    """Ends everything by one POST, for mail programs (RFC 8058)."""
    return _page("stop", subscriber.language, subscriber.stop_token)


def _page(name: str, language: str, token: str) -> str:
    with translation.override(language):
        return link(reverse(f"alerts:{name}", args=[token]))

"""What keeps a private page open: a signed cookie for half an hour, for this page's addresses only."""

from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.crypto import constant_time_compare
from django.utils.translation import override

from gravida.find.contact.models import Access

OPEN_FOR = timedelta(minutes=30)
_SALT = "gravida.contact.private"


def _name(language: str) -> str:
    # A browser keeps one cookie for each path, but an answer of Django's one for each name.
    return f"{'__Secure-' if _is_secure() else ''}message-{language}"


def _is_secure() -> bool:
    return str(settings.BASE_URL).startswith("https://")


def key_of(request: HttpRequest, *, token: str) -> Access | None:
    """The key that this browser has shown within half an hour for this address; else None."""
    for language, _path in _paths(token):
        cookie = request.COOKIES.get(_name(language), "")
        access = _access_of(cookie) if cookie else None
        if access and constant_time_compare(access.token, token):
            return access
    return None


def _access_of(cookie: str) -> Access | None:
    """The key of a cookie that is ours and not too old, unless its code has been changed since."""
    try:
        key, code = signing.loads(cookie, salt=_SALT, max_age=OPEN_FOR)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    access = Access.objects.select_related("request__team").filter(pk=key).first()
    return access if access and constant_time_compare(access.code_digest[:16], str(code)) else None


def keep_open(answer: HttpResponse, access: Access, *, token: str) -> None:
    """Keep the page open for half an hour: which key was shown, and that its code is still the same."""
    cookie = signing.dumps([access.pk, access.code_digest[:16]], salt=_SALT)
    for language, path in _paths(token):
        answer.set_cookie(
            _name(language), cookie, max_age=OPEN_FOR, path=path, secure=_is_secure(), httponly=True,
            samesite="Lax",
        )  # fmt: skip


def close(answer: HttpResponse, *, token: str) -> None:
    """Sign out."""
    for language, path in _paths(token):
        answer.delete_cookie(_name(language), path=path, samesite="Lax")


def _paths(token: str) -> list[tuple[str, str]]:
    """The page's address in every language; the cookie goes nowhere else."""
    paths = []
    for language, _name_of_it in settings.LANGUAGES:
        with override(language):
            paths.append((language, reverse("contact:status", args=[token])))
    return paths

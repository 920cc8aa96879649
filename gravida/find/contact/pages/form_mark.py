"""Marks of our own forms: one for a message, made when it is shown; one for a private page."""

from datetime import datetime

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac

from gravida.find.contact.anti_abuse import FormToken, read_form, sign_form
from gravida.web.tokens import new_token

MARK_NAME = "form"
# A name that programs like to fill and that no browser fills by itself.
TRAP_NAME = "website"


def new_mark(*, at: datetime) -> str:
    """The mark of a message's form: when it was shown, and its own key, signed."""
    return sign_form(key=new_token(), made_at=at, secret=settings.SECRET_KEY)


def read_mark(mark: str) -> FormToken | None:
    """The mark again; None where it is not one of ours."""
    return read_form(mark, secret=settings.SECRET_KEY)


def private_mark(token: str) -> str:
    """The mark of the forms of a private page: a foreign page cannot make it, whatever it knows."""
    return salted_hmac("gravida.contact.private", token, algorithm="sha256").hexdigest()


def is_private_mark(mark: str, *, token: str) -> bool:
    """Whether a form comes from the private page of this address, once it was open."""
    return constant_time_compare(mark, private_mark(token))

"""A mail's subject and text from its template, in the reader's language."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from django.conf import settings
from django.template import Context, Engine
from django.utils import translation

MISSING = "\u27e6"  # opens the mark that a missing variable leaves
MOST_SIGNS_OF_SUBJECT = 150


class IncompleteText(Exception):
    """A template that lacks a variable, a subject or a text: nothing with holes is sent."""


@dataclass(frozen=True, kw_only=True)
class Written:
    """A mail as it will be read."""

    subject: str
    text: str


def write(template: str, *, language: str, context: Mapping[str, str]) -> Written:
    """templates/mail/<template>.txt in a language: its first line is the subject; IncompleteText on holes."""
    values = {name: _clean(value) for name, value in context.items()}
    with translation.override(language):
        # A copy of the mapping: Context keeps what it is given, and tags may write into it.
        rendered = (
            _engine().get_template(f"mail/{template}.txt").render(Context(dict(values), autoescape=False))
        )
    if MISSING in rendered:
        missing = ", ".join(sorted(set(re.findall(rf"{MISSING}(.*?)\u27e7", rendered))))
        raise IncompleteText(f"mail/{template}.txt wants {missing}, and was given {sorted(context)}")
    subject, _, text = rendered.strip().partition("\n")
    subject = " ".join(subject.split())
    if not subject or not text.strip() or len(subject) > MOST_SIGNS_OF_SUBJECT:
        raise IncompleteText(
            f"mail/{template}.txt gives a subject of {len(subject)} signs and a text of {len(text.strip())}: "
            f"wanted 1 to {MOST_SIGNS_OF_SUBJECT} on the first line, then the text"
        )
    return Written(subject=subject, text=_tidy(text))


@cache
def _engine() -> Engine:
    """Templates of plain text: nothing escaped, missing variables marked."""
    return Engine(
        dirs=[str(folder) for folder in settings.TEMPLATES[0]["DIRS"]],
        libraries={"i18n": "django.templatetags.i18n", "l10n": "django.templatetags.l10n"},
        autoescape=False,
        string_if_invalid=f"{MISSING}%s\u27e7",
    )


def _clean(value: str) -> str:
    """Line ends as one kind; controls, direction marks and our own mark for holes gone."""
    lines = value.replace("\r\n", "\n").replace("\r", "\n").replace(MISSING, "[")
    hidden = {"Cc", "Cf", "Cs"}
    return "".join(sign for sign in lines if sign in "\n\t" or unicodedata.category(sign) not in hidden)


def _tidy(text: str) -> str:
    """No more than one empty line in a row, no space at line ends."""
    lines = "\n".join(line.rstrip() for line in text.strip().splitlines())
    return re.sub(r"\n{3,}", "\n\n", lines) + "\n"

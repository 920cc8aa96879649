"""Everything kept about a person, for her to take along: for machines as JSON, for people as a text."""

import json
from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gravida.find.contact.pages import when

# What the parts and fields of a download are called; a new one shows its own name rather than nothing.
NAMES = {
    "made_at": gettext_lazy("Made on"),
    "reference": gettext_lazy("Reference"),
    "study": gettext_lazy("Study"),
    "team": gettext_lazy("Team"),
    "state": gettext_lazy("State"),
    "you": gettext_lazy("You"),
    "messages": gettext_lazy("Messages"),
    "steps": gettext_lazy("Steps"),
    "calls": gettext_lazy("Calls"),
    "notes_of_the_team": gettext_lazy("Notes of the team"),
    "drafts_of_the_team": gettext_lazy("Drafts of the team"),
    "mails": gettext_lazy("Mails"),
    "first_name": gettext_lazy("First name"),
    "last_name": gettext_lazy("Last name"),
    "email": gettext_lazy("E-mail"),
    "email_confirmed_at": gettext_lazy("E-mail confirmed on"),
    "telephone": gettext_lazy("Telephone"),
    "language": gettext_lazy("Language"),
    "other_language": gettext_lazy("Other language"),
    "writes_for": gettext_lazy("Written for"),
    "preferred_channel": gettext_lazy("Answer wished by"),
    "half_days": gettext_lazy("Half-days"),
    "may_leave_message": gettext_lazy("A message may be left"),
    "call_at": gettext_lazy("Call agreed for"),
    "criterion_not_met": gettext_lazy("Criterion not met"),
    "at": gettext_lazy("On"),
    "by": gettext_lazy("By"),
    "kind": gettext_lazy("Kind"),
    "text": gettext_lazy("Text"),
    "offered_study": gettext_lazy("Study offered"),
    "attachments": gettext_lazy("Attached"),
    "to": gettext_lazy("Became"),
    "reason": gettext_lazy("Reason"),
    "outcome": gettext_lazy("Outcome"),
    "queued_at": gettext_lazy("Written on"),
}


def as_json(everything: dict[str, Any]) -> HttpResponse:
    """A file for machines."""
    return _file(json.dumps(everything, ensure_ascii=False, indent=2), "application/json", "my-message.json")


def as_text(everything: dict[str, Any]) -> HttpResponse:
    """A file for people: a heading for each part, a line for each thing that is known."""
    lines = [_("Everything kept about your message"), ""]
    for name, value in everything.items():
        _write(lines, name, value, depth=0)
    return _file("\n".join(lines) + "\n", "text/plain", "my-message.txt")


def _write(lines: list[str], name: str, value: Any, *, depth: int) -> None:
    """One thing, in lines; what is not known is left out."""
    label = str(NAMES.get(name, name))
    margin = "  " * depth
    if value is None or value in ("", [], {}):
        return
    if isinstance(value, dict):
        lines += ["", f"{margin}{label.upper() if depth == 0 else label}"]
        for inner, held in value.items():
            _write(lines, inner, held, depth=depth + 1)
    elif isinstance(value, list) and isinstance(value[0], dict):
        for number, item in enumerate(value, start=1):
            _write(lines, f"{label} {number}", item, depth=depth)
    else:
        lines.append(f"{margin}{label}: {_words(value)}")


def _words(value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return ", ".join(str(item) for item in value)
    text = str(value)
    at = parse_datetime(text) if len(text) >= 19 and text[:4].isdecimal() and text[10] == "T" else None
    return when.moment(timezone.localtime(at)) if at else text.replace("\n", "\n    ")


def _file(text: str, kind: str, name: str) -> HttpResponse:
    answer = HttpResponse(text, content_type=f"{kind}; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer

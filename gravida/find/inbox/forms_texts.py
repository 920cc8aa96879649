"""The form of a ready text."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from gravida.find.contact.pages.typed import typed_line, typed_text
from gravida.find.inbox.actions_texts import Wording
from gravida.find.inbox.forms import MOST_OF_A_TEXT
from gravida.find.inbox.merge_fields import FIELDS, unknown_fields


def _text(label: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=MOST_OF_A_TEXT,
        required=False,
        widget=forms.Textarea(attrs={"rows": 8}),
        error_messages={"max_length": _("This is too long: please shorten it.")},
    )


class ReadyTextForm(forms.Form):
    """A name for the team, and the text in one language or both."""

    name = forms.CharField(
        label=_("Name"),
        max_length=80,
        help_text=_("As your team finds it in the list."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Please give the text a name.")},
    )
    text_fr = _text(_("In French"))
    text_en = _text(_("In English"))

    def clean_name(self) -> str:
        """On one line."""
        return typed_line(self.cleaned_data["name"])

    def clean_text_fr(self) -> str:
        """With known fields only."""
        return self._known("text_fr")

    def clean_text_en(self) -> str:
        """With known fields only."""
        return self._known("text_en")

    def _known(self, name: str) -> str:
        text = typed_text(self.cleaned_data[name])
        unknown = unknown_fields(text)
        if unknown:
            raise forms.ValidationError(
                _("“%(unknown)s” is not a field. These are: %(known)s."),
                params={
                    "unknown": ", ".join(unknown),
                    "known": ", ".join(f"{{{field}}}" for field in FIELDS),
                },
            )
        return text

    def clean(self) -> dict[str, Any]:
        """In one language at least."""
        cleaned: dict[str, Any] = super().clean() or {}
        if {"text_fr", "text_en"} <= set(cleaned) and not (cleaned["text_fr"] or cleaned["text_en"]):
            self.add_error("text_fr", _("Please write the text in one language at least."))
        return cleaned

    @property
    def wording(self) -> Wording:
        """For a valid form only."""
        names = ("name", "text_en", "text_fr")
        return Wording(**{name: self.cleaned_data[name] for name in names})

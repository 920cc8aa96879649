"""The forms of the staff's pages: an overview by section, and a public note."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from gravida.find.contact.pages.typed import typed_text
from gravida.find.overviews import actions_notes, words
from gravida.find.overviews.sections import IN_SHORT, MOST_SIGNS, SECTIONS

TOO_LONG = _("This is too long: please shorten it.")


def _section(code: str) -> forms.CharField:
    return forms.CharField(
        label=str(words.SECTION[code]),
        required=False,
        max_length=MOST_SIGNS,
        widget=forms.Textarea(attrs={"rows": 7 if code == IN_SHORT else 5}),
        help_text=_("At most 120 words.") if code == IN_SHORT else "",
        error_messages={"max_length": TOO_LONG},
    )


class OverviewForm(forms.Form):
    """One field for each section."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields.update({code: _section(code) for code in SECTIONS})

    @property
    def texts(self) -> Mapping[str, str]:
        """What was typed, for a valid form only."""
        return {code: typed_text(self.cleaned_data[code]) for code in SECTIONS}


class NoteForm(forms.Form):
    """A public note."""

    section = forms.ChoiceField(
        label=_("Under which section"),
        choices=[(code, words.PAGE_SECTION[code]) for code in actions_notes.SECTIONS],
    )
    text = forms.CharField(
        label=_("The note"),
        max_length=actions_notes.MOST_SIGNS,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("At most 1,000 signs, as plain text: no link, no address, no number to call."),
        error_messages={"required": _("Please write the note."), "max_length": TOO_LONG},
    )
    reason = forms.CharField(
        label=_("Why findings are right as they stand"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Only where the guards object and the note is right all the same."),
    )

    def clean_text(self) -> str:
        """As typed, without signs that cannot be kept."""
        text = typed_text(self.cleaned_data["text"])
        if not text:
            raise forms.ValidationError(_("Please write the note."))
        return text

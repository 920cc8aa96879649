"""The form of an export: which messages, what of them, why - and a secret again."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from gravida.find.inbox.export import Wanted
from gravida.web.people.forms import MOST_TYPED

_DAY = {"required": _("Please give a day."), "invalid": _("Please give a day, as 2026-11-24.")}


def _day_field(label: Any) -> forms.DateField:
    return forms.DateField(
        label=label,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages=_DAY,
    )


class ExportForm(forms.Form):
    """Asked in this order."""

    since = _day_field(_("Sent from"))
    until = _day_field(_("up to"))
    team = forms.TypedChoiceField(label=_("Centre"), coerce=int, empty_value="0", required=False)
    with_identity = forms.BooleanField(
        label=_("With names, e-mail addresses and telephone numbers"),
        help_text=_("Without it the file holds references only."),
        required=False,
    )
    with_texts = forms.BooleanField(
        label=_("With the texts: messages and internal notes"),
        help_text=_("What people write may tell about their health."),
        required=False,
    )
    reason = forms.CharField(
        label=_("What do you need it for?"),
        max_length=200,
        min_length=5,
        help_text=_("It stands in the audit trail."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={
            "required": _("Please say what the file is for."),
            "min_length": _("Please say what the file is for, in a few words."),
        },
    )
    secret = forms.CharField(
        label=_("Your password, or a code of your app"),
        strip=False,
        max_length=MOST_TYPED,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": _("Please type your password or a code.")},
    )

    def __init__(self, *args: Any, teams: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["team"].choices = [("", _("all of yours")), *teams]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """From a day up to the same or a later one."""
        cleaned: dict[str, Any] = super().clean() or {}
        since, until = cleaned.get("since"), cleaned.get("until")
        if isinstance(since, date) and isinstance(until, date) and until < since:
            self.add_error("until", _("Please give a day that is not before the first one."))
        return cleaned

    @property
    def wanted(self) -> Wanted:
        """For a valid form only."""
        told = self.cleaned_data
        return Wanted(
            since=told["since"],
            until=told["until"],
            team=int(told["team"]),
            with_identity=told["with_identity"],
            with_texts=told["with_texts"],
        )

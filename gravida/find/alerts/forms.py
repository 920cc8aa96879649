"""The form of an alert: an address, how often, which changes; every error says what to do."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from gravida.find.alerts import words
from gravida.find.alerts.models import Frequency
from gravida.find.alerts.topics import Topics
from gravida.web.mail.address import WrongAddress, normal_address

TOPIC_FIELDS = ("tells_new", "tells_opening", "tells_changes", "tells_results")


class AlertForm(forms.Form):
    """Everything but the address is filled in already: weekly, and every change."""

    email = forms.CharField(
        label=_("Your e-mail address"),
        max_length=254,
        help_text=_("A mailbox that only you read, if you can."),
        widget=forms.EmailInput(attrs={"autocomplete": "email", "inputmode": "email", "spellcheck": "false"}),
        error_messages={
            "required": _("Please give the e-mail address that we may write to."),
            "max_length": _("This address is too long: at most 254 signs."),
        },
    )
    frequency = forms.ChoiceField(
        label=_("How often?"),
        help_text=_("Never a mail when nothing is new."),
        choices=list(words.FREQUENCY.items()),
        initial=Frequency.WEEKLY,
        widget=forms.RadioSelect,
        error_messages={"required": _("Please choose how often.")},
    )
    topics = forms.MultipleChoiceField(
        label=_("What would you like to hear of?"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": _("Please tick at least one: otherwise there would be nothing to write.")
        },
    )

    def __init__(self, *args: Any, is_search: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = list((words.SEARCH_TOPIC if is_search else words.TOPIC).items())
        self.fields["topics"].choices = choices  # type: ignore[attr-defined]
        self.fields["topics"].initial = [code for code, _label in choices]

    def clean_email(self) -> str:
        """The address as it is compared and written to."""
        try:
            return normal_address(self.cleaned_data["email"].replace("\x00", ""))
        except WrongAddress as wrong:
            raise forms.ValidationError(str(wrong)) from wrong

    @property
    def chosen(self) -> Topics:
        """The topics of a valid form."""
        return topics_of(self.cleaned_data["topics"])


def topics_of(codes: list[str]) -> Topics:
    """Topics by the names of their boxes."""
    return Topics(
        new="tells_new" in codes,
        opening="tells_opening" in codes,
        changes="tells_changes" in codes,
        results="tells_results" in codes,
    )


class BreakForm(forms.Form):
    """Until when a break lasts; empty: until she says so."""

    until = forms.DateField(
        label=_("Until which day? (if you like)"),
        help_text=_("Leave it empty, and we stay silent until you tell us."),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y"],
        error_messages={"invalid": _("Please write the day as 31/12/2027.")},
    )
    past_day = _("Please choose a day that is still to come.")

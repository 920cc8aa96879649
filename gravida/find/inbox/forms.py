"""Forms of one message: calls, answers, findings; every error says what to do."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gravida.find.contact.actions_calls import OTHER_CRITERION
from gravida.find.contact.models import CallAttempt, Request
from gravida.find.contact.pages.typed import typed_text
from gravida.find.inbox import words
from gravida.find.inbox.asked import reference_in
from gravida.find.inbox.merge_fields import fields_in
from gravida.find.inbox.offered_acts import call_outcomes
from gravida.find.site_studies import in_language, site_studies
from gravida.web.people.models import Person

MOST_OF_A_TEXT = 5000
MOST_OF_A_NOTE = 2000
BOOKED_AHEAD = timedelta(days=365)


def _text_field(label: Any, *, rows: int, most: int, required: Any, hint: Any = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=most,
        help_text=hint,
        widget=forms.Textarea(attrs={"rows": rows}),
        error_messages={"required": required, "max_length": _("This is too long: please shorten it.")},
    )


class CallForm(forms.Form):
    """How a call went."""

    outcome = forms.ChoiceField(
        label=_("How did the call go?"),
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Please say how the call went."),
            "invalid_choice": _(
                "Please choose one of these; a message may only be left where she allowed it."
            ),
        },
    )

    def __init__(self, *args: Any, message: Request, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(outcome.value, words.CALL[outcome]) for outcome in call_outcomes(message)]
        self.fields["outcome"].choices = choices  # type: ignore[attr-defined]  # a ChoiceField has them

    @property
    def chosen(self) -> CallAttempt.Outcome:
        """For a valid form only."""
        return CallAttempt.Outcome(self.cleaned_data["outcome"])


class BookForm(forms.Form):
    """Day and hour of a call, on the site's clock."""

    day = forms.DateField(
        label=_("Day"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={
            "required": _("Please give the day."),
            "invalid": _("Please give a day, as 2026-11-24."),
        },
    )
    hour = forms.TimeField(
        label=_("Hour"),
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        error_messages={
            "required": _("Please give the hour."),
            "invalid": _("Please give an hour, as 14:30."),
        },
    )

    def __init__(self, *args: Any, at: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.at = at

    def clean(self) -> dict[str, Any]:
        """An hour to come, within a year."""
        cleaned: dict[str, Any] = super().clean() or {}
        day, hour = cleaned.get("day"), cleaned.get("hour")
        if isinstance(day, date) and isinstance(hour, time):
            moment = datetime.combine(day, hour, tzinfo=timezone.get_current_timezone())
            if not self.at < moment < self.at + BOOKED_AHEAD:
                self.add_error("day", _("Please give an hour to come, within a year from now."))
            cleaned["moment"] = moment
        return cleaned


class AssignForm(forms.Form):
    """To whom a message is given; nobody is a choice."""

    to = forms.ChoiceField(label=_("Who looks after it?"), required=False)

    def __init__(self, *args: Any, colleagues: list[Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.colleagues = {str(person.pk): person for person in colleagues}
        named = [(number, person.name) for number, person in self.colleagues.items()]
        self.fields["to"].choices = [("", _("nobody")), *named]  # type: ignore[attr-defined]

    @property
    def chosen(self) -> Person | None:
        """For a valid form only."""
        return self.colleagues.get(self.cleaned_data["to"])


class NoteForm(forms.Form):
    """An internal note."""

    text = _text_field(
        _("Internal note"),
        rows=3,
        most=MOST_OF_A_NOTE,
        required=_("Please write the note."),
        hint=_(
            "The person never reads it on her page. It is part of the data about her that she may ask for."
        ),
    )


class AnswerForm(forms.Form):
    """An answer to her."""

    text = _text_field(
        _("Your answer"),
        rows=10,
        most=MOST_OF_A_TEXT,
        required=_("Please write your answer."),
        hint=_("She reads it on her private page; the mail only says that there is an answer."),
    )

    def clean_text(self) -> str:
        """Without a field that is still to be filled."""
        text = typed_text(self.cleaned_data["text"])
        left = [f"{{{name}}}" for name in fields_in(text)]
        if left:
            raise forms.ValidationError(
                _("Please replace %(fields)s by words: nothing stands here for it."),
                params={"fields": ", ".join(left)},
            )
        if not text:
            raise forms.ValidationError(self.fields["text"].error_messages["required"])
        return text


def criteria_of(study: str) -> list[tuple[str, str]]:
    """The study's criteria and, last, another reason; each with its words in the reader's language."""
    folder = site_studies().get(study)
    known = [(one.id, in_language(one.text)) for one in folder.criteria.criteria] if folder else []
    return [*known, (OTHER_CRITERION, str(_("another reason")))]


class NotPossibleForm(AnswerForm):
    """Why taking part is not possible, in the team's code and in words for her."""

    criterion = forms.ChoiceField(
        label=_("Which condition stands in the way?"),
        error_messages={
            "required": _("Please choose the condition."),
            "invalid_choice": _("Please choose one of these conditions."),
        },
    )
    offered = forms.CharField(required=False, max_length=20, widget=forms.HiddenInput)
    field_order = ["criterion", "text", "offered"]

    def __init__(self, *args: Any, study: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["criterion"].choices = criteria_of(study)  # type: ignore[attr-defined]
        self.fields["text"].label = _("What she reads")
        self.fields["text"].help_text = _("A proposal in her language: make it your own.")


class DuplicateForm(forms.Form):
    """Of which other message this one is a repeat."""

    of = forms.CharField(
        label=_("Reference of the message that counts"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
        error_messages={"required": _("Please give the reference, as G-7K2Q.")},
    )

    def __init__(self, *args: Any, message: Request, by: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.message, self.by = message, by

    def clean_of(self) -> Request:
        """Another message to the same study that this person may see."""
        mine = Request.objects.get_for(self.by).filter(erased_at=None, study=self.message.study)
        found = (
            mine.filter(reference=reference_in(self.cleaned_data["of"])).exclude(pk=self.message.pk).first()
        )
        if found is None:
            raise forms.ValidationError(
                _("There is no other message of this study with that reference. Look at the list.")
            )
        return found


class WithdrawForm(forms.Form):
    """How she asked for erasure."""

    reason = forms.ChoiceField(
        label=_("How did she ask?"),
        choices=[(code, words.REASON[code]) for code in ("asked_by_telephone", "asked_by_letter")],
        widget=forms.RadioSelect,
        error_messages={"required": _("Please say how she asked.")},
    )

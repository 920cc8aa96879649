"""The form of a message, and the small forms of the private page; every error says what to do."""

import json
from typing import Any, cast

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from gravida.find.contact.models import Request
from gravida.find.contact.pages.typed import typed_line, typed_text
from gravida.find.contact.telephone import WrongTelephone, normal_telephone
from gravida.find.questions.words import QUESTION
from gravida.web.mail.address import WrongAddress, normal_address

MOST_SIGNS = 1000  # of a message
MOST_OF_A_NAME = 80
MOST_OF_ATTACHMENTS = 20_000  # JSON of answers, text of notes
HALF_DAYS = tuple(f"{day}-{part}" for day in ("mon", "tue", "wed", "thu", "fri") for part in ("am", "pm"))
# Offered while she types; any other may be typed.
LANGUAGES_OFFERED: tuple[str | Promise, ...] = (
    _("Arabic"), _("Bengali"), _("Chinese"), _("Dari"), _("German"), _("Italian"), _("Lingala"),
    _("Pashto"), _("Polish"), _("Portuguese"), _("Romanian"), _("Russian"), _("Soninke"), _("Spanish"),
    _("Tamil"), _("Turkish"), _("Ukrainian"), _("Wolof"), _("French sign language"),
)  # fmt: skip

_WRITES_FOR = {
    Request.WritesFor.MYSELF: _("myself"),
    Request.WritesFor.PARTNER: _("my partner"),
    Request.WritesFor.OTHER: _("someone I help"),
}
_CHANNEL = {
    Request.Channel.TELEPHONE: _("by telephone"),
    Request.Channel.EMAIL: _("by e-mail"),
}


class TypedField(forms.CharField):
    """A text as people type it: what no keyboard makes is taken out before anything is judged."""

    def to_python(self, value: object) -> str | None:
        return super().to_python(value.replace("\x00", "") if isinstance(value, str) else value)


class _Reached(forms.Form):
    """What every form asks that tells how a person can be reached."""

    first_name = TypedField(
        label=_("First name"),
        max_length=MOST_OF_A_NAME,
        help_text=_("Or the name by which the team may call you."),
        widget=forms.TextInput(attrs={"autocomplete": "given-name"}),
        error_messages={
            "required": _("Please give a first name, so that the team knows whom to ask for."),
            "max_length": _("Please use at most 80 signs."),
        },
    )
    last_name = TypedField(
        label=_("Last name (if you like)"),
        max_length=MOST_OF_A_NAME,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "family-name"}),
        error_messages={"max_length": _("Please use at most 80 signs.")},
    )
    email = TypedField(
        label=_("E-mail"),
        max_length=254,
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "inputmode": "email", "spellcheck": "false"}),
        error_messages={"max_length": _("This address is too long: at most 254 signs.")},
    )
    telephone = TypedField(
        label=_("Telephone"),
        max_length=40,
        required=False,
        help_text=_("With the country’s prefix if it is not French, as +32."),
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel", "inputmode": "tel"}),
        error_messages={"max_length": _("This is too long for a telephone number.")},
    )
    channel = forms.ChoiceField(
        label=_("How would you like to be answered?"),
        required=False,
        choices=[("", _("either way")), *_CHANNEL.items()],
        widget=forms.RadioSelect,
    )
    half_days = forms.MultipleChoiceField(
        label=_("When can you be called?"),
        help_text=_("Tick what suits you, or nothing."),
        required=False,
        choices=[(code, code) for code in HALF_DAYS],
    )
    may_leave_message = forms.BooleanField(
        label=_("The team may leave a message on my telephone"),
        help_text=_(
            "Tick this only if nobody else listens to it. Without it the team says nothing to anyone but you."
        ),
        required=False,
    )
    other_language = TypedField(
        label=_("Another language you would rather speak"),
        help_text=_("The team sees this first and can ask for an interpreter."),
        max_length=60,
        required=False,
        widget=forms.TextInput(attrs={"list": "languages"}),
        error_messages={"max_length": _("Please use at most 60 signs.")},
    )

    def clean_first_name(self) -> str:
        """Her name; an invisible one is none."""
        name = typed_line(self.cleaned_data["first_name"])
        if not name:
            raise forms.ValidationError(self.fields["first_name"].error_messages["required"])
        return name

    def clean_last_name(self) -> str:
        """As she typed it, on one line."""
        return typed_line(self.cleaned_data["last_name"])

    def clean_other_language(self) -> str:
        """As she typed it, on one line."""
        return typed_line(self.cleaned_data["other_language"])

    def clean_email(self) -> str:
        """The address as it is written to; empty: none."""
        typed = self.cleaned_data["email"].strip()
        if not typed:
            return ""
        try:
            return normal_address(typed)
        except WrongAddress as error:
            raise forms.ValidationError(
                _("This does not look like an e-mail address. It should be like name@example.org.")
            ) from error

    def clean_telephone(self) -> str:
        """The number as E.164; empty: none."""
        typed = typed_line(self.cleaned_data["telephone"])
        if not typed:
            return ""
        try:
            return normal_telephone(typed)
        except WrongTelephone as error:
            raise forms.ValidationError(str(error)) from error

    def clean(self) -> dict[str, Any]:
        """One way to reach her at least, and the one she prefers."""
        given = cast(dict[str, Any], super().clean())
        wanted = given.get("channel", "")
        if self.errors.keys() & {"email", "telephone"}:
            return given
        if not given.get("email") and not given.get("telephone"):
            self.add_error("email", _("Please give an e-mail address or a telephone number; one is enough."))
        elif wanted == Request.Channel.TELEPHONE and not given.get("telephone"):
            self.add_error("telephone", _("You would like to be called: please give a number."))
        elif wanted == Request.Channel.EMAIL and not given.get("email"):
            self.add_error("email", _("You would like an e-mail: please give an address."))
        return given


class MessageForm(_Reached):
    """A first message to a team.

    `self_check` (JSON of the answers) and `notes` (plain text) are filled by the pages that make them; they
    are sent along only with their tick, and the tick is shown only where there is something to attach.
    """

    writes_for = forms.ChoiceField(
        label=_("I write for"), required=False, choices=list(_WRITES_FOR.items()), widget=forms.RadioSelect
    )
    message = TypedField(
        label=_("Your message (if you like)"),
        help_text=_(
            "A question, or nothing at all. Please give no medical detail here: the team asks you "
            "itself, in a call."
        ),
        required=False,
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    asked = forms.MultipleChoiceField(
        label=_("Questions for the team"),
        required=False,
        choices=list(QUESTION.items()),
        widget=forms.CheckboxSelectMultiple,
    )
    # Of this page's making, never brought back by the browser: attaching is chosen each time.
    attach_self_check = forms.BooleanField(
        label=_("Attach my answers to the self-check"),
        required=False,
        widget=forms.CheckboxInput(attrs={"data-ours": ""}),
    )
    attach_notes = forms.BooleanField(
        label=_("Attach my notes"), required=False, widget=forms.CheckboxInput(attrs={"data-ours": ""})
    )
    self_check = TypedField(required=False, widget=forms.HiddenInput(attrs={"data-ours": ""}))
    notes = TypedField(required=False, widget=forms.HiddenInput(attrs={"data-ours": ""}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("writes_for", Request.WritesFor.MYSELF.value)
        self.initial.setdefault("channel", "")

    def clean_message(self) -> str:
        """Her words, without what no text can show."""
        return _at_most(typed_text(self.cleaned_data["message"]))

    def clean_self_check(self) -> str:
        """JSON of one object, or nothing: whatever else came was not made by our pages."""
        typed = self.cleaned_data["self_check"]
        try:
            answers = json.loads(typed) if len(typed) <= MOST_OF_ATTACHMENTS else None
        except (ValueError, RecursionError):
            answers = None
        return typed_text(json.dumps(answers, ensure_ascii=False)) if isinstance(answers, dict) else ""

    def clean_notes(self) -> str:
        """Plain text."""
        return typed_text(self.cleaned_data["notes"][:MOST_OF_ATTACHMENTS])

    @property
    def answers_to_send(self) -> str:
        """The self-check, where she ticked it."""
        return self.cleaned_data["self_check"] if self.cleaned_data["attach_self_check"] else ""

    @property
    def notes_to_send(self) -> str:
        """The notes, where she ticked them."""
        return self.cleaned_data["notes"] if self.cleaned_data["attach_notes"] else ""


class DetailsForm(_Reached):
    """Changes of how she can be reached."""


class AddForm(forms.Form):
    """A further message."""

    message = TypedField(
        label=_("Your message"),
        help_text=_("Please give no medical detail here: the team asks you itself, in a call."),
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": _("Please write something first.")},
    )

    def clean_message(self) -> str:
        """Her words, without what no text can show."""
        text = _at_most(typed_text(self.cleaned_data["message"]))
        if not text:
            raise forms.ValidationError(self.fields["message"].error_messages["required"])
        return text


class CodeForm(forms.Form):
    """The code that opens a private page; it can be pasted, in capitals or not, with or without hyphens."""

    code = TypedField(
        label=_("Your code"),
        help_text=_("Twelve letters and figures, as ABCD-2345-EFGH."),
        max_length=40,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "autocapitalize": "characters", "spellcheck": "false"}
        ),
        error_messages={"required": _("Please type the code."), "max_length": _("Please type the code.")},
    )


def _at_most(text: str) -> str:
    if len(text) > MOST_SIGNS:
        raise forms.ValidationError(
            gettext("Your message has %(n)s signs; at most 1,000 fit. Nothing is lost: please shorten it.")
            % {"n": len(text)}
        )
    return text


def channel_words(code: str) -> str:
    """How she would like to be answered; empty where she did not say."""
    return str(_CHANNEL.get(Request.Channel(code), "")) if code else ""


def writes_for_words(code: str) -> str:
    """For whom she writes; empty where she did not say."""
    return str(_WRITES_FOR.get(Request.WritesFor(code), "")) if code else ""

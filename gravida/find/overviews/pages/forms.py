"""The form that asks how easy a section was."""

from django import forms
from django.utils.translation import gettext_lazy as _

from gravida.find.contact.pages.typed import typed_text
from gravida.find.overviews.actions_ratings import Answer
from gravida.find.overviews.rated import MOST_SIGNS_OF_COMMENT, RATED

STEP_WORDS = (
    (1, _("very hard")),
    (2, _("hard")),
    (3, _("so-so")),
    (4, _("easy")),
    (5, _("very easy")),
)


class RatingForm(forms.Form):
    """A step, and perhaps a word on it."""

    section = forms.ChoiceField(choices=[(code, code) for code in RATED])
    step = forms.TypedChoiceField(
        label=_("How easy was this to understand?"),
        choices=STEP_WORDS,
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Please choose one of the five steps."),
            "invalid_choice": _("Please choose one of the five steps."),
        },
    )
    comment = forms.CharField(
        label=_("What was hard, or missing?"),
        required=False,
        max_length=MOST_SIGNS_OF_COMMENT,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_(
            "At most 500 signs. Please write nothing about your health, and no name: "
            "the editors of this page read it."
        ),
        error_messages={"max_length": _("This is too long: please shorten it to 500 signs.")},
    )

    def clean_comment(self) -> str:
        """As typed, without signs that cannot be kept."""
        return typed_text(self.cleaned_data["comment"])

    @property
    def answer(self) -> Answer:
        """For a valid form only."""
        told = self.cleaned_data
        return Answer(section=told["section"], step=told["step"], comment=told["comment"])

"""Forms of signing in and of one's own account."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from gravida.web.people import words
from gravida.web.people.passwords import MOST_SIGNS

MOST_TYPED = MOST_SIGNS * 4  # in signs as typed; longer texts are not even looked at


def _email_field() -> forms.EmailField:
    return forms.EmailField(
        label=_("E-mail"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "username", "autocapitalize": "none"}),
        error_messages={
            "required": _("Please type your e-mail address."),
            "invalid": _("Please type an e-mail address, as name@example.org."),
        },
    )


def _password_field(label: Any, *, autocomplete: str, required: Any, hint: Any = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        strip=False,
        max_length=MOST_TYPED,
        help_text=hint,
        widget=forms.PasswordInput(attrs={"autocomplete": autocomplete}),
        error_messages={"required": required},
    )


class SignInForm(forms.Form):
    """Address and password."""

    email = _email_field()
    password = _password_field(
        _("Password"), autocomplete="current-password", required=_("Please type your password.")
    )


class CodeForm(forms.Form):
    """A code of the app, or one on paper."""

    code = forms.CharField(
        label=_("Code"),
        max_length=40,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "autocapitalize": "characters", "spellcheck": "false"}
        ),
        error_messages={"required": _("Please type the code.")},
    )


class ResetRequestForm(forms.Form):
    """Whom to send a link for a new password."""

    email = _email_field()


class NewPasswordForm(forms.Form):
    """A password of one's own choice, typed twice."""

    new_password = _password_field(
        _("New password"), autocomplete="new-password", required=_("Please type a new password.")
    )
    again = _password_field(
        _("New password once more"), autocomplete="new-password", required=_("Please type it once more.")
    )

    def clean(self) -> dict[str, Any]:
        """Both must be the same."""
        cleaned: dict[str, Any] = super().clean() or {}
        if "new_password" in cleaned and "again" in cleaned and cleaned["new_password"] != cleaned["again"]:
            self.add_error("again", words.PASSWORDS_DIFFER)
        return cleaned


class ChangePasswordForm(NewPasswordForm):
    """The present password, and a new one."""

    current_password = _password_field(
        _("Present password"),
        autocomplete="current-password",
        required=_("Please type your present password."),
    )
    field_order = ["current_password", "new_password", "again"]


class ConfirmForm(forms.Form):
    """A secret again, before an act of weight."""

    secret = _password_field(
        _("Your password, or a code of your app"),
        autocomplete="current-password",
        required=_("Please type your password or a code."),
    )


class LanguageForm(forms.Form):
    """The language of one's pages and mails."""

    language = forms.ChoiceField(label=_("Language of your pages and mails"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["language"] = forms.ChoiceField(
            label=self.fields["language"].label, choices=[("en", "English"), ("fr", "Français")]
        )

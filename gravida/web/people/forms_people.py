"""Forms with which administrators invite people and give roles."""

from typing import Any

from django import forms
from django.utils.functional import lazystr
from django.utils.translation import gettext_lazy as _

from gravida.web.people import words
from gravida.web.people.actions_people import Place
from gravida.web.people.places import named_places
from gravida.web.people.roles import Role


class RoleForm(forms.Form):
    """A role and where it holds."""

    role = forms.ChoiceField(label=_("Role"), choices=Role.choices, initial=Role.NURSE)
    place = forms.ChoiceField(
        label=_("Where"),
        required=False,
        help_text=_("A study as a whole, or one of its centres. Administrators are of the whole site."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        places = [(named.code, named.name) for named in named_places()]
        field = self.fields["place"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [("", lazystr(_("The whole site"))), *places]

    def clean(self) -> dict[str, Any]:
        """Administrators are of the site, everybody else of a study."""
        cleaned: dict[str, Any] = super().clean() or {}
        if "role" in cleaned and "place" in cleaned:
            is_administrator = cleaned["role"] == Role.ADMINISTRATOR
            if is_administrator:
                cleaned["place"] = ""
            elif not cleaned["place"]:
                self.add_error("place", words.WRONG_PLACE)
        return cleaned

    @property
    def chosen(self) -> tuple[Role, Place]:
        """The role and the place; for a valid form only."""
        study, _slash, centre = self.cleaned_data["place"].partition("/")
        return Role(self.cleaned_data["role"]), Place(study=study, centre=centre)


class InviteForm(RoleForm):
    """Whom to invite, in which language, to which first role."""

    email = forms.EmailField(
        label=_("E-mail"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        error_messages={
            "required": _("Please type an e-mail address."),
            "invalid": _("Please type an e-mail address, as name@example.org."),
        },
    )
    name = forms.CharField(
        label=_("Name"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("As colleagues will read it."),
        error_messages={"required": _("Please type the person’s name.")},
    )
    language = forms.ChoiceField(label=_("Language"), choices=[("fr", "Français"), ("en", "English")])
    field_order = ["email", "name", "language", "role", "place"]

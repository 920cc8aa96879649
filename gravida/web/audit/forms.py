"""The filter of the trail's page."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from gravida.web.people.models import Person


class PersonField(forms.ModelChoiceField):  # type: ignore[type-arg]  # not generic at run time
    """A choice of people, by name."""

    def label_from_instance(self, obj: Person) -> str:
        """The name alone."""
        return obj.name


class TrailForm(forms.Form):
    """Whose acts, which, and from when to when (both days included)."""

    by = PersonField(
        label=_("Person"), queryset=Person.objects.none(), required=False, empty_label=_("Everybody")
    )
    action = forms.CharField(
        label=_("Act"),
        required=False,
        max_length=60,
        help_text=_("Or its beginning, as sign_in or role."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    since = forms.DateField(
        label=_("From"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    until = forms.DateField(
        label=_("Up to"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def __init__(self, *args: Any, people: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["by"]
        if isinstance(field, PersonField):
            field.queryset = people

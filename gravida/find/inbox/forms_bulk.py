"""The form of an act on several messages."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from gravida.find.contact.models import Request
from gravida.find.inbox.asked import reference_in
from gravida.web.people.models import Person


class OfForm(forms.Form):
    """Of which message the chosen ones are repeats."""

    of = forms.CharField(
        label=_("Reference of the message that counts"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
        error_messages={"required": _("Please give the reference, as G-7K2Q.")},
    )

    def __init__(self, *args: Any, by: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by = by

    def clean_of(self) -> Request:
        """A message of this person's centres."""
        mine = Request.objects.get_for(self.by).filter(erased_at=None)
        found = mine.filter(reference=reference_in(self.cleaned_data["of"])).first()
        if found is None:
            raise forms.ValidationError(_("There is no message with that reference. Look at the list."))
        return found

"""Why an act could not be done, in words that say what to do instead."""

from django.utils.translation import gettext as _

from gravida.find.contact.actions_calls import TooEarly
from gravida.find.contact.letters import AlreadyOpen
from gravida.find.inbox import when


def in_words(refusal: TooEarly | AlreadyOpen) -> str:
    """The reason, and what can be done."""
    if isinstance(refusal, TooEarly):
        return _("She has until %(day)s to call back: close the message then. Nothing was changed.") % {
            "day": when.day(refusal.until)
        }
    return _(
        "Another message of the same person to this study is open: go on with that one. Nothing was changed."
    )

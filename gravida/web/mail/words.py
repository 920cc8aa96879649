"""Words for what happens to a mail, and for addresses that cannot be used."""

from django.utils.translation import gettext_lazy as _

from gravida.web.mail.address import AddressProblem
from gravida.web.models import MailState, Trouble

ADDRESS_PROBLEM = {
    AddressProblem.EMPTY: _("Write an e-mail address, as name@example.org."),
    AddressProblem.LONG: _("This address is too long: check it, or use another one."),
    AddressProblem.SEVERAL: _("Write one address only, without commas."),
    AddressProblem.SIGNS: _("This address holds a space or a hidden sign: type it again."),
    AddressProblem.NO_AT: _("An e-mail address has an @ in it, as name@example.org."),
    AddressProblem.BEFORE_AT: _("What stands before the @ holds a sign that cannot be used: check it."),
    AddressProblem.AFTER_AT: _("What stands after the @ is not a complete name, as example.org: check it."),
}
STATE = {
    MailState.QUEUED: _("waiting to be sent"),
    MailState.LEASED: _("being sent"),
    MailState.SENT: _("sent"),
    MailState.FAILED: _("not sent"),
    MailState.UNSURE: _("unsure whether it arrived"),
    MailState.CANCELLED: _("not needed any more"),
}
TROUBLE = {
    Trouble.NONE: "",
    Trouble.REFUSED: _("the mail server could not be reached"),
    Trouble.SILENT: _("the mail server did not answer"),
    Trouble.CUT: _("the mail server broke off"),
    Trouble.TLS: _("no trusted encryption with the mail server"),
    Trouble.LATER: _("the mail server asks to try later"),
    Trouble.SERVER: _("the mail server does not take our mails: check its name and password"),
    Trouble.REJECTED: _("the mail server refuses this address or mail"),
    Trouble.BOUNCED: _("it came back: the address does not take it"),
    Trouble.BROKEN: _("it cannot be made into a mail"),
    Trouble.STOPPED: _("sending was interrupted"),
}

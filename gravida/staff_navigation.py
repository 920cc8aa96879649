"""What the staff's navigation offers, in order. Each part of Gravida adds its own items."""

from django.utils.translation import gettext_lazy as _

from gravida.web.mail.reading import news_of_mail
from gravida.web.people.navigation import NavItem
from gravida.web.people.roles import Permission

ITEMS = (
    NavItem(url_name="staff:home", label=_("Today"), about=_("What there is to do today.")),
    NavItem(
        url_name="staff:people",
        label=_("People"),
        about=_("Who works with this site, and what each may do."),
        permission=Permission.MANAGE_PEOPLE,
    ),
    NavItem(
        url_name="staff:audit",
        label=_("Audit trail"),
        about=_("Who did what, and when."),
        permission=Permission.READ_AUDIT,
    ),
    NavItem(
        url_name="mail:troubled",
        label=_("Mail"),
        about=_("Mails that could not be sent, and what to do about them."),
        permission=Permission.SEE_MAIL,
        news=news_of_mail,
    ),
    NavItem(
        url_name="staff:account",
        label=_("My account"),
        about=_("Password, second factor, language, and the browsers in which you are signed in."),
    ),
)

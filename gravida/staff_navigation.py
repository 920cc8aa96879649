"""What the staff's navigation offers, in order. Each part of Gravida adds its own items."""

from django.utils.translation import gettext_lazy as _

from gravida.find.inbox.digest import news_of_centres, news_of_messages
from gravida.find.overviews.news import news_of_overviews
from gravida.web.mail.reading import news_of_mail
from gravida.web.people.navigation import NavItem
from gravida.web.people.roles import Permission

ITEMS = (
    NavItem(url_name="staff:home", label=_("Today"), about=_("What there is to do today.")),
    NavItem(
        url_name="inbox:list",
        label=_("Messages"),
        about=_("Who has written, what is late, and what to do next."),
        permission=Permission.READ_MESSAGES,
        news=news_of_messages,
    ),
    NavItem(
        url_name="inbox:centres",
        label=_("Centres"),
        about=_("Open or closed, who is written to, and what became of the messages."),
        permission=Permission.APPROVE_CONTACTS,
        news=news_of_centres,
    ),
    NavItem(
        url_name="inbox:texts",
        label=_("Ready texts"),
        about=_("Texts that answers of your centre begin with."),
        permission=Permission.EDIT_TEXTS,
    ),
    NavItem(
        url_name="overviews:list",
        label=_("Overviews"),
        about=_("What the public reads of studies in plain words, and how easy it was found."),
        permission=Permission.EDIT_TEXTS,
        news=news_of_overviews,
    ),
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

"""What mails of the loop say about places, days and people."""

from datetime import datetime

from django.conf import settings
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from gravida.find.contact.models import Team
from gravida.web.mail.neutral import telling_words


def day(moment: datetime, *, language: str) -> str:
    """The day with its name, as Tuesday 3 November 2026."""
    with translation.override(language):
        return date_format(timezone.localtime(moment), "l j F Y")


def day_and_hour(moment: datetime, *, language: str) -> str:
    """The day with its name and the hour, as Tuesday 3 November 2026, 10:00."""
    with translation.override(language):
        return date_format(timezone.localtime(moment), "l j F Y, H:i")


def place(team: Team, *, language: str) -> str:
    """The team's town, if it says nothing about health: a record's author could write anything there."""
    with translation.override(language):
        town = " ".join(team.town.split())[:60]
        return _("another place") if not town or telling_words(town) else town


def language_of_team(team: Team) -> str:
    """The first language of the team in which we can write, else the site's own."""
    written = [code for code, _name in settings.LANGUAGES]
    spoken = [code for code in team.languages if code in written]
    return str(spoken[0] if spoken else settings.LANGUAGE_CODE)

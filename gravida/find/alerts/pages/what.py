"""What an alert is for, in words and as a link."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from gravida.find.alerts import words
from gravida.find.alerts.models import Alert, SignUp
from gravida.find.alerts.stored_search import from_text
from gravida.find.models import Study
from gravida.find.site_studies import in_language, site_studies


@dataclass(frozen=True, kw_only=True)
class HeardOf:
    """A study by its title, or a search by what it asks."""

    text: str
    language: str  # of the text; empty: the page's own
    address: str


def heard_of(one: Alert | SignUp) -> HeardOf:
    """What it is for; a study no longer here keeps its number."""
    if one.search is not None:
        stored = from_text(one.search.asked)
        return HeardOf(
            text=_("the search %(search)s") % {"search": words.described(stored)},
            language="",
            address=f"{reverse('find:search')}?{stored.query}",
        )
    title, language = title_of(one.study)
    return HeardOf(text=title, language=language, address=reverse("find:study", args=[one.study]))


def title_of(number: str) -> tuple[str, str]:
    """A study's title and its language; the plain one where the study has its folder here."""
    folder = site_studies().get(number)
    if folder and (plain := in_language(folder.title)):
        return plain, ""
    study = Study.objects.filter(number=number).first()
    return (study.title if study and study.title else number), "en"

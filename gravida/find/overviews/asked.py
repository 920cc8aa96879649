"""Which study and language a page is about, for somebody who may write there; Http404 for others."""

from django.http import Http404

from gravida.find.models import Study
from gravida.find.overviews.places import may_write
from gravida.find.overviews.sections import LANGUAGES
from gravida.web.people.models import Person


def study_for(person: Person, number: str) -> Study:
    """The study, with its record."""
    study = Study.objects.numbered(number)
    if study is None or not may_write(person, study.number):
        raise Http404(number)
    return study


def language_in(address: str) -> str:
    """The language that an address names."""
    if address not in LANGUAGES:
        raise Http404(address)
    return address

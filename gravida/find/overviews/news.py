"""What is new in overviews, for the start page of the staff's part."""

from datetime import datetime

from django.utils.translation import ngettext

from gravida.find.overviews.models_texts import OverviewText
from gravida.find.overviews.places import may_approve, may_write
from gravida.find.overviews.states import State
from gravida.web.people.models import Person


def news_of_overviews(person: Person, at: datetime) -> str:
    """As "1 text to check again, 2 texts to approve"; empty where nothing waits."""
    waiting = (State.STALE.value, State.CHECKED.value)
    rows = OverviewText.objects.filter(state__in=waiting).values_list("study", "state", "written_by")
    stale = sum(state == State.STALE.value and may_write(person, study) for study, state, _by in rows)
    checked = sum(
        state == State.CHECKED.value and by != person.pk and may_approve(person, study)
        for study, state, by in rows
    )
    told = []
    if stale:
        told.append(ngettext("%(n)s text to check again", "%(n)s texts to check again", stale) % {"n": stale})
    if checked:
        told.append(ngettext("%(n)s text to approve", "%(n)s texts to approve", checked) % {"n": checked})
    return ", ".join(told)

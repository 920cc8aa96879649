"""A few words for the start page: what waits in the inbox, and which addresses wait for a decision."""

from datetime import datetime

from django.db.models import Count, Q
from django.utils.translation import ngettext

from gravida.find.contact.models import Request
from gravida.find.contact.models_requests import OPEN, UNANSWERED
from gravida.find.inbox.centre_page import held_for
from gravida.web.people.models import Person


def news_of_messages(person: Person, at: datetime) -> str:
    """As `3 overdue, 5 new`; empty where nothing waits. One query."""
    mine = Request.objects.get_for(person).filter(erased_at=None, state__in=OPEN)
    is_late = Q(due_at__lte=at)
    counted = mine.aggregate(
        overdue=Count("pk", filter=is_late), new=Count("pk", filter=Q(state__in=UNANSWERED) & ~is_late)
    )
    told = [
        ngettext("%(n)s overdue", "%(n)s overdue", counted["overdue"]) % {"n": counted["overdue"]}
        if counted["overdue"]
        else "",
        ngettext("%(n)s new", "%(n)s new", counted["new"]) % {"n": counted["new"]} if counted["new"] else "",
    ]
    return ", ".join(words for words in told if words)


def news_of_centres(person: Person, at: datetime) -> str:
    """How many addresses wait for this person's decision."""
    waiting = len(held_for(person))
    if not waiting:
        return ""
    return ngettext("%(n)s address to approve", "%(n)s addresses to approve", waiting) % {"n": waiting}

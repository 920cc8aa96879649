"""What the inbox reads: how many stand where, and what became of all."""

from datetime import date, datetime

from django.db.models import Count

from gravida.find.contact.models import Request, Tally
from gravida.web.people.models import Person
from gravida.web.people.permissions import within
from gravida.web.people.roles import Permission

# From a look at the page to taking part: what is counted at each stage.
FUNNEL = (
    "viewed", "form_opened", "sent", "answered", "reached", "prescreened", "included",
)  # fmt: skip


def counts(person: Person, *, at: datetime) -> dict[str, int]:
    """How many messages stand in each state where this person reads, and how many are `overdue`."""
    mine = Request.objects.get_for(person).filter(erased_at=None)
    by_state = {row["state"]: row["n"] for row in mine.values("state").annotate(n=Count("pk")).order_by()}
    return by_state | {"overdue": mine.overdue(at=at).count()}


def funnel(person: Person, *, study: str, months: int, at: datetime) -> list[tuple[str, date, str, int]]:
    """(centre, first day of the month, what, how many) where this person reads, of the last months."""
    past = at.year * 12 + at.month - months
    since = date(past // 12, past % 12 + 1, 1)
    mine = Tally.objects.filter(within(person, Permission.READ_MESSAGES), study=study, month__gte=since)
    rows = mine.order_by("month", "centre", "what").values_list("centre", "month", "what", "count")
    return list(rows)


def ready_for_screening(person: Person) -> list[Request]:
    """Messages that the cohort may take over as a screening, once: `screening_taken_at` is theirs to set."""
    mine = Request.objects.get_for(person, Permission.USE_COHORT).filter(
        state__in=["prescreened_possible", "information_given"], screening_taken_at=None, erased_at=None
    )
    return list(mine.with_team().order_by("pk"))

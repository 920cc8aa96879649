"""What the worker does for overviews: texts asked for, records that changed, answers that are old."""

from datetime import timedelta

from django.conf import settings

from gravida.find.overviews.actions_ratings import forget
from gravida.find.overviews.generating import forget_received, generate_waiting
from gravida.find.overviews.upkeep import mark_changed
from gravida.web.periodic import Task

_GENERATE = Task("overviews.generate", timedelta(seconds=5), generate_waiting, opens_own_transactions=True)

TASKS = (
    *((_GENERATE,) if settings.OVERVIEW_ENDPOINT else ()),
    Task("overviews.records", timedelta(minutes=5), mark_changed, opens_own_transactions=True),
    Task("overviews.jobs", timedelta(days=1), forget_received),
    Task("overviews.ratings", timedelta(hours=6), forget, opens_own_transactions=True),
)

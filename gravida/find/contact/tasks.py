"""What the worker does for the loop every so often."""

from datetime import timedelta

from gravida.find.contact.answer_times import count_answer_times
from gravida.find.contact.clock import note_delivered, run_timers, send_paused_copies
from gravida.find.contact.retention import retain
from gravida.find.contact.teams import refresh_known
from gravida.web.periodic import Task

TASKS = (
    Task("contact.delivered", timedelta(minutes=1), note_delivered, opens_own_transactions=True),
    Task("contact.timers", timedelta(minutes=10), run_timers, opens_own_transactions=True),
    Task("contact.copies", timedelta(minutes=10), send_paused_copies, opens_own_transactions=True),
    Task("contact.answer_times", timedelta(minutes=30), count_answer_times, opens_own_transactions=True),
    Task("contact.teams", timedelta(hours=1), refresh_known, opens_own_transactions=True),
    Task("contact.retention", timedelta(hours=6), retain, opens_own_transactions=True),
)

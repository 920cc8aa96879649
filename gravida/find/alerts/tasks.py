"""What the worker does for alerts: comparing after imports, the mails of each period, the clock's care."""

from datetime import datetime, timedelta

from gravida.find.alerts.care import care
from gravida.find.alerts.digests import send_digests
from gravida.find.alerts.looks import SeenMeanwhile, look
from gravida.find.alerts.matching import match
from gravida.find.search.serving import serving
from gravida.web.periodic import Task


def compare(at: datetime) -> int:
    """Compare the alerts with what has changed since the last look; how many notices were written.

    While the index is made again nothing is compared; what has changed meanwhile waits for it.
    """
    index = serving(now=at)
    if index is None:
        return 0
    try:
        found = look(index, at=at)
    except SeenMeanwhile:
        return 0
    return match(found, index, at=at) if found else 0


TASKS = (
    Task("alerts.compare", timedelta(minutes=5), compare, opens_own_transactions=True),
    Task("alerts.digests", timedelta(minutes=5), send_digests, opens_own_transactions=True),
    Task("alerts.care", timedelta(hours=1), care, opens_own_transactions=True),
)

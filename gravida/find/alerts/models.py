"""What alerts keep: of people (models_people), and of what has changed (models_changes)."""

from gravida.find.alerts.models_changes import Change, Digest, Look, Notice, Seen
from gravida.find.alerts.models_people import Alert, Frequency, Pause, Search, SignUp, Subscriber, Suppressed

__all__ = [
    "Alert",
    "Change",
    "Digest",
    "Frequency",
    "Look",
    "Notice",
    "Pause",
    "Search",
    "Seen",
    "SignUp",
    "Subscriber",
    "Suppressed",
]

"""Everything that getting in touch keeps: teams, messages and where they stand, and apart who wrote them."""

from gravida.find.contact.models_person import (
    Access,
    Attachment,
    Draft,
    Export,
    Exported,
    InternalNote,
    Message,
    Sender,
)
from gravida.find.contact.models_requests import (
    CallAttempt,
    Language,
    Request,
    Step,
    Tally,
    TaskTrouble,
    TimerMark,
)
from gravida.find.contact.models_teams import Team, TeamAddress

__all__ = [
    "Access",
    "Attachment",
    "CallAttempt",
    "Draft",
    "Export",
    "Exported",
    "InternalNote",
    "Language",
    "Message",
    "Request",
    "Sender",
    "Step",
    "Tally",
    "TaskTrouble",
    "Team",
    "TeamAddress",
    "TimerMark",
]

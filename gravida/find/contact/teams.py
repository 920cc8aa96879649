"""Teams and their addresses, made from study folders and registry records."""

from datetime import datetime

from gravida.find.contact.models import Team


def refresh(study: str, *, at: datetime) -> tuple[Team, ...]:
    """Bring the teams of a study (registry number) up to date with its folder and its record.

    Contacts of the folder are approved by standing in git. A contact that a record brings is held until a
    member of staff approves it; where it replaces one that messages went to, staff are told.
    """
    raise NotImplementedError


def refresh_site_studies(*, at: datetime) -> int:
    """The same for every study folder; how many studies. Runs at start and after imports."""
    raise NotImplementedError

"""Whether a team can be written to now."""

from gravida.find.contact.letters import Openness
from gravida.find.contact.models import Team, TeamAddress
from gravida.find.models import Study

# Of the registry's states, those in which a team looks for participants or may do so soon after.
TAKING = frozenset({"RECRUITING", "AVAILABLE", ""})


def openness(team: Team) -> Openness:
    """Whether this team can be written to now, and why not.

    A team of a study folder goes by its folder; others also by what the registry says of the study.
    """
    if team.gone_since or team.closed_at:
        return Openness.TEAM_CLOSED
    if not _study_takes(team.study):
        return Openness.STUDY_CLOSED
    if not team.is_recruiting:
        return Openness.TEAM_CLOSED
    if team.addresses.usable().exists():
        return Openness.OPEN
    return Openness.WAITS if _is_expected_to_open(team) else Openness.NO_CONTACT


def takes_messages(team: Team) -> bool:
    """Whether a message to it is kept: open, or open and waiting for its address to be checked."""
    return openness(team) in (Openness.OPEN, Openness.WAITS)


def _study_takes(number: str) -> bool:
    study = Study.objects.filter(number=number).only("status").first()
    return study is None or study.status in TAKING


def _is_expected_to_open(team: Team) -> bool:
    """Messages may wait where somebody looks after the team here: its folder, or an address once approved."""
    if team.source == Team.Source.FOLDER:
        return True
    return team.addresses.filter(decided_by__isnull=False, state=TeamAddress.State.APPROVED).exists()

"""Whether a team can be written to now."""

from collections.abc import Collection

from gravida.find.contact.letters import Openness
from gravida.find.contact.models import Team, TeamAddress
from gravida.find.models import Study

# Of the registry's states, those in which a team looks for participants or may do so soon after.
TAKING = frozenset({"RECRUITING", "AVAILABLE", ""})


def openness(team: Team) -> Openness:
    """Whether this team can be written to now, and why not.

    A team of a study folder goes by its folder; others also by what the registry says of the study.
    """
    status = Study.objects.filter(number=team.study).values_list("status", flat=True).first()
    return openness_of(team, status=status or "", addresses=team.addresses.all())


def openness_of(team: Team, *, status: str, addresses: Collection[TeamAddress]) -> Openness:
    """The same of what was read already: the study's state in the registry, all addresses of the team."""
    if team.gone_since or team.closed_at:
        return Openness.TEAM_CLOSED
    if status not in TAKING:
        return Openness.STUDY_CLOSED
    if not team.is_recruiting:
        return Openness.TEAM_CLOSED
    if any(address.is_usable for address in addresses):
        return Openness.OPEN
    return Openness.WAITS if _is_expected_to_open(team, addresses) else Openness.NO_CONTACT


def takes_messages(team: Team) -> bool:
    """Whether a message to it is kept: open, or open and waiting for its address to be checked."""
    return openness(team) in (Openness.OPEN, Openness.WAITS)


def _is_expected_to_open(team: Team, addresses: Collection[TeamAddress]) -> bool:
    """Messages may wait where somebody looks after the team here: its folder, or an address once approved."""
    if team.source == Team.Source.FOLDER:
        return True
    return any(
        address.decided_by_id is not None and address.state == TeamAddress.State.APPROVED
        for address in addresses
    )

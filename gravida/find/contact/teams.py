"""Teams and their addresses, kept up to date with study folders and registry records."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from gravida.find.contact.letters import Openness
from gravida.find.contact.models import Team, TeamAddress
from gravida.find.contact.openness import openness
from gravida.find.contact.record_teams import (
    CENTRAL,
    NamedContact,
    NamedTeam,
    team_of_centre,
    teams_of_record,
)
from gravida.find.contact.waiting import tell_staff_that_it_waits, tell_what_waited
from gravida.find.models import RecordVersion, Study
from gravida.find.site_studies import site_studies

_FOLDER, _RECORD = Team.Source.FOLDER, Team.Source.RECORD


def refresh(study: str, *, at: datetime) -> tuple[Team, ...]:
    """Bring the teams of a study (registry number) up to date with its folder and its record.

    Contacts of the folder are approved by standing in git. A contact that a record brings is held until a
    member of staff approves it; where it replaces one that messages went to, staff are told. Nothing is
    written where nothing has changed.
    """
    folder = site_studies().get(study)
    row = Study.objects.with_record().filter(number=study).first()
    version = row.current_version if row else None
    with transaction.atomic():
        kept = [
            _keep(study, team_of_centre(centre), source=_FOLDER, version=None, at=at)
            for centre in (folder.centres if folder else ())
        ]
        named = teams_of_record(version.record) if version and row and row.absent_since is None else ()
        # A folder names its centres itself; of the record it takes only the sponsor's central contacts.
        kept += [
            _keep(study, one, source=_RECORD, version=version, at=at)
            for one in named
            if not (folder and folder.centres) or one.centre == CENTRAL
        ]
        ids = [team.pk for team in kept]
        Team.objects.filter(study=study, gone_since=None).exclude(pk__in=ids).update(gone_since=at)
        for team in kept:
            _settle(team, at=at)
    return tuple(kept)


def refresh_site_studies(*, at: datetime) -> int:
    """The same for every study folder and every study with a team here; how many. After imports."""
    numbers = set(site_studies()) | set(Team.objects.values_list("study", flat=True).distinct())
    for number in sorted(numbers):
        refresh(number, at=at)
    return len(numbers)


def _keep(
    study: str, named: NamedTeam, *, source: Team.Source, version: RecordVersion | None, at: datetime
) -> Team:
    values = {
        "source": source.value,
        "name": dict(named.name),
        "town": named.town[:200],
        "country": named.country[:100],
        "calendar": named.calendar,
        "languages": list(named.languages),
        "is_recruiting": named.is_recruiting,
        "gone_since": None,
    }
    team, is_new = Team.objects.get_or_create(
        study=study, centre=named.centre, defaults=values | {"confirmed_on": named.confirmed_on}
    )
    # The centre may have confirmed its entry on the site since its folder was written.
    confirmed = max(filter(None, (named.confirmed_on, team.confirmed_on)), default=None)
    changed = {
        name: value
        for name, value in (values | {"confirmed_on": confirmed}).items()
        if getattr(team, name) != value
    }
    if changed and not is_new:
        for name, value in changed.items():
            setattr(team, name, value)
        team.save(update_fields=list(changed))
    _keep_addresses(team, named.contacts, source=source, version=version, at=at)
    return team


def _keep_addresses(
    team: Team,
    contacts: Iterable[NamedContact],
    *,
    source: Team.Source,
    version: RecordVersion | None,
    at: datetime,
) -> None:
    """One row for each contact; those named no more are gone, and come back as they were decided."""
    held = {(row.kind, row.email, row.telephone): row for row in team.addresses.filter(source=source)}
    seen: set[int] = set()
    for contact in contacts:
        row = held.get((contact.kind, contact.email, contact.telephone))
        if row is None:
            row = _new_address(team, contact, source=source, version=version, at=at)
            held[(contact.kind, contact.email, contact.telephone)] = row
        else:
            _change(row, contact)
        seen.add(row.pk)
    team.addresses.filter(gone_since=None).exclude(pk__in=seen).update(gone_since=at)


def _texts_of(contact: NamedContact) -> dict[str, object]:
    return {
        "name": dict(contact.name),
        "role": dict(contact.role),
        "languages": list(contact.languages),
        "portrait": contact.portrait,
        "gone_since": None,
    }


def _new_address(
    team: Team, contact: NamedContact, *, source: Team.Source, version: RecordVersion | None, at: datetime
) -> TeamAddress:
    kind = TeamAddress.Kind(contact.kind)
    row = TeamAddress(
        team=team,
        kind=kind,
        rank=TeamAddress.RANK[kind],
        email=contact.email,
        telephone=contact.telephone,
        source=source,
        version=version,
        state=TeamAddress.State.APPROVED if source == _FOLDER else TeamAddress.State.HELD,
        seen_at=at,
    )
    for name, value in _texts_of(contact).items():
        setattr(row, name, value)
    row.save(force_insert=True)
    return row


def _change(row: TeamAddress, contact: NamedContact) -> None:
    changed = {name: value for name, value in _texts_of(contact).items() if getattr(row, name) != value}
    if changed:
        for name, value in changed.items():
            setattr(row, name, value)
        row.save(update_fields=list(changed))


def _settle(team: Team, *, at: datetime) -> None:
    """Messages that waited leave where an address came; staff hear of one that stopped the way."""
    if team.addresses.usable().exists():
        tell_what_waited(team, at=at)
    elif openness(team) is Openness.WAITS and team.addresses.held().exists():
        tell_staff_that_it_waits(team, at=at)


def refresh_known(at: datetime) -> int:
    """`refresh_site_studies` as a task of the worker."""
    return refresh_site_studies(at=at)

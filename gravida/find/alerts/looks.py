"""A look at what an import changed: the index that serves is compared with what was last looked at.

The index, not the tables, says what a search page lists: an alert never tells of a study that the page behind
it does not show yet. Ours is the study's whole difference, also where several imports came between two looks.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from django.db import transaction

from gravida.find.alerts.kinds import kinds_between
from gravida.find.alerts.models import Alert, Change, Look, Seen
from gravida.find.alerts.seen import Ints, SeenVersions
from gravida.find.alerts.topics import Kind, written
from gravida.find.contact.models import Team
from gravida.find.contact.openness import takes_messages
from gravida.find.models import RecordVersion, Study
from gravida.find.search.generation import Generation
from gravida.find.site_studies import site_studies

NAME = "studies"
# More are looked at in several turns: a first import of a whole registry must not fill the memory.
MOST_AT_ONCE = 5_000
_BATCH = 500


class SeenMeanwhile(Exception):
    """Another worker has looked between our reading and our writing: nothing of ours was kept."""


@dataclass(frozen=True, kw_only=True)
class _State:
    """What an index lists, and whether the teams of our own studies take messages."""

    listed: SeenVersions
    open_forms: dict[str, bool]
    generation: str


def look(index: Generation, *, at: datetime) -> Look | None:
    """Look at what has changed; None where nothing has. An unfinished look goes before a new one.

    The very first look only notes what is there: nobody is told of what they could see when they signed up.
    """
    unfinished = Look.objects.filter(ended_at=None).order_by("id").first()
    if unfinished:
        return unfinished
    state = _state_of(index)
    seen = Seen.objects.filter(name=NAME).first()
    if seen is None:
        _begin(state)
        return None
    if seen.generation == state.generation and seen.open_forms == state.open_forms:
        return None
    with transaction.atomic():
        return _compare(seen, state, at=at)


def _state_of(index: Generation) -> _State:
    facts = index.table.facts
    return _State(
        listed=SeenVersions.of(facts["study"], facts["version"]),
        open_forms=_open_forms(),
        generation=index.folder.name,
    )


def _open_forms() -> dict[str, bool]:
    """Of each study of this site whose teams are known: whether any of them takes messages."""
    teams = Team.objects.filter(study__in=site_studies(), gone_since=None)
    forms: dict[str, bool] = {}
    for team in teams.order_by("study", "id"):
        forms[team.study] = forms.get(team.study, False) or takes_messages(team)
    return forms


def _begin(state: _State) -> None:
    row = Seen(
        name=NAME, versions=state.listed.packed(), open_forms=state.open_forms, generation=state.generation
    )
    Seen.objects.bulk_create([row], ignore_conflicts=True)


def _compare(seen: Seen, state: _State, *, at: datetime) -> Look | None:
    """Keep the changes and how far was looked, together; SeenMeanwhile."""
    versions = SeenVersions.unpacked(bytes(seen.versions))
    differing = versions.differing(state.listed)
    # Without anybody to tell there is nothing to keep.
    studies = differing[:MOST_AT_ONCE] if Alert.objects.exists() else differing
    is_whole = len(studies) == len(differing)
    changed = Seen.objects.filter(pk=seen.pk, turn=seen.turn).update(
        versions=versions.advanced(state.listed, studies).packed(),
        open_forms=state.open_forms,
        generation=state.generation if is_whole else "",
        turn=seen.turn + 1,
    )
    if not changed:
        raise SeenMeanwhile
    if not Alert.objects.exists():
        return None
    of_forms = _kinds_of_forms(before=seen.open_forms, now=state.open_forms)
    return _keep(versions, state.listed, studies, of_forms, at=at)


def _kinds_of_forms(*, before: dict[str, bool], now: dict[str, bool]) -> dict[int, Kind]:
    """Study.pk -> whether its team has begun or ceased to take messages; a form seen first says nothing."""
    changed = {
        number: Kind.OPENED if is_open else Kind.CLOSED
        for number, is_open in now.items()
        if before.get(number, is_open) != is_open
    }
    ids = dict(Study.objects.filter(number__in=changed).values_list("number", "pk"))
    return {ids[number]: kind for number, kind in changed.items() if number in ids}


def _keep(
    seen: SeenVersions, listed: SeenVersions, studies: Ints, of_forms: dict[int, Kind], *, at: datetime
) -> Look | None:
    ids = np.union1d(studies, np.array(sorted(of_forms), dtype=np.int64)).tolist()
    known = set(Study.objects.filter(pk__in=of_forms).values_list("pk", flat=True))
    for start in range(0, len(ids), _BATCH):
        known |= set(Study.objects.filter(pk__in=ids[start : start + _BATCH]).values_list("pk", flat=True))
    ids = [study for study in ids if study in known]
    if not ids:
        return None
    made = Look.objects.create(made_at=at)
    for start in range(0, len(ids), _BATCH):
        Change.objects.bulk_create(_changes(made, ids[start : start + _BATCH], seen, listed, of_forms))
    return made


def _changes(
    made: Look, ids: list[int], seen: SeenVersions, listed: SeenVersions, of_forms: dict[int, Kind]
) -> Iterable[Change]:
    pairs = {study: (seen.of_study(study), listed.of_study(study)) for study in ids}
    wanted = {abs(version) for pair in pairs.values() for version in pair if version}
    versions = RecordVersion.objects.in_bulk(wanted)
    for study, (before, after) in pairs.items():
        kinds = _kinds_of(versions.get(abs(before)), versions.get(after), was_listed=before > 0)
        of_form = (of_forms[study],) if study in of_forms else ()
        kept = before if before in versions else None
        yield Change(look=made, study_id=study, before_id=kept, kinds=written([*kinds, *of_form]))


def _kinds_of(
    before: RecordVersion | None, after: RecordVersion | None, *, was_listed: bool
) -> tuple[Kind, ...]:
    """What happened to one study: also that it left the registry, or came back."""
    if after is None:
        return (Kind.GONE,) if was_listed else ()
    if before is not None and before.pk == after.pk and was_listed:
        return ()
    kinds = kinds_between(before, after)
    came_back = before is not None and not was_listed
    is_open = came_back and after.record.status in ("RECRUITING", "AVAILABLE")
    return tuple(dict.fromkeys([*kinds, Kind.OPENED])) if is_open else kinds

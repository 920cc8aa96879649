"""After each import, and every few minutes: what the change of a record means for its overviews."""

from datetime import datetime

from django.db import transaction

from gravida.find.models import Study
from gravida.find.overviews.failures import ChangedMeanwhile
from gravida.find.overviews.folder_texts import take_in
from gravida.find.overviews.models_texts import OverviewText
from gravida.find.overviews.states import Actor, State
from gravida.find.overviews.stepping import step
from gravida.web.audit import trail

# Where a version goes when its record is no longer the one it was compared with.
_CHANGED = {State.PUBLISHED: State.STALE, State.CHECKED: State.DRAFT, State.APPROVED: State.DRAFT}


def mark_changed(at: datetime) -> int:
    """Mark what no longer stands on its record, and what stands on it again; how many."""
    watched = [state.value for state in (*_CHANGED, State.STALE)]
    texts = list(OverviewText.objects.filter(state__in=watched).order_by("pk"))
    numbers = {text.study for text in texts}
    studies = {study.number: study for study in Study.objects.with_record().filter(number__in=numbers)}
    return sum(_mark(text, studies.get(text.study), at=at) for text in texts)


def _mark(text: OverviewText, study: Study | None, *, at: datetime) -> bool:
    if study is None or study.current_version is None:
        return False
    is_same = study.current_version.sha256 == text.record_sha256
    to = _next(text.where, is_same=is_same)
    if to is None:
        return False
    before = text.state
    try:
        with transaction.atomic():
            step(
                text, to=to, actor=Actor.CLOCK, by=None, at=at, reason="record",
                stale_since=study.current_version.fetched_at,
            )  # fmt: skip
            trail.record(
                action="overviews.record_changed",
                by=None,
                at=at,
                about=text,
                study=text.study,
                changes={"state": (before, to.value)},
            )
    except ChangedMeanwhile:
        return False
    return True


def _next(now: State, *, is_same: bool) -> State | None:
    if now is State.STALE:
        return State.PUBLISHED if is_same else None
    return None if is_same else _CHANGED[now]


def refresh(*, at: datetime) -> list[str]:
    """After an import and at the start: folders' texts taken in, changes of records marked; what is wrong."""
    wrong = take_in(at=at)
    mark_changed(at)
    return wrong

"""Acts that take a version further, back, off the page, or back onto it."""

from collections.abc import Callable
from datetime import datetime

from django.db import transaction

from gravida.find.models import Study
from gravida.find.overviews.failures import NeverApproved, NotYours, OpenFindings, OwnWords, RecordChanged
from gravida.find.overviews.findings import open_findings
from gravida.find.overviews.models_texts import OverviewText
from gravida.find.overviews.places import APPROVE, WRITE, may_approve, may_write, role_of
from gravida.find.overviews.states import Actor, Rule, State, rule_of
from gravida.find.overviews.stepping import step
from gravida.find.overviews.writing import record_version
from gravida.web.audit import trail
from gravida.web.people.models import Person


def check(*, study: Study, text: OverviewText, by: Person, at: datetime) -> None:
    """Its writer hands it on. NotYours, IllegalStep, ChangedMeanwhile, RecordChanged."""
    _act("checked", study, text, to=State.CHECKED, actor=Actor.EDITOR, by=by, at=at)


def approve(*, study: Study, text: OverviewText, by: Person, at: datetime) -> None:
    """Somebody else has read it against the record.

    NotYours, OwnWords, IllegalStep, ChangedMeanwhile, RecordChanged; OpenFindings names what is not settled.
    """
    _act("approved", study, text, to=State.APPROVED, actor=Actor.APPROVER, by=by, at=at)


def publish(*, study: Study, text: OverviewText, by: Person, at: datetime) -> None:
    """Onto the page, in place of what stood there. NotYours, IllegalStep, ChangedMeanwhile, RecordChanged."""
    actor = Actor.EDITOR if may_write(by, study.number) else Actor.APPROVER
    _act("published", study, text, to=State.PUBLISHED, actor=actor, by=by, at=at)


def send_back(*, study: Study, text: OverviewText, reason: str, by: Person, at: datetime) -> None:
    """Back to a draft, with what is to be mended. NotYours, IllegalStep, ChangedMeanwhile."""
    actor = Actor.EDITOR if may_write(by, study.number) else Actor.APPROVER
    _act("sent_back", study, text, to=State.DRAFT, actor=actor, by=by, reason=reason, at=at)


def put_away(*, study: Study, text: OverviewText, reason: str = "", by: Person, at: datetime) -> None:
    """Off the page, or a draft that is not wanted. NotYours, IllegalStep, ChangedMeanwhile."""
    _act("put_away", study, text, to=State.WITHDRAWN, actor=Actor.EDITOR, by=by, reason=reason, at=at)


def publish_again(*, study: Study, text: OverviewText, reason: str, by: Person, at: datetime) -> None:
    """An earlier version, approved once, onto the page again.

    NotYours, OwnWords, NeverApproved, IllegalStep, ChangedMeanwhile; RecordChanged where the record is not
    the one that it was approved against: begin a draft from it then.
    """
    _act(
        "published_again", study, text, to=State.PUBLISHED, actor=Actor.APPROVER, by=by, reason=reason, at=at
    )


def _act(
    action: str,
    study: Study,
    text: OverviewText,
    *,
    to: State,
    actor: Actor,
    by: Person,
    at: datetime,
    reason: str = "",
) -> None:
    role = _role(actor, study, text, by)
    take(action, study, text, to=to, actor=actor, by=by, role=role, reason=reason, at=at)


def take(
    action: str,
    study: Study,
    text: OverviewText,
    *,
    to: State,
    actor: Actor,
    by: Person | None,
    role: str,
    at: datetime,
    reason: str = "",
) -> None:
    """One step with all that its rule wants, its place on the page made free, and the trail."""
    with transaction.atomic():
        before = text.state
        _refuse(rule_of(now=text.where, to=to, by=actor, reason=reason), study, text)
        if to is State.PUBLISHED:
            _free_the_place(text, at=at)
        step(text, to=to, actor=actor, by=by, at=at, role=role, reason=reason)
        trail.record(
            action=f"overviews.{action}",
            by=by,
            at=at,
            about=text,
            study=text.study,
            changes={"state": (before, to.value)},
            reason=reason,
        )


def _role(actor: Actor, study: Study, text: OverviewText, by: Person) -> str:
    """In which role; NotYours, OwnWords."""
    if text.study != study.number:
        raise NotYours(f"{text} is no text of {study.number}")
    if actor is Actor.EDITOR:
        if not may_write(by, study.number):
            raise NotYours(study.number)
        return role_of(by, WRITE, study.number)
    if not may_approve(by, study.number):
        raise NotYours(study.number)
    if text.written_by_id == by.pk:
        raise OwnWords(str(text))
    return role_of(by, APPROVE, study.number)


def _free_the_place(text: OverviewText, *, at: datetime) -> None:
    """What stood on the page makes room."""
    shown = OverviewText.objects.of(text.study, text.language).shown().exclude(pk=text.pk)
    for before in shown:
        step(before, to=State.SUPERSEDED, actor=Actor.CLOCK, by=None, at=at)


def _refuse(rule: Rule, study: Study, text: OverviewText) -> None:
    """What the rule of a step wants: RecordChanged, NeverApproved or OpenFindings end the transaction."""
    wants: tuple[tuple[bool, Callable[[], None]], ...] = (
        (rule.needs_same_record, lambda: _refuse_other_record(study, text)),
        (rule.needs_approval, lambda: _refuse_unapproved(text)),
        (rule.needs_no_finding, lambda: _refuse_findings(study, text)),
    )
    for is_wanted, refuse in wants:
        if is_wanted:
            refuse()


def _refuse_other_record(study: Study, text: OverviewText) -> None:
    found = record_version(study).sha256
    if found != text.record_sha256:
        raise RecordChanged(f"{text}: found record {found[:12]}, wanted {text.record_sha256[:12]}")


def _refuse_unapproved(text: OverviewText) -> None:
    if text.approved_at is None or text.published_at is None:
        raise NeverApproved(str(text))


def _refuse_findings(study: Study, text: OverviewText) -> None:
    if found := open_findings(study, text):
        raise OpenFindings([one.found for one in found])

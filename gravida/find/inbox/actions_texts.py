"""A centre's ready texts: written, changed, taken out of use, put back."""

from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import F

from gravida.find.contact.letters import ChangedMeanwhile, NotYours
from gravida.find.inbox.merge_fields import check_fields
from gravida.find.inbox.models import ReadyText
from gravida.web.audit import trail
from gravida.web.people.models import Person
from gravida.web.people.permissions import may
from gravida.web.people.roles import Permission


class NameTaken(Exception):
    """Another text of the centre in use has this name."""


@dataclass(frozen=True, kw_only=True)
class Wording:
    """What a ready text says; merge fields in braces."""

    name: str
    text_en: str = ""
    text_fr: str = ""


def write_text(*, study: str, centre: str, wording: Wording, by: Person, at: datetime) -> ReadyText:
    """A new text of a centre. NotYours, NameTaken, merge_fields.UnknownFields."""
    _refuse_strangers(by, study, centre)
    _check(wording)
    text = ReadyText(
        study=study, centre=centre, name=wording.name, text_en=wording.text_en, text_fr=wording.text_fr,
        changed_by=by, changed_at=at,
    )  # fmt: skip
    try:
        with transaction.atomic():
            text.save(force_insert=True)
            _told("written", text, by=by, at=at)
    except IntegrityError as error:
        raise NameTaken(wording.name) from error
    return text


def change_text(*, text: ReadyText, version: int, wording: Wording, by: Person, at: datetime) -> ReadyText:
    """Other words. NotYours, ChangedMeanwhile, NameTaken, merge_fields.UnknownFields."""
    _refuse_strangers(by, text.study, text.centre)
    _check(wording)
    try:
        with transaction.atomic():
            rows = ReadyText.objects.filter(pk=text.pk, version=version)
            changed = rows.update(
                name=wording.name, text_en=wording.text_en, text_fr=wording.text_fr,
                version=F("version") + 1, changed_by=by, changed_at=at,
            )  # fmt: skip
            if not changed:
                raise ChangedMeanwhile(found=_version_now(text), wanted=version)
            _told("changed", text, by=by, at=at)
    except IntegrityError as error:
        raise NameTaken(wording.name) from error
    return ReadyText.objects.get(pk=text.pk)


def retire_text(*, text: ReadyText, by: Person, at: datetime) -> None:
    """No longer offered; it can be put back. NotYours."""
    _refuse_strangers(by, text.study, text.centre)
    with transaction.atomic():
        if ReadyText.objects.filter(pk=text.pk, retired_at=None).update(retired_at=at):
            _told("retired", text, by=by, at=at)


def put_back_text(*, text: ReadyText, by: Person, at: datetime) -> None:
    """Offered again. NotYours, NameTaken."""
    _refuse_strangers(by, text.study, text.centre)
    try:
        with transaction.atomic():
            if ReadyText.objects.filter(pk=text.pk, retired_at__isnull=False).update(retired_at=None):
                _told("put_back", text, by=by, at=at)
    except IntegrityError as error:
        raise NameTaken(text.name) from error


def _check(wording: Wording) -> None:
    if not wording.name.strip() or not (wording.text_en.strip() or wording.text_fr.strip()):
        raise ValueError("a ready text without a name or without words: the form has to ask for them")
    check_fields(wording.text_en)
    check_fields(wording.text_fr)


def _version_now(text: ReadyText) -> int:
    return ReadyText.objects.filter(pk=text.pk).values_list("version", flat=True).get()


def _told(action: str, text: ReadyText, *, by: Person, at: datetime) -> None:
    trail.record(
        action=f"inbox.text_{action}", by=by, at=at, about=text, study=text.study, centre=text.centre
    )


def _refuse_strangers(by: Person, study: str, centre: str) -> None:
    if not may(by, Permission.EDIT_TEXTS, study=study, centre=centre):
        raise NotYours(f"{study} {centre}")

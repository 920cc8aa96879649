"""Public notes: by staff, guarded, approved by another, in versions, withdrawn."""

from datetime import datetime

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.test import Client

from gravida.find.models import Study
from gravida.find.overviews import actions_notes as acts
from gravida.find.overviews.failures import (
    ChangedMeanwhile,
    NothingSaid,
    NotPlain,
    NotYours,
    OpenFindings,
    OwnWords,
    TooLong,
)
from gravida.find.overviews.models import PublicNote, PublicNoteVersion
from gravida.find.overviews.reads_notes import notes_of, shown_notes, waiting_notes
from gravida.web.audit.models import AuditEntry
from gravida.web.people.models import Person
from gravida.web.people.roles import Role
from tests.find.overviews.making import NUMBER
from tests.web.people.making import make_staff

WORDS = "Parking is free for you."


def written(study: Study, by: Person, at: datetime, text: str = WORDS, **changed: str) -> PublicNote:
    return acts.write_note(study=study, language="en", section="overview", text=text, by=by, at=at, **changed)


def test_a_note_is_shown_once_another_has_approved_it(
    study: Study, editor: Person, investigator: Person, now: datetime
) -> None:
    note = written(study, editor, now)
    assert (shown_notes(NUMBER, "en"), waiting_notes()) == ({}, {NUMBER})
    acts.approve_note(study=study, note=note, number=1, by=investigator, at=now)
    (shown,) = shown_notes(NUMBER, "en")["overview"]
    assert (shown.text, shown.role, shown.written_at) == (WORDS, "an editor of texts", now)
    assert waiting_notes() == set()
    page = Client().get(f"/en/studies/{NUMBER}/").content.decode()
    assert WORDS in page and "Ed Example" not in page
    assert WORDS not in Client().get(f"/fr/studies/{NUMBER}/").content.decode()


def test_changed_words_wait_while_those_approved_stay(
    study: Study, editor: Person, investigator: Person, now: datetime
) -> None:
    note = written(study, editor, now)
    acts.approve_note(study=study, note=note, number=1, by=investigator, at=now)
    acts.change_note(
        study=study, note=note, seen=1, text="Parking is not free.", reason="so it is", by=editor, at=now
    )
    assert shown_notes(NUMBER, "en")["overview"][0].text == WORDS
    assert notes_of(NUMBER)[0][1].number == 2
    with pytest.raises(ChangedMeanwhile):  # the old one is no longer the newest
        acts.approve_note(study=study, note=note, number=1, by=investigator, at=now)
    acts.approve_note(study=study, note=note, number=2, by=investigator, at=now)
    assert shown_notes(NUMBER, "en")["overview"][0].text == "Parking is not free."
    acts.withdraw_note(study=study, note=note, by=editor, at=now)
    assert shown_notes(NUMBER, "en") == {}
    told = AuditEntry.objects.filter(action__startswith="overviews.note").values_list("action", flat=True)
    assert len(told) == 5


def test_who_may_not(study: Study, editor: Person, investigator: Person, now: datetime) -> None:
    with pytest.raises(NotYours):
        written(study, make_staff(Role.NURSE), now)
    own = written(study, investigator, now)
    with pytest.raises(OwnWords):
        acts.approve_note(study=study, note=own, number=1, by=investigator, at=now)
    with pytest.raises(NotYours):
        acts.approve_note(study=study, note=own, number=1, by=editor, at=now)


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        (" ", NothingSaid),
        ("a" * 1001, TooLong),
        ("See https://example.org", NotPlain),
        ("Call +33 1 23 45 67 89.", NotPlain),
        ("After an abortion you may join.", OpenFindings),
        ("You may join if you are 55 years old.", OpenFindings),
    ],
)
def test_the_guards_read_notes_too(
    study: Study, editor: Person, now: datetime, text: str, refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        written(study, editor, now, text)
    if refusal is OpenFindings:
        note = written(study, editor, now, text, reason="the protocol says so")
        assert note.versions.get().reason == "the protocol says so"
    else:
        assert not PublicNote.objects.exists()


def test_of_two_who_change_a_note_one_passes(study: Study, editor: Person, now: datetime) -> None:
    note = written(study, editor, now)
    acts.change_note(
        study=study, note=note, seen=1, text="Parking costs nothing.", reason="x", by=editor, at=now
    )
    with pytest.raises(ChangedMeanwhile):
        acts.change_note(study=study, note=note, seen=1, text="Come by train.", reason="x", by=editor, at=now)
    with pytest.raises(ValueError, match="section"):
        acts.write_note(study=study, language="en", section="head", text=WORDS, by=editor, at=now)


def test_the_database_holds_words_and_four_eyes(study: Study, editor: Person, now: datetime) -> None:
    written(study, editor, now)
    with pytest.raises(DatabaseError), transaction.atomic():
        PublicNoteVersion.objects.update(text="other")
    with pytest.raises(IntegrityError), transaction.atomic():
        PublicNoteVersion.objects.update(approved_by=editor, approved_at=now)

"""From a draft to the page and back: who may, what stands in the way, what a changed record does."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from gravida.find.models import Study
from gravida.find.overviews import actions_steps as steps
from gravida.find.overviews.actions_findings import NoReason, NoSuchFinding, resolve, take_back
from gravida.find.overviews.actions_texts import begin_from, put_together, save_draft
from gravida.find.overviews.failures import (
    ChangedMeanwhile,
    NeverApproved,
    NothingSaid,
    NotPlain,
    NotYours,
    OpenFindings,
    OwnWords,
    RecordChanged,
    TooLong,
)
from gravida.find.overviews.findings import judged
from gravida.find.overviews.models import Generation, OverviewText, Resolution
from gravida.find.overviews.reads import published_overview
from gravida.find.overviews.states import IllegalStep
from gravida.find.overviews.upkeep import mark_changed
from gravida.web.audit.models import AuditEntry
from gravida.web.people.models import Person
from gravida.web.people.roles import Role
from tests.find.overviews.making import (
    CLEAN,
    WITH_A_WRONG_NUMBER,
    change_record,
    fresh,
    fresh_study,
    publish,
    write_draft,
)
from tests.web.people.making import make_staff

Make = Callable[..., OverviewText]


def test_a_text_goes_from_draft_to_page_through_two_people(
    draft: Make, study: Study, editor: Person, investigator: Person, now: datetime
) -> None:
    text = publish(draft(), by=editor, approver=investigator, at=now)
    shown = published_overview(study, language="en", at=now)
    assert shown is not None
    assert (text.state, shown.sections, shown.number) == ("published", CLEAN, 1)
    assert [step.state_after for step in text.steps.order_by("pk")] == ["checked", "approved", "published"]
    assert shown.provenance.checked_role == Role.INVESTIGATOR
    actions = list(AuditEntry.objects.order_by("number").values_list("action", flat=True))
    assert actions == [f"overviews.{act}" for act in ("written", "checked", "approved", "published")]
    assert published_overview(study, language="fr", at=now) is None


def test_nobody_approves_the_own_words(
    draft: Make, study: Study, investigator: Person, now: datetime
) -> None:
    text = draft(by=investigator)
    steps.check(study=study, text=text, by=investigator, at=now)
    with pytest.raises(OwnWords):
        steps.approve(study=study, text=text, by=investigator, at=now)
    assert fresh(text).state == "checked"


@pytest.mark.parametrize("role", [Role.EDITOR, Role.NURSE, Role.RESEARCHER, Role.ADMINISTRATOR])
def test_no_other_role_approves(draft: Make, study: Study, editor: Person, role: Role, now: datetime) -> None:
    text = draft()
    steps.check(study=study, text=text, by=editor, at=now)
    other = make_staff(role, email="other@example.org")
    with pytest.raises(NotYours):
        steps.approve(study=study, text=text, by=other, at=now)


def test_people_of_another_study_neither_write_nor_approve_here(
    draft: Make, study: Study, editor: Person, now: datetime
) -> None:
    text = draft()
    steps.check(study=study, text=text, by=editor, at=now)
    stranger = make_staff(Role.INVESTIGATOR, email="stranger@example.org", study="NCT04017754")
    with pytest.raises(NotYours):
        steps.approve(study=study, text=text, by=stranger, at=now)
    with pytest.raises(NotYours):
        save_draft(study=study, language="en", texts=CLEAN, seen=1, by=stranger, at=now)
    # A study without a folder belongs to nobody here: they may write about it.
    other = Study.objects.with_record().exclude(number=study.number).first()
    if other is not None:
        write_draft(other, by=stranger, at=now, texts={"what": "It is a study."})


def test_an_approval_names_every_finding_that_is_open(
    draft: Make, study: Study, editor: Person, investigator: Person, now: datetime
) -> None:
    # given an age that the record does not name
    text = draft(texts=WITH_A_WRONG_NUMBER)
    steps.check(study=study, text=text, by=editor, at=now)
    with pytest.raises(OpenFindings) as refusal:
        steps.approve(study=study, text=text, by=investigator, at=now)
    assert "55" in " ".join(refusal.value.found)
    # when each is resolved with a reason
    for one in judged(study, text).open:
        with pytest.raises(NoReason):
            resolve(study=study, text=text, key=one.key, reason="  ", by=editor, at=now)
        resolve(study=study, text=text, key=one.key, reason="the protocol says so", by=editor, at=now)
    # then it passes, and the reason is in the trail and beside the finding
    steps.approve(study=study, text=text, by=investigator, at=now)
    assert Resolution.objects.get().reason == "the protocol says so"
    assert AuditEntry.objects.filter(action="overviews.resolved").count() == 1


def test_a_resolution_holds_for_the_same_words_and_record_only(
    draft: Make, study: Study, editor: Person, now: datetime
) -> None:
    text = draft(texts=WITH_A_WRONG_NUMBER)
    (one,) = judged(study, text).open
    resolve(study=study, text=text, key=one.key, reason="yes", by=editor, at=now)
    # another section changes: the sentence is the same, the reason holds
    second = draft(texts=WITH_A_WRONG_NUMBER | {"what": "It is a study of early losses."})
    assert judged(study, second).open == ()
    # the sentence changes: it is found anew
    other = WITH_A_WRONG_NUMBER | {"could_i": "You may join if you are 18 to 55 years old."}
    assert len(judged(study, draft(texts=other)).open) == 1
    # the record changes: so does everything that was said against it
    changed = change_record(at=now)
    third = write_draft(changed, by=editor, at=now, texts=WITH_A_WRONG_NUMBER)
    assert len(judged(changed, third).open) == 1


def test_a_resolution_can_be_taken_back(draft: Make, study: Study, editor: Person, now: datetime) -> None:
    text = draft(texts=WITH_A_WRONG_NUMBER)
    (one,) = judged(study, text).open
    resolve(study=study, text=text, key=one.key, reason="yes", by=editor, at=now)
    take_back(study=study, text=text, key=one.key, by=editor, at=now)
    assert len(judged(study, text).open) == 1
    with pytest.raises(NoSuchFinding):
        resolve(study=study, text=text, key="0" * 64, reason="yes", by=editor, at=now)


@pytest.mark.parametrize(
    "words",
    ["See https://example.org now.", "Write to team@example.org.", "Call +33 1 23 45 67 89.",
     "<b>Join</b> us.", "[Join](http://example.org)"],
)  # fmt: skip
def test_links_addresses_numbers_and_markup_are_not_even_kept(
    study: Study, editor: Person, now: datetime, words: str
) -> None:
    with pytest.raises(NotPlain):
        save_draft(study=study, language="en", texts={"what": words}, seen=0, by=editor, at=now)
    assert not OverviewText.objects.exists()


def test_too_much_and_nothing_are_refused(study: Study, editor: Person, now: datetime) -> None:
    for texts, refusal in (
        ({"what": "  "}, NothingSaid),
        ({"in_short": "word " * 121}, TooLong),
        ({"what": "a" * 4001}, TooLong),
        ({"elsewhere": "a"}, ValueError),
    ):
        with pytest.raises(refusal):
            save_draft(study=study, language="en", texts=texts, seen=0, by=editor, at=now)


def test_saving_again_makes_a_version_and_the_same_words_none(
    draft: Make, study: Study, editor: Person, now: datetime
) -> None:
    first = draft()
    assert draft() == first
    second = draft(texts=CLEAN | {"what": "It is a study of early losses."})
    assert (second.number, second.begun_from, fresh(first).state) == (2, first, "superseded")


def test_of_two_who_saw_the_same_version_one_saves(
    draft: Make, study: Study, editor: Person, investigator: Person, now: datetime
) -> None:
    draft()
    save_draft(study=study, language="en", texts={"what": "A study."}, seen=1, by=editor, at=now)
    with pytest.raises(ChangedMeanwhile):
        save_draft(study=study, language="en", texts={"what": "Ours."}, seen=1, by=investigator, at=now)


def test_of_two_who_press_at_once_one_passes(
    draft: Make, study: Study, editor: Person, investigator: Person, now: datetime
) -> None:
    text = draft()
    steps.check(study=study, text=text, by=editor, at=now)
    twin = fresh(text)
    steps.approve(study=study, text=text, by=investigator, at=now)
    with pytest.raises(ChangedMeanwhile):
        steps.send_back(study=study, text=twin, reason="no", by=investigator, at=now)
    assert AuditEntry.objects.filter(action="overviews.sent_back").count() == 0


def test_a_changed_record_makes_the_page_say_so_and_sends_back_what_is_under_way(
    draft: Make, study: Study, editor: Person, investigator: Person, now: datetime
) -> None:
    # given a published text, and a newer one approved but not yet published
    shown = publish(draft(), by=editor, approver=investigator, at=now)
    newer = draft(texts=CLEAN | {"what": "It is a study of early losses."})
    steps.check(study=study, text=newer, by=editor, at=now)
    steps.approve(study=study, text=newer, by=investigator, at=now)
    # when the record changes
    later = now + timedelta(days=1)
    changed = change_record(at=later)
    # then the page says so even before anybody has looked
    overview = published_overview(changed, language="en", at=later)
    assert overview is not None and overview.is_stale and overview.changed_at == later
    with pytest.raises(RecordChanged):
        steps.publish(study=changed, text=newer, by=editor, at=later)
    # and after the look both stand where they belong
    assert mark_changed(later) == 2
    assert (fresh(shown).state, fresh(newer).state) == ("stale", "draft")
    assert published_overview(changed, language="en", at=later).sections == CLEAN  # type: ignore[union-attr]
    with pytest.raises(RecordChanged):
        steps.check(study=changed, text=fresh(newer), by=editor, at=later)
    # and a text compared with the new record takes the place
    again = write_draft(changed, by=editor, at=later)
    publish(again, by=editor, approver=investigator, at=later)
    assert fresh(shown).state == "superseded"
    assert not published_overview(changed, language="en", at=later).is_stale  # type: ignore[union-attr]


def test_a_record_that_is_again_as_it_was_needs_no_second_reading(
    draft: Make, editor: Person, investigator: Person, now: datetime
) -> None:
    text = publish(draft(), by=editor, approver=investigator, at=now)
    change_record(at=now + timedelta(hours=1))
    mark_changed(now)
    change_record(at=now + timedelta(hours=2), count=700, day="2025-12-19")
    mark_changed(now)
    assert fresh(text).state == "published"


def test_an_earlier_version_comes_back_where_its_record_is_the_same(
    draft: Make, study: Study, editor: Person, investigator: Person, now: datetime
) -> None:
    first = publish(draft(), by=editor, approver=investigator, at=now)
    second = publish(draft(texts=CLEAN | {"what": "A study."}), by=editor, approver=investigator, at=now)
    first = fresh(first)
    with pytest.raises(IllegalStep):  # without a reason
        steps.publish_again(study=study, text=first, reason="", by=investigator, at=now)
    steps.publish_again(study=study, text=first, reason="the second has a mistake", by=investigator, at=now)
    assert (fresh(first).state, fresh(second).state) == ("published", "superseded")
    # but not against another record: a draft can be begun from it
    changed = change_record(at=now)
    with pytest.raises(RecordChanged):
        steps.publish_again(study=changed, text=fresh(second), reason="no", by=investigator, at=now)
    again = begin_from(study=changed, text=fresh(second), seen=2, by=editor, at=now)
    assert (again.number, again.texts, again.state) == (3, second.texts, "draft")


def test_a_version_that_nobody_approved_does_not_come_back(
    draft: Make, study: Study, investigator: Person, now: datetime
) -> None:
    first = draft()
    draft(texts=CLEAN | {"what": "A study."})
    with pytest.raises(NeverApproved):
        steps.publish_again(study=study, text=fresh(first), reason="why", by=investigator, at=now)
    assert fresh(first).state == "superseded"


def test_a_text_leaves_the_page_with_a_reason(
    draft: Make, study: Study, editor: Person, investigator: Person, now: datetime
) -> None:
    text = publish(draft(), by=editor, approver=investigator, at=now)
    with pytest.raises(IllegalStep):
        steps.put_away(study=study, text=text, by=editor, at=now)
    steps.put_away(study=study, text=text, reason="a mistake", by=editor, at=now)
    assert published_overview(study, language="en", at=now) is None


def test_words_of_rules_go_on_naming_the_rules_after_a_person_changed_them(
    study: Study, editor: Person, now: datetime
) -> None:
    built = put_together(study=study, language="en", seen=0, by=editor, at=now)
    assert built.generation.writer == Generation.Writer.RULES and not built.is_edited
    changed = write_draft(study, by=editor, at=now, texts=built.texts | {"cost": "Ask the team."})
    assert (changed.generation, changed.is_edited) == (built.generation, True)


def test_the_database_refuses_to_change_words(draft: Make) -> None:
    text = draft()
    for change in ({"sections": {"what": "other"}}, {"record_sha256": "0" * 64}, {"number": 9}):
        with pytest.raises(DatabaseError), transaction.atomic():
            OverviewText.objects.filter(pk=text.pk).update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        Generation.objects.update(model="other", writer="model")


def test_the_database_shows_one_version_and_only_an_approved_one(draft: Make, now: datetime) -> None:
    text = draft()
    with pytest.raises(IntegrityError), transaction.atomic():
        OverviewText.objects.filter(pk=text.pk).update(state="published")
    with pytest.raises(IntegrityError), transaction.atomic():
        OverviewText.objects.filter(pk=text.pk).update(state="stale", stale_since=None)


def test_the_public_line_follows_from_what_is_stored(
    draft: Make, editor: Person, investigator: Person, now: datetime
) -> None:
    publish(draft(), by=editor, approver=investigator, at=now)
    told = published_overview(fresh_study(), language="en", at=now).provenance.sentences  # type: ignore[union-attr]
    assert told[0].startswith("Written by the study team on ")
    assert told[1].startswith("Checked against the record by an investigator on ")
    assert told[2] == "Registry record of 19 December 2025."

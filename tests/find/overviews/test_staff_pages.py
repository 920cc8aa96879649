"""The pages of editors: what they show, what they refuse, and that nothing typed is lost."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from gravida.find.models import Study
from gravida.find.overviews.actions_jobs import ask_for_text
from gravida.find.overviews.failures import NotYours
from gravida.find.overviews.findings import judged
from gravida.find.overviews.models import GenerationJob, OverviewText, PublicNote, Resolution
from gravida.find.overviews.news import news_of_overviews
from gravida.find.overviews.places import may_write
from gravida.find.overviews.refusals import REFUSALS, in_words
from gravida.find.overviews.sections import SECTIONS
from gravida.find.overviews.upkeep import mark_changed
from gravida.web.people.models import Person
from gravida.web.people.roles import Role
from tests.find.overviews.making import (
    CLEAN,
    NUMBER,
    WITH_A_WRONG_NUMBER,
    change_record,
    fresh,
    publish,
    write_draft,
)
from tests.web.people.making import browser_of, make_staff

LIST = "/en/staff/overviews/"
EDITOR = f"{LIST}{NUMBER}/en/"


def typed(**texts: str) -> dict[str, str]:
    return dict.fromkeys(SECTIONS, "") | texts


def save(desk: Client, seen: int, **texts: str) -> Any:
    return desk.post(EDITOR, typed(**texts) | {"seen": str(seen)})


def press(desk: Client, act: str, version: int, **more: str) -> Any:
    return desk.post(f"{EDITOR}do/{act}/", {"version": str(version)} | more)


def test_a_text_goes_from_the_form_to_the_page(desk: Client, approvers_desk: Client) -> None:
    assert 'name="seen" value="0"' in desk.get(EDITOR).content.decode()
    assert save(desk, 0, **CLEAN).headers["Location"] == f"{EDITOR}?done=saved"
    for who, act in ((desk, "check"), (approvers_desk, "approve"), (desk, "publish")):
        assert press(who, act, 1).status_code == 303, act
    page = Client().get(f"/en/studies/{NUMBER}/").content.decode()
    assert "It tests no new treatment." in page
    assert "Checked against the record by an investigator" in page
    assert "nobody has reviewed" not in page


def test_a_finding_stands_beside_its_source_and_blocks(
    desk: Client, approvers_desk: Client, study: Study
) -> None:
    save(desk, 0, **WITH_A_WRONG_NUMBER)
    page = desk.get(EDITOR).content.decode()
    assert "An age that the record does not name" in page and "Aged 18 to 50 years" in page
    press(desk, "check", 1)
    refused = press(approvers_desk, "approve", 1)
    assert refused.status_code == 409
    assert "neither mended nor resolved" in refused.content.decode() and "55" in refused.content.decode()
    # resolved with a reason, it passes; opened again, it is back
    text = OverviewText.objects.get()
    (one,) = judged(study, text).open
    send = {"version": "1", "key": one.key}
    assert desk.post(f"{EDITOR}finding/", send | {"reason": ""}).status_code == 409
    assert desk.post(f"{EDITOR}finding/", send | {"reason": "as the protocol says"}).status_code == 303
    assert "as the protocol says" in desk.get(EDITOR).content.decode()
    assert desk.post(f"{EDITOR}finding/", send | {"do": "open"}).status_code == 303
    assert not Resolution.objects.exists()


def test_words_that_hurt_are_named_with_what_to_say(desk: Client) -> None:
    save(desk, 0, what="It looks at women after an abortion.")
    page = desk.get(EDITOR).content.decode()
    assert "A word that can hurt" in page and "say rather:" in page


def test_hard_sentences_come_first_and_in_words(desk: Client) -> None:
    hard = "Multidisciplinary investigation of dysregulation characterises haematological profiles."
    save(desk, 0, what=f"It is a study. {hard} " + "We look at the health of women and of men " * 3 + ".")
    page = desk.get(EDITOR).content.decode()
    rows = page.partition("The hardest sentences")[2]
    assert rows.index("Multidisciplinary") < rows.index("We look at")
    assert "hard words" in rows and "too long" in rows


@pytest.mark.parametrize(
    ("texts", "said"),
    [
        ({"what": "See https://example.org for more."}, "overviews hold none"),
        ({"in_short": "word " * 121}, "at most 120 fit"),
        ({"what": "a" * 4001}, "too long"),
        ({}, "no words to keep"),
    ],
)
def test_what_cannot_be_kept_is_given_back(desk: Client, texts: dict[str, str], said: str) -> None:
    answer = save(desk, 0, **texts)
    page = answer.content.decode()
    assert answer.status_code == 400 and said in page
    for words in texts.values():
        assert words.strip() in page
    assert not OverviewText.objects.exists()


def test_of_two_editors_the_second_sees_both_texts(desk: Client, approvers_desk: Client) -> None:
    save(desk, 0, what="The first words.")
    answer = save(approvers_desk, 0, what="The other words.")
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "The first words." in page and "The other words." in page
    assert 'name="seen" value="1"' in page
    assert save(approvers_desk, 1, what="The other words.").status_code == 303


def test_a_changed_record_is_said_on_both_sides(
    desk: Client, study: Study, editor: Person, investigator: Person, now: datetime
) -> None:
    publish(write_draft(study, by=editor, at=now), by=editor, approver=investigator, at=now)
    change_record(at=now + timedelta(hours=1))
    mark_changed(now)
    public = Client().get(f"/en/studies/{NUMBER}/").content.decode()
    assert "The registry record changed on" in public and "this text is being checked again." in public
    assert "to check again: the record has changed" in desk.get(LIST).content.decode()
    assert "The registry record has changed since" in desk.get(EDITOR).content.decode()
    assert news_of_overviews(editor, now) == "1 text to check again"
    # saving the same words once more compares them with the new record
    assert save(desk, 1, **CLEAN).status_code == 303
    assert OverviewText.objects.get(number=2).state == "draft"


def test_the_versions_show_what_changed(desk: Client, study: Study, editor: Person, now: datetime) -> None:
    write_draft(study, by=editor, at=now)
    write_draft(study, by=editor, at=now, texts=CLEAN | {"in_short": "FALCO looks for a cause."})
    assert "Version 2" in desk.get(f"{EDITOR}versions/").content.decode()
    page = desk.get(f"{EDITOR}versions/2/").content.decode()
    assert "a cause." in page.partition("<ins>")[2] and "reasons" in page.partition("<del>")[2]
    assert desk.get(f"{EDITOR}versions/9/").status_code == 404


def test_an_earlier_version_is_published_again_or_begun_from(
    desk: Client, approvers_desk: Client, study: Study, editor: Person, investigator: Person, now: datetime
) -> None:
    first = publish(write_draft(study, by=editor, at=now), by=editor, approver=investigator, at=now)
    publish(
        write_draft(study, by=editor, at=now, texts=CLEAN | {"what": "It is a study."}),
        by=editor, approver=investigator, at=now,
    )  # fmt: skip
    assert press(approvers_desk, "again", 1, reason="a mistake in 2").status_code == 303
    assert fresh(first).state == "published"
    assert press(desk, "begin", 2, seen="2").status_code == 303
    assert OverviewText.objects.get(number=3).texts["what"] == "It is a study."
    assert press(desk, "put-away", 1, reason="").status_code == 409
    assert press(desk, "put-away", 1, reason="a reason").status_code == 303


def test_rules_make_a_first_draft(desk: Client) -> None:
    assert desk.post(f"{EDITOR}do/rules/", {"seen": "0"}).status_code == 303
    assert "by rules, without a language model" in desk.get(EDITOR).content.decode()
    assert desk.post(f"{EDITOR}do/rules/", {"seen": "0"}).status_code == 409


def test_a_text_of_a_model_shows_how_far_it_is(desk: Client, editor: Person, settings: Any) -> None:
    assert "language model" not in desk.get(EDITOR).content.decode()
    assert desk.post(f"{EDITOR}do/model/").status_code == 409
    settings.OVERVIEW_ENDPOINT, settings.OVERVIEW_MODEL = "http://127.0.0.1:9/v1", "m"
    progress = desk.post(f"{EDITOR}do/model/").headers["Location"]
    GenerationJob.objects.update(state="running", received="<b>half")
    page = desk.get(progress)
    assert page.headers["Refresh"] == "3"
    assert "&lt;b&gt;half" in page.content.decode() and "7 signs so far" in page.content.decode()
    desk.post(f"{EDITOR}do/cancel/")
    page = desk.get(progress)
    assert "Refresh" not in page.headers and "Cancelled" in page.content.decode()


def test_notes_are_written_approved_and_withdrawn(desk: Client, approvers_desk: Client) -> None:
    new = f"{EDITOR}note/"
    send = {"section": "overview", "text": "After an abortion you may join.", "reason": ""}
    refused = desk.post(new, send)
    assert refused.status_code == 400 and "A word that can hurt" in refused.content.decode()
    assert desk.post(new, send | {"text": "Parking is free for you."}).status_code == 303
    note = PublicNote.objects.get()
    assert "a note waits for approval" in approvers_desk.get(LIST).content.decode()
    do = f"{LIST}{NUMBER}/notes/{note.pk}/"
    assert desk.post(f"{do}approve/", {"seen": "1"}).status_code == 409
    assert approvers_desk.post(f"{do}approve/", {"seen": "1"}).status_code == 303
    assert "Parking is free" in Client().get(f"/en/studies/{NUMBER}/").content.decode()
    assert desk.post(do, {"text": "Parking is free.", "reason": "", "seen": "1"}).status_code == 303
    stale = desk.post(do, {"text": "My words.", "reason": "", "seen": "1"})
    assert stale.status_code == 409 and "My words." in stale.content.decode()
    assert desk.post(f"{do}withdraw/").status_code == 303


def test_a_study_is_found_to_begin_one(desk: Client) -> None:
    for asked in (NUMBER, "recurrent miscarriages"):
        assert NUMBER in desk.get(LIST, {"q": asked}).content.decode().partition("found")[2]
    assert "0 studies found" in desk.get(LIST, {"q": "x\x00y%"}).content.decode()


def test_people_of_other_studies_find_nothing_here(study: Study) -> None:
    stranger = make_staff(Role.EDITOR, email="stranger@example.org", study="NCT04017754")
    browser = browser_of(stranger)
    assert not may_write(stranger, NUMBER)
    for address in (f"{LIST}{NUMBER}/", EDITOR, f"{EDITOR}preview/", f"{EDITOR}versions/", f"{EDITOR}note/"):
        assert browser.get(address).status_code == 404, address
    assert browser.post(f"{EDITOR}do/rules/", {"seen": "0"}).status_code == 404
    with pytest.raises(NotYours):
        ask_for_text(study=study, language="en", by=stranger, at=study.current_version.fetched_at)  # type: ignore[union-attr]


def test_addresses_that_name_nothing_are_not_found(desk: Client) -> None:
    for address in (f"{LIST}{NUMBER}/de/", f"{LIST}NCT00000000/", f"{EDITOR}generation/"):
        assert desk.get(address).status_code == 404, address
    for act in ("drop", "approve"):
        assert press(desk, act, 7).status_code == 404
    assert desk.get(f"{EDITOR}do/check/").status_code == 405


def test_every_page_of_the_staff_speaks_french(
    desk: Client, study: Study, editor: Person, now: datetime
) -> None:
    write_draft(study, by=editor, at=now, texts=WITH_A_WRONG_NUMBER)
    for part in ("", f"{NUMBER}/", f"{NUMBER}/en/", f"{NUMBER}/en/preview/", f"{NUMBER}/en/versions/",
                 f"{NUMBER}/en/versions/1/", f"{NUMBER}/en/note/"):  # fmt: skip
        page = desk.get(f"/fr/staff/overviews/{part}").content.decode()
        for trace in ("MISSING-VARIABLE", ">None<", "Save as", "Side by side", "The note"):
            assert trace not in page, (part, trace)


def test_every_refusal_has_its_words() -> None:
    from gravida.find.overviews import failures

    named = {one for one in vars(failures).values() if isinstance(one, type) and issubclass(one, Exception)}
    assert named <= set(REFUSALS)
    assert in_words(failures.OwnWords())

"""The eight questions: where each answer comes from, and how one that has none reaches the team."""

import re
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from gravida.find.contact.models import Message
from gravida.find.models import Study
from gravida.find.overviews.provenance import Provenance
from gravida.find.overviews.reads import Overview
from gravida.find.questions.checks import faults
from gravida.find.questions.chosen import known, with_questions
from gravida.find.questions.eight import CODES, Source, open_codes, study_questions
from gravida.find.questions.record_answers import record_answer
from gravida.find.record import Intervention, Location, PartialDate, StudyRecord
from gravida.protocol.study import StudyFolder
from tests.find.contact.pages.conftest import FORM, make_letter

STUDY = "NCT05557201"
PAGE = f"/en/studies/{STUDY}/"


def text_of(answer: Any) -> str:
    return unescape(answer.content.decode())


def falco() -> Study:
    return Study.objects.with_record().get(number=STUDY)


def overview(**sections: str) -> Overview:
    told = Provenance(
        writer="rules", made_at=timezone.now(), record_day=None, record_fetched_at=timezone.now()
    )
    return Overview(study=STUDY, language="en", sections=sections, provenance=told)


def test_the_questions_stand_in_their_order(bundled: None) -> None:
    asked = study_questions(falco(), overview=None, write="")
    assert tuple(one.code for one in asked) == CODES
    assert len(asked) == 8


def test_the_overview_answers_before_the_folder_and_the_folder_before_the_record(
    bundled: None, own_folder: StudyFolder
) -> None:
    # given an overview that answers one question, a folder that answers it and another
    file = own_folder.path / "texts/questions.toml"
    file.write_text(
        '[what]\nen = "Folder."\nfr = "Dossier."\n[how_long]\nen = "Two hours."\nfr = "Deux heures."\n'
    )
    # when the questions are put together
    found = {one.code: one for one in study_questions(falco(), overview=overview(what="Overview."), write="")}
    # then each answer comes from the first that has one
    assert (found["what"].source, found["what"].answer[0].lines) == (Source.OVERVIEW, ("Overview.",))
    assert (found["how_long"].source, found["how_long"].answer[0].lines) == (Source.FOLDER, ("Two hours.",))
    assert found["could_i"].source is Source.RECORD
    assert found["risks"].source is Source.NOBODY


@pytest.mark.parametrize(
    "wrong", ['[riscs]\nen = "x"\n', 'risks = "x"\n', '[risks]\nen = ""\n', "[risks\n", "[risks]\n"]
)
def test_a_file_of_answers_with_a_mistake_is_left_aside_and_named(
    bundled: None, own_folder: StudyFolder, wrong: str
) -> None:
    (own_folder.path / "texts/questions.toml").write_text(wrong)
    risks = study_questions(falco(), overview=None, write="")[3]
    assert (risks.code, risks.source) == ("risks", Source.NOBODY)
    assert any("questions.toml" in fault for fault in faults())


RECORD = StudyRecord(
    number="NCT00000001", study_type="OBSERVATIONAL", sex="FEMALE", minimum_age="18 Years",
    maximum_age="50 Years", minimum_age_months=216, maximum_age_months=611, conditions=("Miscarriage",),
    started=PartialDate(text="2022-10"), completed=PartialDate(text="2029-10-31"), has_results=False,
    locations=(*[Location(city="Paris", country="France")] * 2, Location()),
    interventions=(Intervention(kind="DRUG", name="Prednisone"),),
)  # fmt: skip


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("what", ["Observational: no treatment is tested.", "Miscarriage"]),
        ("could_i", ["It is for: Women, 18 to 50 years. The full list of conditions stands below."]),
        (
            "what_would_i_do",
            ["Where: Paris, France.", "The record names this as given or done:", "Prednisone"],
        ),
        ("how_long", ["The study as a whole: from October 2022 to 31 October 2029."]),
        ("results", ["The registry holds no results of this study so far."]),
        ("risks", []),
        ("data", []),
        ("cost", []),
    ],
)
def test_a_record_answers_what_its_fields_say_and_no_more(code: str, expected: list[str]) -> None:
    assert [line.text for line in record_answer(code, RECORD)] == expected


@pytest.mark.parametrize("code", CODES)
def test_an_empty_record_answers_nothing(code: str) -> None:
    assert record_answer(code, StudyRecord(number="NCT00000001")) == ()


# Asking the team.


def test_an_open_question_leads_to_the_form_by_its_code(visitor: Client) -> None:
    shown = text_of(visitor.get(f"{PAGE}?near=Lyon"))
    links = re.findall(r'href="([^"]*[?&]ask=[^"]*)"', shown)
    assert f"/en/studies/{STUDY}/contact/?near=Lyon&ask=cost#asked" in links
    # codes only: no words in the address
    assert all(re.fullmatch(r"/en/studies/\w+/contact/\?near=Lyon&ask=[a-z_]+#asked", link) for link in links)


def test_several_questions_are_ticked_and_others_offered(visitor: Client) -> None:
    shown = text_of(visitor.get(f"{FORM}?ask=cost&ask=risks&ask=nonsense&ask=<script>"))
    ticked = re.findall(r'name="asked" value="(\w+)"[^>]* checked', shown)
    offered = re.findall(r'name="asked" value="(\w+)"', shown)
    assert ticked == ["risks", "cost"]
    assert set(offered) == {*open_codes(falco(), at=timezone.now()), "risks", "cost"}
    assert "nonsense" not in shown.partition("<main")[2].partition("</main>")[0]


def test_a_chosen_question_is_a_line_of_its_own_in_the_message(visitor: Client) -> None:
    answer = visitor.post(FORM, make_letter(asked=["risks", "cost"], message="Good evening."))
    assert answer.status_code == 302
    assert Message.objects.get().text == (
        "Good evening.\n\nI would like to ask:\n– What are the risks, what could I gain?\n"
        "– Does it cost anything, is it paid?"
    )


def test_a_question_alone_is_a_message(visitor: Client) -> None:
    visitor.post("/fr" + FORM.removeprefix("/en"), make_letter(asked=["cost"], message=""))
    assert Message.objects.get().text.startswith("J’aimerais demander\u00a0:\n– Est-ce que cela coûte")


def test_ticks_survive_an_error_and_the_choice_of_a_centre(visitor: Client, other_team: object) -> None:
    # given two centres, when the address brings a question, then it goes along
    shown = text_of(visitor.get(f"{FORM}?ask=cost"))
    assert '<input type="hidden" name="ask" value="cost">' in shown
    centre = re.search(r'name="centre" value="([^"]+)"', shown)
    assert centre is not None
    # and it stays ticked after an error
    letter = make_letter(asked=["cost"], first_name="", centre=centre[1])
    assert re.search(r'value="cost"[^>]* checked', text_of(visitor.post(FORM, letter)))
    # and while another centre is chosen
    again = text_of(visitor.post(FORM, letter | {"show": "centre"}))
    assert '<input type="hidden" name="asked" value="cost">' in again


def test_a_code_that_is_no_question_is_refused(visitor: Client) -> None:
    assert visitor.post(FORM, make_letter(asked=["<b>"])).status_code == 200
    assert not Message.objects.exists()


def test_without_an_open_team_the_page_says_what_else_to_do(bundled: None) -> None:
    shown = text_of(Client().get(PAGE))
    assert "Nobody of this study can be written to here now." in shown
    assert not re.search(r"[?&]ask=", shown)
    assert 'href="#contact"' in shown


def test_codes_are_known_once_and_in_the_order_of_the_page() -> None:
    assert known(["cost", "what", "cost", "x"]) == ["what", "cost"]
    assert with_questions("Hello", []) == "Hello"

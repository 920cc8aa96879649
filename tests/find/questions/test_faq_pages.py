"""The pages of questions: search, anchors, structured data, what a study's folder changes."""

import json
import re
from html import unescape
from typing import Any

import pytest
from django.test import Client

from gravida.find.questions.checks import faults
from gravida.find.questions.faq import Faq, folded, found, questions_of_kind, questions_of_study
from gravida.find.questions.faq_data import faq_data
from gravida.find.questions.kinds import kind_of
from gravida.find.record import StudyRecord
from gravida.protocol.study import StudyFolder
from tests.journeys.test_hostile_text import PAYLOADS

PAGE = "/en/studies/NCT05557201/faq/"


def text_of(answer: Any) -> str:
    return unescape(answer.content.decode())


@pytest.mark.parametrize(
    ("study_type", "title", "expected"),
    [
        ("INTERVENTIONAL", "A Registry-based trial", "interventional"),
        ("OBSERVATIONAL", "A cohort of women", "cohort"),
        ("OBSERVATIONAL", "The Danish Registry of losses", "registry"),
        ("OBSERVATIONAL", "Registre des fausses couches", "registry"),
        ("OBSERVATIONAL", "Registered losses", "cohort"),
        ("EXPANDED_ACCESS", "", "expanded_access"),
        ("", "", ""),
        ("SOMETHING_NEW", "", ""),
    ],
)
def test_a_study_is_of_the_kind_that_its_record_says(study_type: str, title: str, expected: str) -> None:
    record = StudyRecord(number="NCT00000001", study_type=study_type, brief_title=title)
    assert kind_of(record) == expected


def test_a_kind_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValueError, match="wanted one of"):
        questions_of_kind("dream", language="en")


@pytest.mark.parametrize(
    ("typed", "language", "expected"),
    [
        ("AME", "en", {"ame"}),
        ("grossesse PERDRE", "fr", {"partner"}),
        ("medecin", "fr", {"drug", "doctor", "pregnant"}),
        ("qqq", "en", set()),
        ("l’équipe", "fr", {"stop"}),
    ],
)
def test_a_search_finds_words_by_their_beginning(typed: str, language: str, expected: set[str]) -> None:
    ids = {one.id for one in found(questions_of_kind("cohort", language=language), typed)}
    assert ids >= expected - {"pregnant"}
    assert bool(ids) is bool(expected)


def test_nothing_typed_keeps_every_question() -> None:
    every = questions_of_kind("registry", language="en")
    assert found(every, " ?! ") == every
    assert folded("L’Équipe, à vous…") == "l equipe a vous"


def test_the_page_of_a_study_answers_and_searches_without_script(bundled: None) -> None:
    shown = text_of(Client().get(f"{PAGE}?q=blood"))
    assert 'id="faq-samples"' in shown
    assert re.search(r"<details open>\s*<summary>What happens to my blood samples\?", shown)
    assert re.search(r"<details hidden open>\s*<summary>What about my partner\?", shown)
    assert "Show all questions" in shown
    assert "No question holds “zzz”" in text_of(Client().get(f"{PAGE}?q=zzz"))


@pytest.mark.parametrize("typed", PAYLOADS)
def test_what_is_searched_for_is_shown_as_text(bundled: None, typed: str) -> None:
    shown = Client().get(PAGE, {"q": typed.replace("\ud800", "")}).content.decode()
    body = shown.partition("<body")[2]
    assert "<script>alert" not in body and "<iframe" not in body and "<svg onload" not in body


@pytest.mark.parametrize("payload", PAYLOADS)
def test_structured_data_cannot_end_its_block(payload: str) -> None:
    asked = (Faq(id="x", question=payload, answer=payload),)
    written = faq_data(asked, address="https://example.org/faq/", language="en")
    assert not re.search(r"[<>&\u2028\u2029]", written)
    data = json.loads(written)
    assert data["mainEntity"][0]["acceptedAnswer"]["text"] == payload
    assert data["mainEntity"][0]["url"] == "https://example.org/faq/#faq-x"


def test_the_page_carries_its_questions_as_structured_data(bundled: None) -> None:
    shown = Client().get(PAGE).content.decode()
    block = re.search(r'<script type="application/ld\+json">(.*?)</script>', shown, re.S)
    assert block is not None
    data = json.loads(block[1])
    assert data["@type"] == "FAQPage"
    assert [one["name"] for one in data["mainEntity"]] == [
        one.question for one in questions_of_kind("cohort", language="en")
    ]


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("kind", ["interventional", "cohort", "registry", "expanded_access"])
def test_each_kind_has_its_page(bundled: None, kind: str, language: str) -> None:
    shown = text_of(Client().get(f"/{language}/faq/{kind}/"))
    for one in questions_of_kind(kind, language=language):
        assert f'id="faq-{one.id}"' in shown
        assert one.question in shown
    assert f"/{language}/faq/{kind}/" in text_of(Client().get(f"/{language}/faq/"))


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/en/faq/dream/", 404),
        ("/en/studies/NCT00000000/faq/", 404),
        ("/en/studies/nct05557201/faq/", 301),
        ("/en/studies/NCT04275778/faq/", 302),  # its record does not say of which kind it is
    ],
)
def test_an_address_without_questions_leads_elsewhere_or_nowhere(
    bundled: None, path: str, status: int
) -> None:
    assert Client().get(path).status_code == status


def test_a_study_of_no_known_kind_shows_no_questions(bundled: None) -> None:
    assert 'id="faq"' not in text_of(Client().get("/en/studies/NCT04275778/"))


# What a study's folder changes.


def test_a_folder_replaces_leaves_out_and_adds(own_folder: StudyFolder) -> None:
    # given a folder with its own questions
    (own_folder.path / "texts/faq.toml").write_text(
        '[[question]]\nid = "paid"\nask.en = "Paid?"\nask.fr = "Payé ?"\n'
        'answer.en = "No."\nanswer.fr = "Non."\n'
        '[[question]]\nid = "ame"\nleave_out = true\n'
        '[[question]]\nid = "parking"\nask.fr = "Où me garer ?"\nanswer.fr = "Derrière."\n'
    )
    # when the study's questions are read
    asked = {one.id: one for one in questions_of_study(own_folder, "cohort", language="en")}
    # then one is replaced, one is gone, one stands at the end in the language it has
    assert (asked["paid"].question, asked["paid"].answer) == ("Paid?", "No.")
    assert "ame" not in asked
    assert list(asked)[-1] == "parking"
    assert asked["parking"].question == "Où me garer ?"
    assert "what_is_it" in asked


@pytest.mark.parametrize(
    "wrong",
    [
        '[[question]]\nid = "x"\nask.en = "?"',
        '[[question]]\nask.en = "?"\nanswer.en = "!"',
        '[[question]]\nid = "x"\nask.en = "?"\nanswer.fr = "!"',
        '[[question]]\nid = "x y\\"><b>"\nask.en = "?"\nanswer.en = "!"',
        "[[question",
        "question = 3",
    ],
)
def test_a_file_of_questions_with_a_mistake_changes_nothing_and_is_named(
    own_folder: StudyFolder, wrong: str
) -> None:
    (own_folder.path / "texts/faq.toml").write_text(f"{wrong}\n")
    asked = questions_of_study(own_folder, "cohort", language="en")
    assert asked == questions_of_kind("cohort", language="en")
    assert any("faq.toml" in fault for fault in faults())


def test_criteria_that_ask_too_much_are_named(own_folder: StudyFolder) -> None:
    assert faults() == []
    study = own_folder.path / "study.toml"
    more = '[[fact]]\nid = "eighth"\ntype = "yn"\nquestion.en = "?"\nquestion.fr = "?"\n'
    rule = '[[criterion]]\nid = "eighth"\nkind = "exclusion"\ntext.en = "x"\ntext.fr = "x"\nrule = "eighth"\n'
    source = 'source = { field = "f", item = "i" }\n'
    study.write_text(study.read_text(encoding="utf-8") + more + rule + source, encoding="utf-8")
    assert faults() == ["study falco shows no self-check: 8 questions, wanted at most 7"]


def test_a_studys_page_shows_the_first_questions_and_leads_to_the_others(bundled: None) -> None:
    shown = text_of(Client().get("/en/studies/NCT05557201/"))
    assert re.findall(r'id="faq-(\w+)"', shown)[1:3] == ["what_is_it", "why_take_part"]
    assert f'<a href="{PAGE}">12 more questions</a>' in shown
    assert f'action="{PAGE}"' in shown

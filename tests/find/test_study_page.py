"""The page of a study. The defects of the page Gravida grew out of are each a test."""

import json
import re
from datetime import UTC, datetime

import pytest
from django.test import Client
from django.utils.html import strip_tags

from gravida.find.models import Study

pytestmark = pytest.mark.usefixtures("bundled")
ADDRESS = "/en/studies/NCT05557201/"


@pytest.fixture
def visitor() -> Client:
    return Client(headers={"accept-language": "en"})


@pytest.fixture
def page(visitor: Client) -> str:
    return visitor.get(ADDRESS).content.decode()


def _every_page(visitor: Client) -> dict[str, str]:
    numbers = Study.objects.listed().values_list("number", flat=True)
    addresses = [f"/{language}/studies/{number}/" for number in numbers for language in ("en", "fr")]
    return {address: visitor.get(address).content.decode() for address in addresses}


def test_no_template_variable_is_ever_left_unrendered(visitor: Client) -> None:
    for address, content in _every_page(visitor).items():
        content = re.sub(r"<script.*?</script>", "", content, flags=re.DOTALL)  # noqa: PLW2901 - data, not text
        for trace in ("{{", "}}", "{%", "MISSING-VARIABLE", ">None<", "undefined"):
            assert trace not in content, f"{trace} in {address}"


def test_no_contact_card_is_shown_without_a_contact(page: str) -> None:
    assert "Primary Contact" not in page
    assert "Investigator" not in page


def test_languages_are_named_only_where_there_are_some(visitor: Client) -> None:
    for address, content in _every_page(visitor).items():
        assert not re.search(r"The team speaks\s*\.?\s*<", content), address


def test_nothing_claims_that_a_message_was_sent(page: str) -> None:
    assert "submitted" not in page
    assert "has been sent" not in page


def test_every_date_says_what_it_is(page: str) -> None:
    # given the dates on the page outside the folded record text
    shown = page.partition('id="registry"')[0]
    text = re.sub(r"\s+", " ", strip_tags(shown.partition("<body>")[2]))
    dates = [match.start() for match in re.finditer(r"\b\d{1,2} [A-Z][a-z]+ 20\d\d", text)]
    # then each stands right after a word that labels it
    labels = (
        "record of ",
        "the registry record on ",
        "Started ",
        "Expected end ",
        "updated ",
        "Record of ",
        "→became ",
        ": ",
        "Start: ",
        " began on ",
        " end on ",
    )
    for start in dates:
        before = text[max(0, start - 30) : start]
        assert any(label.strip() in before for label in labels), f"a date without a label: …{before}"


def test_the_title_stands_once_and_an_observational_study_has_no_phase(page: str) -> None:
    assert page.count("<h1") == 1
    assert "Phase N/A" not in page
    assert "phase" not in strip_tags(page).lower()
    assert "Observational: no treatment is tested" in page


def test_the_place_names_a_town_and_a_distance(visitor: Client) -> None:
    page = visitor.get(f"{ADDRESS}?near=Lyon").content.decode()
    assert "Paris, France" in page
    assert re.search(r"39\d km away", page)


def test_a_study_without_a_known_place_says_so(visitor: Client) -> None:
    page = visitor.get(f"{ADDRESS}?near=Xyzzyville").content.decode()
    assert "We do not know this place" in page
    assert "Paris, France" in page


def test_an_observational_study_promises_no_treatment(page: str) -> None:
    text = strip_tags(page)
    for promise in ("early access", "potentially effective", "interventions", "innovative"):
        assert promise not in text


def test_abbreviations_and_hurtful_words_stand_in_the_registry_text_only(page: str) -> None:
    ours = re.sub(r'<div class="registry-text".*?</div>', "", page, flags=re.DOTALL)
    text = strip_tags(ours.partition("<body>")[2])
    for word in ("RCF", "RFC", "RPL", "Recidivism", "recidivism", "abortion"):
        assert word not in text
    assert "State Medical Aid" in text


def test_nothing_says_written_by_a_machine(page: str) -> None:
    assert not re.search(r"\bAI\b", strip_tags(page))


def test_the_criteria_stand_as_two_lists_in_the_second_person(page: str) -> None:
    possible, _, not_possible = page.partition('class="not-possible"')
    for text in ("You are 18 to 50 years old.", "at least three implantation failures", "social security"):
        assert text in strip_tags(possible)
    for text in ("You do not agree to the use of your data", "State Medical Aid", "legal protection"):
        assert text in strip_tags(not_possible.partition("</section>")[0])


def test_the_criteria_are_in_french_on_the_french_page(visitor: Client) -> None:
    page = visitor.get("/fr/studies/NCT05557201/").content.decode()
    assert "Vous avez de 18 à 50 ans." in page
    assert "aide médicale de l’État" in page


def test_a_bundled_record_says_that_it_is_one(page: str) -> None:
    assert "This record came with Gravida." in page


def test_what_changed_between_versions_is_told_as_far_as_it_was_read(page: str) -> None:
    changes = re.sub(r"\s+", " ", strip_tags(page.partition('id="changes"')[2].partition("</section>")[0]))
    assert "People planned: 500 → became 700" in changes.replace("→became", "→ became")
    assert "October 2025" in changes
    assert "31 October 2029" in changes
    assert "reworded" not in changes


def test_structured_data_tell_a_medical_study(page: str) -> None:
    data = json.loads(page.partition('<script type="application/ld+json">')[2].partition("</script>")[0])
    assert "MedicalStudy" in data["@type"]
    assert data["name"] == "Why do some women lose several early pregnancies?"
    assert data["identifier"] == "NCT05557201"
    assert data["status"] == "RECRUITING"


def test_a_number_in_small_letters_leads_to_the_one_address(visitor: Client) -> None:
    answer = visitor.get("/en/studies/nct05557201/")
    assert answer.status_code == 301
    assert answer.headers["Location"] == ADDRESS


@pytest.mark.parametrize("number", ["NCT00000000", "x", "..", "NCT05557201%00"])
def test_a_study_that_is_not_held_is_not_found(visitor: Client, number: str) -> None:
    answer = visitor.get(f"/en/studies/{number}/")
    assert answer.status_code == 404
    assert b"There is no page here" in answer.content


def test_the_picture_of_a_study_is_its_folder_s_own(visitor: Client) -> None:
    answer = visitor.get("/en/studies/NCT05557201/picture.svg")
    assert answer.headers["Content-Type"] == "image/svg+xml"
    assert b"<svg" in b"".join(answer.streaming_content)
    assert "sandbox" in answer.headers["Content-Security-Policy"]


def test_a_study_that_the_registry_no_longer_lists_says_so(visitor: Client) -> None:
    Study.objects.filter(number="NCT05557201").update(absent_since=datetime(2026, 3, 1, 12, tzinfo=UTC))
    page = visitor.get(ADDRESS).content.decode()
    assert "The registry has not listed this study since 1 March 2026." in page

"""The page for the doctor's visit: what it says, what it leaves out, and a code that leads to the study."""

import io
import re

import pytest
import zxingcpp
from django.test import Client
from django.utils.html import strip_tags
from PIL import Image

from gravida.find.models import Study
from gravida.find.sheet.asked import SPOKEN
from gravida.find.sheet.qr import qr_svg

FALCO = "/en/studies/NCT05557201/page/"


@pytest.fixture
def visitor() -> Client:
    return Client(headers={"accept-language": "en"})


def _drawn(svg: str) -> Image.Image:
    """The picture of a code's path: rows of strokes, as `M4 4.5h7m1 0h2`, one unit a module."""
    size = int(re.search(r'viewBox="0 0 (\d+) ', svg)[1])  # type: ignore[index]
    picture = Image.new("L", (size, size), 255)
    path = re.search(r' d="([^"]+)"[^>]*/></svg>$', svg)[1]  # type: ignore[index]
    x = y = 0.0
    for command, numbers in re.findall(r"([Mmhv])([^Mmhv]*)", path):
        found = [float(number) for number in re.findall(r"-?\d*\.?\d+", numbers)]
        if command == "M":
            x, y = found
        elif command == "m":
            x, y = x + found[0], y + found[1]
        elif command == "h":
            for module in range(int(found[0])):
                picture.putpixel((int(x) + module, int(y)), 0)
            x += found[0]
    return picture.resize((size * 8, size * 8), Image.Resampling.NEAREST)


@pytest.mark.parametrize(
    "address",
    [
        "https://gravida.example.org/en/studies/NCT05557201/",
        "http://127.0.0.1:8000/fr/studies/NCT05557201/",
        "https://" + "a" * 60 + ".example.org/fr/studies/NCT05557201/",
    ],
)
def test_the_code_is_read_back_as_the_address(address: str) -> None:
    svg = qr_svg(address, label="Code")
    read = zxingcpp.read_barcodes(_drawn(svg))
    assert [one.text for one in read] == [address]
    # and it brings nothing that the security policy refuses, and says what it is
    assert "style=" not in svg
    assert 'role="img"' in svg
    assert "<title>Code</title>" in svg


def test_the_label_of_a_code_is_text() -> None:
    assert "<b>" not in qr_svg("https://example.org/", label="<b>")


@pytest.mark.usefixtures("bundled")
def test_the_page_says_the_study_in_short_and_leads_to_it(visitor: Client) -> None:
    page = visitor.get(f"{FALCO}?near=Lyon").content.decode()
    text = " ".join(strip_tags(page).split())
    for said in (
        "Why do some women lose several early pregnancies?", "NCT05557201", "In short", "18 to 50 years",
        "Possible if all of this is true", "You are covered by a social security system.",
        "Not possible if any of this is true", "What it asks of me",
        "Paris, France", "390 km away", "How to reach the team", "My questions", "Source: ClinicalTrials.gov",
        "record updated 19 December 2025",
    ):  # fmt: skip
        assert said in text, said
    address = "http://testserver/en/studies/NCT05557201/"
    assert address in text
    svg = re.search(r"<svg.*?</svg>", page, flags=re.DOTALL)
    assert svg is not None
    assert [one.text for one in zxingcpp.read_barcodes(_drawn(svg[0]))] == [address]


@pytest.mark.usefixtures("bundled")
def test_the_address_in_the_code_follows_the_base_address_and_the_language(visitor: Client, settings) -> None:  # type: ignore[no-untyped-def]
    settings.BASE_URL = "https://gravida.example.org"
    page = visitor.get("/fr/studies/NCT05557201/page/").content.decode()
    svg = re.search(r"<svg.*?</svg>", page, flags=re.DOTALL)
    assert svg is not None
    read = zxingcpp.read_barcodes(_drawn(svg[0]))
    assert [one.text for one in read] == ["https://gravida.example.org/fr/studies/NCT05557201/"]


@pytest.mark.usefixtures("bundled")
def test_questions_come_by_fixed_codes_and_anything_else_is_passed_over(visitor: Client) -> None:
    page = visitor.get(
        f"{FALCO}?ask=results&ask=risks&ask=<script>alert(1)</script>&ask=risks"
    ).content.decode()
    questions = re.search(r'<section class="sheet-questions".*?</section>', page, flags=re.DOTALL)
    assert questions is not None
    assert re.findall(r"<li>(.*?)</li>", questions[0]) == [str(SPOKEN["risks"]), str(SPOKEN["results"])]
    assert "<script>alert" not in page


@pytest.mark.parametrize(
    ("show", "says", "says_not"),
    [
        ("untitled", ["Study NCT05557201", "In short"], ["Why do some women lose"]),
        (
            "neutral",
            ["Study NCT05557201", "My questions"],
            ["Why do some women lose", "In short", "FALCO", "losses"],
        ),
        ("<b>", ["Why do some women lose"], ["<b>"]),
    ],
)
@pytest.mark.usefixtures("bundled")
def test_what_the_study_is_about_can_be_left_out(
    visitor: Client, show: str, says: list[str], says_not: list[str]
) -> None:
    page = visitor.get(FALCO, {"show": show}).content.decode()
    # given what a printer prints: the sheet, and the title in its margin
    printed = re.search(r"<title>.*?</title>", page, flags=re.DOTALL)[0]  # type: ignore[index]
    printed += re.search(r'<article class="sheet".*?</article>', page, flags=re.DOTALL)[0]  # type: ignore[index]
    text = strip_tags(printed)
    assert [one for one in says if one not in text] == []
    assert [one for one in says_not if one in text] == []


@pytest.mark.usefixtures("bundled")
def test_every_bundled_study_has_its_page_in_both_languages(visitor: Client) -> None:
    for number in Study.objects.listed().values_list("number", flat=True):
        for language in ("en", "fr"):
            response = visitor.get(f"/{language}/studies/{number}/page/")
            assert response.status_code == 200
            content = response.content.decode()
            assert not [trace for trace in ("MISSING-VARIABLE", "{{", "{%", ">None<") if trace in content]
            assert not response.cookies


@pytest.mark.usefixtures("bundled")
def test_small_letters_lead_to_the_one_address_and_an_unknown_number_to_none(visitor: Client) -> None:
    assert visitor.get("/en/studies/nct05557201/page/").headers["Location"] == FALCO
    assert visitor.get("/en/studies/NCT00000000/page/").status_code == 404
    response = visitor.get(FALCO)
    assert response.headers["X-Robots-Tag"] == "noindex"


def test_the_decoder_itself_refuses_a_damaged_picture() -> None:
    # given a code with its middle painted over, so that a test that reads everything would be caught
    picture = _drawn(qr_svg("https://example.org/en/studies/NCT05557201/", label="Code"))
    width, height = picture.size
    picture.paste(255, (width // 5, height // 5, width - width // 5, height - height // 5))
    saved = io.BytesIO()
    picture.save(saved, "PNG")
    assert [one.text for one in zxingcpp.read_barcodes(Image.open(saved))] == []

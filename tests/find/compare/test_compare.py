"""Studies side by side: whatever the address asks is answered kindly, and differences stand in words."""

import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.http import QueryDict
from django.test import Client
from django.utils.html import strip_tags

from gravida.find.compare.chosen import AT_MOST, address_of, chosen_in

pytestmark = pytest.mark.usefixtures("bundled")
FALCO, PREMI, ART, ERA = "NCT05557201", "NCT05725512", "NCT04701034", "NCT06762626"


@pytest.fixture
def visitor() -> Client:
    return Client(headers={"accept-language": "en"})


def _page(visitor: Client, *numbers: str, **more: str) -> str:
    response = visitor.get("/en/compare/", {"study": numbers, **more})
    assert response.status_code == 200
    assert not response.cookies
    assert response.headers["X-Robots-Tag"] == "noindex"
    content = response.content.decode()
    assert not [trace for trace in ("MISSING-VARIABLE", "{{", "{%", ">None<") if trace in content]
    return content


def _text(content: str) -> str:
    return " ".join(strip_tags(content).split())


def _rows(content: str) -> dict[str, list[str]]:
    """What the table says: the cells of each row by its label."""
    found = {}
    for row in re.findall(r'<tr role="row">(.*?)</tr>', content.partition("<tbody")[2], flags=re.DOTALL):
        label = re.search(r'scope="row">([^<]*)', row)
        assert label is not None
        found[label[1].strip()] = [_text(cell) for cell in re.findall(r"<td.*?</td>", row, flags=re.DOTALL)]
    return found


@pytest.mark.parametrize(
    ("asked", "shown", "waiting", "unknown"),
    [
        ("", [], [], []),
        (f"study={FALCO}", [FALCO], [], []),
        (f"study={FALCO}&study={FALCO.lower()}", [FALCO], [], []),
        (f"study={FALCO}&study={PREMI}", [FALCO, PREMI], [], []),
        (f"study={PREMI}&study={FALCO}", [PREMI, FALCO], [], []),
        (f"study={FALCO}%2C+{PREMI}++{ART}", [FALCO, PREMI, ART], [], []),
        (f"study={FALCO}&study={PREMI}&study={ART}&study={ERA}", [FALCO, PREMI, ART], [ERA], []),
        (f"study={FALCO}&study=NCT00000000", [FALCO], [], ["NCT00000000"]),
        ("study=&study=+", [], [], []),
        ("study=%3Cscript%3E", [], [], ["<SCRIPT>"]),
        ("study=%00NCT05557201", [FALCO], [], []),
        ("study=" + "x" * 400, [], [], ["X" * 40]),
        (
            "&".join(f"study=NCT{place:08d}" for place in range(50)),
            [],
            [],
            [f"NCT{n:08d}" for n in range(20)],
        ),
    ],
)
def test_an_address_chooses(asked: str, shown: list[str], waiting: list[str], unknown: list[str]) -> None:
    chosen = chosen_in(QueryDict(asked))
    assert [study.number for study in chosen.studies] == shown
    assert [study.number for study in chosen.waiting] == waiting
    assert list(chosen.unknown) == unknown
    assert len(chosen.studies) <= AT_MOST


def test_the_choice_is_kept_in_the_address_alone() -> None:
    chosen = chosen_in(QueryDict(f"study={FALCO}&study={PREMI}&near=Lyon"))
    assert chosen.without(FALCO) == address_of([PREMI], near="Lyon")
    query = parse_qs(urlsplit(chosen.with_also(ART)).query)
    assert query == {"study": [FALCO, PREMI, ART], "near": ["Lyon"]}


def test_two_studies_stand_side_by_side_with_every_question(visitor: Client) -> None:
    rows = _rows(_page(visitor, FALCO, PREMI))
    assert list(rows) == [
        "Is it open?", "What kind of study?", "Who can take part?", "What would I do?", "How long?", "Where?",
        "Will there be results?", "Can I write to the team here?", "Which languages does the team speak?",
    ]  # fmt: skip
    assert all(len(cells) == 2 for cells in rows.values())
    assert "Observational: no treatment is tested" in rows["What kind of study?"][0]
    assert "A treatment is tested (phase 4)" in rows["What kind of study?"][1]
    assert "18 to 50 years" in rows["Who can take part?"][0]
    assert "Record of 19 December 2025" in rows["Is it open?"][0]
    assert "French, English" in rows["Which languages does the team speak?"][0]


def test_differences_are_said_in_words(visitor: Client) -> None:
    remarks = re.findall(r'<p class="remark">(.*?)</p>', _page(visitor, FALCO, PREMI, ART))
    assert "Only FALCO tests no treatment." in remarks
    assert "The highest age is that of FALCO (50 years)." in remarks
    # and nothing is said of one study alone
    assert "remark" not in _page(visitor, FALCO)


@pytest.mark.parametrize(
    ("numbers", "said"),
    [
        ((FALCO, PREMI), "All of them are open now."),
        ((FALCO, ART), "Only FALCO is open now."),
        ((FALCO, "NCT04192396"), "None of them tests a treatment."),
    ],
)
def test_what_is_the_same_is_said_too(visitor: Client, numbers: tuple[str, ...], said: str) -> None:
    assert said in _text(_page(visitor, *numbers))


def test_a_place_gives_distances_and_the_nearest(visitor: Client) -> None:
    rows = _rows(_page(visitor, FALCO, "NCT04207814", near="Lyon"))
    assert re.search(r"39\d km away", rows["Where?"][0])
    assert (
        "km"
        not in _text(_page(visitor, FALCO, near="Xyzzyville")).partition("Where?")[2].partition("results")[0]
    )


def test_one_study_invites_another(visitor: Client) -> None:
    page = _page(visitor, FALCO)
    assert "One study is chosen" in page
    added = re.findall(r'<li><a href="(/en/compare/[^"]+)"', page)
    assert added
    # given the first suggestion, then both stand side by side
    query = parse_qs(urlsplit(added[0].replace("&amp;", "&")).query)
    assert len(_rows(_page(visitor, *query["study"]))["Where?"]) == 2


def test_none_is_an_invitation_and_four_wait_their_turn(visitor: Client) -> None:
    assert "Choose two or three studies" in _page(visitor)
    page = _page(visitor, FALCO, PREMI, ART, ERA)
    assert "Three studies fit side by side" in page
    assert ERA in _text(page)
    # when one is removed, the fourth is shown
    removal = re.search(r'href="(/en/compare/\?[^"]+)">Remove', page)
    assert removal is not None
    query = parse_qs(urlsplit(removal[1].replace("&amp;", "&")).query)
    assert query["study"] == [PREMI, ART, ERA]


def test_an_unknown_number_is_told_and_the_rest_is_shown(visitor: Client) -> None:
    page = _page(visitor, FALCO, "NCT00000000", "<script>alert(1)</script>")
    assert "We hold no study with these numbers: NCT00000000, &lt;SCRIPT&gt;" in page
    assert "<script>alert" not in page.lower()
    assert FALCO in page


def test_what_a_record_does_not_say_is_said_to_be_unsaid(visitor: Client) -> None:
    rows = _rows(_page(visitor, "NCT04939064", FALCO))
    assert "The record does not say." in rows["Where?"][0]


@pytest.mark.parametrize("where", ["/en/studies/?q=miscarriage", "/en/studies/NCT05557201/"])
def test_the_list_and_the_study_lead_here(visitor: Client, where: str) -> None:
    page = visitor.get(where).content.decode()
    assert "/en/compare/" in page
    assert f"/en/studies/{FALCO}/page/" in page


def test_ticks_of_a_list_belong_to_its_form(visitor: Client) -> None:
    page = visitor.get("/en/studies/?q=miscarriage&near=Paris&km=any").content.decode()
    ticks: list[Any] = re.findall(
        r'<input type="checkbox" name="study" value="(NCT\d{8})" form="compare">', page
    )
    assert len(ticks) == page.count('class="study-card"')
    form = re.search(r'<form id="compare".*?</form>', page, flags=re.DOTALL)
    assert form is not None
    assert 'action="/en/compare/"' in form[0]
    assert 'name="near" value="Paris"' in form[0]


def test_the_french_page_is_french(visitor: Client) -> None:
    page = visitor.get("/fr/compare/", {"study": [FALCO, PREMI]}).content.decode()
    assert "Seule FALCO ne teste aucun traitement." in page
    assert 'lang="en"' in page  # a title of the registry says in which language it is

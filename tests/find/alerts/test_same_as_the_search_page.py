"""An alert finds a changed study exactly where the search page lists it: generated searches and studies."""

import itertools
import random
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from gravida.find.alerts.changed_studies import Compared, compared
from gravida.find.models import Study
from gravida.find.search import upkeep
from gravida.find.search.engine import answer
from gravida.find.search.generation import Generation
from gravida.find.search.request import Near, SearchRequest
from gravida.find.search.serving import serving
from gravida.find.strict_json import load_kept
from tests.find.search.conftest import AddStudy

NOW = datetime(2026, 11, 3, 9, 0, tzinfo=UTC)
WORDS = (
    "miscarriage", "miscarriages", "recurrent", "loss", "pregnancy", "fausse couche", "fausses couches",
    "endométriose", "endometriosis", "implantation", "failure", "RIF", "IVF", "FIV", "progesterone",
    "the", "et", "aspirin", "antiphospholipid", "APS", "thyroid", "embryo transfer", "early", "unexplained",
    "heparin", "échec d'implantation", "natural killer", "miscariage", "progesteron", "lupus", "women",
    "cohort",
)  # fmt: skip
PLACES = ((48.85, 2.35), (45.76, 4.84), (43.3, 5.37), (50.63, 3.06), (42.36, -71.06), None)
STATUSES = ("RECRUITING", "COMPLETED", "NOT_YET_RECRUITING", "TERMINATED")


def _study(dice: random.Random) -> dict[str, Any]:
    points = dice.sample(PLACES, dice.randint(0, 3))
    return {
        "title": " ".join(dice.sample(WORDS, dice.randint(1, 4))),
        "summary": " ".join(dice.choices(WORDS, k=dice.randint(0, 12))),
        "conditions": dice.sample(WORDS, dice.randint(0, 2)),
        "keywords": dice.sample(WORDS, dice.randint(0, 2)),
        "eligibility": " ".join(dice.choices(WORDS, k=dice.randint(0, 8))),
        "status": dice.choice(STATUSES),
        "study_type": dice.choice(("OBSERVATIONAL", "INTERVENTIONAL", "EXPANDED_ACCESS")),
        "sex": dice.choice(("FEMALE", "MALE", "ALL")),
        "minimum_age": dice.choice((None, "18 Years", "35 Years", "6 Months")),
        "maximum_age": dice.choice((None, "43 Years", "50 Years")),
        "sponsor_number": dice.choice(("", "APHP220747", "XY-4711")),
        "points": points,
    }


def _words(dice: random.Random) -> str:
    if dice.random() < 0.15:
        return ""
    if dice.random() < 0.08:
        return dice.choice(("NCT10000003", "aphp 220747", "xy4711", "zzzzzz"))
    words = dice.choices(WORDS, k=dice.randint(1, 4))
    if dice.random() < 0.2:
        words[0] = f'"{words[0]}"'
    text = " ".join(words)
    return text.upper() if dice.random() < 0.1 else text


def _search(dice: random.Random) -> SearchRequest:
    def sometimes(value: Any, otherwise: Any, share: float = 0.25) -> Any:
        return value if dice.random() < share else otherwise

    place = dice.choice([point for point in PLACES if point])
    radius = dice.choice((10.0, 50.0, 200.0, None))
    return SearchRequest(
        words=_words(dice),
        near=sometimes(Near(latitude=place[0] + 0.1, longitude=place[1], radius_km=radius), None),
        age_years=sometimes(dice.randint(0, 60), None),
        sex=sometimes(dice.choice(("FEMALE", "MALE")), ""),
        statuses=sometimes(tuple(dice.sample(STATUSES, 2)), ()),
        study_type=sometimes("OBSERVATIONAL", "", 0.1),
        no_treatment_tested=sometimes(True, False, 0.1),
        team_language=sometimes("fr", "", 0.05),
        without_synonyms=sometimes(frozenset({"miscarriage", "pregnancy loss"}), frozenset(), 0.1),
        as_typed=sometimes(True, False, 0.2),
    )


def _listed_by_page(request: SearchRequest, index: Generation) -> set[str]:
    """Every study that the page of a search lists, page after page, those of unknown distance with them."""
    from dataclasses import replace

    found: set[str] = set()
    for page in itertools.count(1):
        result = answer(replace(request, page=page, page_size=100), index)
        found |= {hit.number for hit in [*result.hits, *result.unplaced_hits]}
        if page * 100 >= result.total:
            assert result.unplaced_total <= 100
            return found
    raise AssertionError


def _compared(index: Generation, changed: list[Study], before: dict[int, Any]) -> Compared:
    raws = {study.pk: load_kept(study.current_version.raw) for study in changed}
    return compared(raws, now=raws.items(), before=before.items(), index=index)


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(6))
def test_a_search_finds_the_changed_studies_that_its_page_lists_and_no_other(
    add_study: AddStudy, seed: int
) -> None:
    # given some hundred studies, a third of them changed by an import
    dice = random.Random(seed)  # noqa: S311 - a test's dice
    studies = [add_study(**_study(dice)) for _ in range(90)]
    upkeep.rebuild()
    before_index = serving(now=NOW)
    assert before_index is not None
    changed = dice.sample(studies, 30)
    before = {study.pk: load_kept(study.current_version.raw) for study in changed}
    changed = [add_study(number=study.number, **_study(dice)) for study in changed]
    upkeep.update()
    index = serving(now=NOW)
    assert index is not None
    ready = _compared(index, changed, before)
    number_of = {study.pk: study.number for study in changed}
    # when many searches are asked
    hits = 0
    for _ in range(250):
        request = _search(dice)
        listed, _ = ready.listed(request)
        # then each finds what the page lists of them
        page = _listed_by_page(request, index)
        assert {number_of[study] for study in listed} == page & set(number_of.values()), request
        hits += len(listed)
    assert hits > 300


@pytest.mark.django_db
def test_a_strict_search_counts_in_the_whole_index_whether_enough_is_found(add_study: AddStudy) -> None:
    # given nine studies that carry both words, and a changed one that carries the rarer one only
    for _ in range(9):
        add_study("Thyroid and aspirin")
    for _ in range(4):
        add_study("Lupus")
    one = add_study("Aspirin alone")
    upkeep.update()
    index = serving(now=NOW)
    ready = _compared(index, [one], {})
    request = SearchRequest(words="thyroid aspirin")
    # then it is listed, as nine do not fill a page
    assert (ready.listed(request)[0] == [one.pk]) == (one.number in _listed_by_page(request, index))
    assert ready.listed(request)[0] == [one.pk]
    # when a tenth is there, it no longer is
    add_study("Thyroid with aspirin")
    upkeep.update()
    index = serving(now=NOW)
    ready = _compared(index, [one], {})
    assert ready.listed(request)[0] == []
    assert one.number not in _listed_by_page(request, index)


@pytest.mark.django_db
def test_what_a_search_listed_before_is_told_from_what_is_new_to_it(
    add_study: AddStudy, find: Callable[..., Any]
) -> None:
    one = add_study("Heparin", minimum_age="40 Years")
    two = add_study("Heparin", minimum_age="20 Years", status="NOT_YET_RECRUITING")
    before = {study.pk: load_kept(study.current_version.raw) for study in (one, two)}
    one = add_study("Heparin", number=one.number, minimum_age="30 Years")
    two = add_study("Heparin", number=two.number, minimum_age="20 Years", status="RECRUITING")
    upkeep.update()
    ready = _compared(serving(now=NOW), [one, two], before)
    listed, before_too = ready.listed(SearchRequest(words="heparin", age_years=34))
    assert (sorted(listed), before_too) == ([one.pk, two.pk], {two.pk})

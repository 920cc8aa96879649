"""Each filter at its borders, the order of results, pages, counts, and what to drop when nothing is found."""

from typing import Any

import pytest

from gravida.find.search.request import Removal
from tests.find.search.conftest import AddStudy, Find, numbers


@pytest.mark.parametrize(
    ("minimum", "maximum", "age", "fits"),
    [
        ("18 Years", "50 Years", 17, False),
        ("18 Years", "50 Years", 18, True),
        ("18 Years", "50 Years", 50, True),
        ("18 Years", "50 Years", 51, False),
        (None, "50 Years", 0, True),
        (None, "50 Years", 51, False),
        ("18 Years", None, 120, True),
        ("18 Years", None, 17, False),
        (None, None, 34, True),
        # A year of life fits when any moment of it does.
        ("210 Months", None, 17, True),
        ("216 Months", None, 17, False),
        (None, "600 Months", 50, True),
        (None, "599 Months", 50, False),
        ("18 Years", "50 Years", -5, False),
        ("18 Years", "50 Years", 10**30, False),
    ],
)
def test_an_age_in_completed_years_fits_if_any_moment_of_that_year_does(
    add_study: AddStudy, find: Find, minimum: str | None, maximum: str | None, age: int, fits: bool
) -> None:
    add_study(minimum_age=minimum, maximum_age=maximum)

    assert find(age_years=age).total == int(fits)


@pytest.mark.parametrize(
    ("of_study", "asked", "fits"),
    [
        ("FEMALE", "FEMALE", True),
        ("ALL", "FEMALE", True),
        ("", "FEMALE", True),
        ("MALE", "FEMALE", False),
        ("FEMALE", "MALE", False),
        ("ALL", "MALE", True),
    ],
)
def test_a_study_open_to_all_is_open_to_her(
    add_study: AddStudy, find: Find, of_study: str, asked: str, fits: bool
) -> None:
    add_study(sex=of_study)

    assert find(sex=asked).total == int(fits)


def test_any_of_several_statuses_fits(add_study: AddStudy, find: Find) -> None:
    open_now = add_study(status="RECRUITING")
    soon = add_study(status="NOT_YET_RECRUITING")
    add_study(status="COMPLETED")

    result = find(statuses=("RECRUITING", "NOT_YET_RECRUITING"))

    assert sorted(numbers(result)) == [open_now.number, soon.number]
    assert find(statuses=("SUSPENDED",)).total == 0


def test_a_study_type_and_no_treatment_tested_leave_only_those(add_study: AddStudy, find: Find) -> None:
    tests_one = add_study(study_type="INTERVENTIONAL")
    observes = add_study(study_type="OBSERVATIONAL")
    add_study(study_type="EXPANDED_ACCESS")

    assert numbers(find(study_type="INTERVENTIONAL")) == [tests_one.number]
    assert numbers(find(no_treatment_tested=True)) == [observes.number]
    assert find(study_type="INTERVENTIONAL", no_treatment_tested=True).total == 0


def test_only_studies_whose_centre_states_a_language_match_it(
    add_study: AddStudy, find: Find, settings: Any
) -> None:
    speaks = add_study()
    silent = add_study()
    add_study()
    for study, languages in ((speaks, '["fr", "ar"]'), (silent, "[]")):
        folder = settings.STUDIES / study.number
        folder.mkdir(parents=True)
        (folder / "study.toml").write_text(
            f'id = "{study.number}"\nnumber = "{study.number}"\n[title]\n[[centre]]\n'
            f'id = "c"\ntown = "Lyon"\ncountry = "France"\nlanguages = {languages}\nname.en = "Team"\n'
        )

    assert numbers(find(team_language="ar")) == [speaks.number]
    assert find(team_language="de").total == 0


def test_without_words_everything_comes_newest_update_first(add_study: AddStudy, find: Find) -> None:
    older = add_study(updated="2025-02-28")
    undated = add_study(updated=None)
    newer = add_study(updated="2026-02-28")
    of_a_month = add_study(updated="2025-03")

    assert numbers(find()) == [newer.number, of_a_month.number, older.number, undated.number]


def test_with_words_the_best_comes_first_unless_the_newest_is_asked(add_study: AddStudy, find: Find) -> None:
    best = add_study("Migraine", updated="2020-01-01")
    newest = add_study("Sleep", summary="Women without migraine.", updated="2026-01-01")

    assert numbers(find("migraine")) == [best.number, newest.number]
    assert numbers(find("migraine", sort="newest")) == [newest.number, best.number]


def test_equal_studies_come_in_the_order_of_their_numbers_on_every_page(
    add_study: AddStudy, find: Find
) -> None:
    made = [add_study("Migraine", number=f"NCT{number:08d}") for number in (7, 3, 9, 1, 5, 2, 8, 6, 4)]
    wanted = sorted(study.number for study in made)

    for words in ("migraine", ""):
        pages = [numbers(find(words, page=page, page_size=4)) for page in (1, 2, 3)]
        assert pages == [wanted[:4], wanted[4:8], wanted[8:]]


def test_a_page_past_the_end_is_empty_and_still_tells_the_total(add_study: AddStudy, find: Find) -> None:
    add_study("Migraine")

    result = find("migraine", page=7)

    assert result.hits == []
    assert result.total == 1


def test_nothing_found_says_which_criterion_removed_most(add_study: AddStudy, find: Find) -> None:
    for _ in range(3):
        add_study("Migraine", status="COMPLETED", sex="FEMALE")
    add_study("Sleep", status="RECRUITING", sex="FEMALE")
    add_study("Migraine", status="RECRUITING", sex="MALE")

    result = find("migraine", statuses=("RECRUITING",), sex="FEMALE")

    assert result.total == 0
    assert result.removals == [
        Removal(criterion="status", total_without=3),
        Removal(criterion="words", total_without=1),
        Removal(criterion="sex", total_without=1),
    ]


def test_a_criterion_whose_removal_brings_nothing_is_not_offered(add_study: AddStudy, find: Find) -> None:
    add_study("Migraine", minimum_age="18 Years")

    result = find("migraine", age_years=17, study_type="INTERVENTIONAL")

    assert result.removals == [Removal(criterion="age", total_without=1)]
    assert find("migraine").removals == []


def test_where_no_single_criterion_is_to_blame_the_best_pairs_are_offered(
    add_study: AddStudy, find: Find
) -> None:
    add_study("Migraine", sex="MALE", status="COMPLETED", minimum_age="18 Years")
    for _ in range(2):
        add_study("Migraine", sex="FEMALE", status="COMPLETED", minimum_age="40 Years")
    for _ in range(3):
        add_study("Sleep", sex="FEMALE", status="COMPLETED", minimum_age="18 Years")

    result = find("migraine", sex="FEMALE", statuses=("RECRUITING",), age_years=34)

    assert result.removals == [
        Removal(criterion="age", also=("status",), total_without=2),
        Removal(criterion="sex", also=("status",), total_without=1),
        Removal(criterion="words", also=("status",), total_without=3),
    ]


def test_where_no_pair_is_to_blame_everything_but_the_words_is_offered(
    add_study: AddStudy, find: Find
) -> None:
    add_study("Migraine", sex="MALE", status="COMPLETED", minimum_age="40 Years")
    add_study("Sleep", sex="MALE", status="COMPLETED", minimum_age="40 Years")

    result = find("migraine", sex="FEMALE", statuses=("RECRUITING",), age_years=34)

    assert result.removals == [Removal(criterion="age", also=("sex", "status"), total_without=1)]


def test_nothing_is_offered_where_the_site_holds_nothing(find: Find) -> None:
    assert find("migraine", sex="FEMALE").removals == []


def test_counts_tell_what_each_option_would_leave_under_the_other_criteria(
    add_study: AddStudy, find: Find
) -> None:
    add_study("Migraine", status="RECRUITING", sex="FEMALE", study_type="OBSERVATIONAL")
    add_study("Migraine", status="COMPLETED", sex="ALL", study_type="INTERVENTIONAL")
    add_study("Migraine", status="COMPLETED", sex="MALE", study_type="INTERVENTIONAL")
    add_study("Sleep", status="SUSPENDED")

    counts = find("migraine", statuses=("RECRUITING",)).counts

    assert counts["status"] == {"RECRUITING": 1, "COMPLETED": 2}
    assert counts["sex"] == {"FEMALE": 1, "MALE": 0}
    assert counts["study_type"] == {"OBSERVATIONAL": 1}
    assert counts["no_treatment"] == {"yes": 1}


@pytest.mark.parametrize("typed", ["NCT05550001", "nct05550001", " nct 0555 0001 ", "NCT-05550001"])
def test_a_registry_number_leads_to_its_study(add_study: AddStudy, find: Find, typed: str) -> None:
    wanted = add_study(number="NCT05550001")
    add_study()

    result = find(typed)

    assert result.number == wanted.number
    assert numbers(result)[0] == wanted.number


def test_a_sponsors_number_leads_to_its_study_unless_two_share_it(add_study: AddStudy, find: Find) -> None:
    wanted = add_study(sponsor_number="APHP-2022/0815")
    sharing = [add_study(sponsor_number="U01HD5000") for _ in range(2)]

    assert find("aphp 2022 0815").number == wanted.number
    shared = find("u01hd5000")
    assert shared.number == ""
    assert numbers(shared) == [study.number for study in sharing]


def test_the_number_of_a_study_we_do_not_hold_leads_nowhere(add_study: AddStudy, find: Find) -> None:
    add_study()

    assert find("NCT99999999").number == ""


def test_an_empty_database_finds_nothing_and_does_not_fail(db: None, find: Find) -> None:
    assert find("migraine").total == 0
    assert find().total == 0

"""The two lists of a study's page keep every word of the record's text."""

from gravida.find.criteria_lists import Item, criteria_lists
from gravida.find.record import StudyRecord


def _words(items: tuple[Item, ...]) -> set[str]:
    return {word for item in items for word in (*item.text.split(), *_words(item.items))}


def test_what_stands_under_neither_heading_is_shown_before_the_lists() -> None:
    # given a text that says something before its first heading
    text = "Women of any origin.\n\nInclusion Criteria:\n\n* Aged 18\n\nExclusion Criteria:\n\n* Smoking"
    # when it is made into lists
    lists = criteria_lists(StudyRecord(number="NCT00000001", eligibility=text), None)
    # then nothing is lost
    assert lists is not None
    assert _words(lists.before) == {"Women", "of", "any", "origin."}
    assert _words(lists.possible) == {"Aged", "18"}
    assert _words(lists.not_possible) == {"Smoking"}


def test_a_heading_of_neither_side_is_kept_even_with_nothing_under_it() -> None:
    both = "Inclusion and Exclusion Criteria:"
    text = f"Inclusion Criteria:\n\n* Aged 18\n\nExclusion Criteria:\n\n* Smoking\n\n{both}"
    lists = criteria_lists(StudyRecord(number="NCT00000001", eligibility=text), None)
    assert lists is not None
    kept = _words((*lists.before, *lists.possible, *lists.not_possible)) | set(lists.whole.split())
    assert {"Aged", "18", "Smoking", "and"} <= kept


def test_a_text_without_headings_stays_whole() -> None:
    lists = criteria_lists(StudyRecord(number="NCT00000001", eligibility="Healthy women"), None)
    assert lists is not None
    assert not lists.is_split
    assert lists.whole == "Healthy women"

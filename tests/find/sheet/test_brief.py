"""Choosing and shortening: whole sentences where there are some, at least one line, the rest counted."""

from dataclasses import dataclass

import pytest

from gravida.find.sheet.brief import CRITERIA, CRITERION, MOST_CRITERIA, brief_list, brief_text, one_line_each


@dataclass(frozen=True)
class Line:
    text: str
    items: tuple["Line", ...] = ()


@pytest.mark.parametrize(
    ("text", "longest", "brief"),
    [
        ("", 20, ""),
        ("Short.", 20, "Short."),
        ("Two  lines\n of text", 20, "Two lines of text"),
        ("A first sentence. A second one", 25, "A first sentence."),
        ("A. Then a very long sentence follows", 20, "A. Then a very long …"),
        ("Many words without an end at all", 16, "Many words …"),
        ("x" * 50, 10, "x" * 10 + " …"),
    ],
)
def test_a_text_is_cut_at_a_sentence_else_at_a_word(text: str, longest: int, brief: str) -> None:
    assert brief_text(text, longest) == brief


def test_a_list_keeps_what_fits_and_counts_the_rest() -> None:
    lines = [f"criterion {place} " + "y" * 80 for place in range(20)]
    kept = brief_list(lines)
    assert 1 <= len(kept.lines) <= MOST_CRITERIA
    assert sum(map(len, kept.lines)) <= CRITERIA
    assert len(kept.lines) + kept.left_out == 20


def test_one_line_longer_than_all_is_shown_shortened() -> None:
    kept = brief_list(["word " * 400])
    assert len(kept.lines) == 1
    assert len(kept.lines[0]) <= CRITERION + 2
    assert kept.left_out == 0


def test_lines_under_a_criterion_follow_it_where_it_needs_them() -> None:
    items = [Line("One of:", (Line("three losses"), Line("three transfers"))), Line("18 to 50 years")]
    assert one_line_each(items, with_those_under=True) == [
        "One of: three losses; three transfers",
        "18 to 50 years",
    ]
    assert one_line_each(items, with_those_under=False) == ["One of:", "18 to 50 years"]

"""No cell is a formula to any spreadsheet, whichever separator it reads with; every value comes back."""

import csv
import io
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gravida.find.inbox.spreadsheet import BOM, csv_bytes, harmless, plain

ATTACKS = [
    '=HYPERLINK("http://example.org";"x")', "+1+1", "-2+3", "@SUM(A1)", "\t=1+1", "\r=1", "\n=1", " =1",
    "＝1+1", "＋1", "－1", "＠x", "\u200b=1", "\ufeff=1", "\u00a0=1", "−1", "'=1", "a;=1", "a,=1", "a\t=1",
    'a"=1', "a|=1", "a\n=1", "a; \u200b＝1", '";=1', '","=1', "\x00=1", "=cmd|' /C calc'!A0", "+33199001234",
]  # fmt: skip
SIGNS = tuple("=+-@−")


def is_formula(cell: str) -> bool:
    """How spreadsheets read a cell: unseen signs skipped, full-width forms as their plain ones."""
    seen = "".join(sign for sign in unicodedata.normalize("NFKC", cell) if unicodedata.category(sign) != "Cf")
    return seen.strip().startswith(SIGNS)


def cells_of(content: bytes, separator: str) -> list[str]:
    """All cells as a reader set to this separator sees them."""
    text = content.decode("utf-8-sig")
    return [cell for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator) for cell in row]


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("attack", ATTACKS)
def test_no_cell_is_a_formula_whatever_separator_is_read(attack: str, separator: str) -> None:
    content = csv_bytes(["head", attack], [[attack, "plain", attack]])
    assert [cell for cell in cells_of(content, separator) if is_formula(cell)] == []


@pytest.mark.parametrize("attack", [one for one in ATTACKS if "\x00" not in one and "\r" not in one])
def test_each_value_comes_back(attack: str) -> None:
    [_head, row] = list(csv.reader(io.StringIO(csv_bytes(["h"], [[attack]]).decode("utf-8-sig"), newline="")))
    assert plain(row[0]) == attack


@given(st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"]), max_size=40))
@settings(max_examples=300, deadline=None)
def test_any_text_is_harmless_and_comes_back(text: str) -> None:
    assert not is_formula(harmless(text))
    # a few signs end a line in some readers; they come back as line ends
    if not set(text) & {"\u2028", "\u2029"}:
        assert plain(harmless(text)) == text


def test_the_file_has_its_mark_quotes_every_cell_and_ends_lines_for_spreadsheets() -> None:
    content = csv_bytes(["a", "b"], [["é", 'say "x"']])
    assert content == (BOM + '"a","b"\r\n"é","say ""x"""\r\n').encode()

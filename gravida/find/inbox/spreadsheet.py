"""A table as a CSV file that no spreadsheet takes for formulas. Pure.

A cell that begins like a formula gets an apostrophe before it; so does one that begins with an apostrophe, so
that whoever reads the file again takes one away from each (`plain`). Inside a text the same is done behind
every sign at which a reader set to another separator would begin a new cell.
"""

import csv
import io
import re
from collections.abc import Iterable, Sequence

BOM = "\ufeff"
# At the head of a cell these make a formula, a command or a number; the full-width forms are read alike.
_SIGNS = "=+\\-@\uff1d\uff0b\uff0d\uff20\u2212"
# Signs that readers skip before they look at the first one: spaces and what is not seen.
_SKIPPED = "[\\s\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]*"
_HEAD = re.compile(f"^(?={_SKIPPED}[{_SIGNS}]|['\t\r\n])")
_INSIDE = re.compile(f"(?<=[,;|\t\n\"])(?={_SKIPPED}[{_SIGNS}]|')")
_NEVER = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_LINE_ENDS = re.compile("\r\n?|[\u0085\u2028\u2029]")


def harmless(value: str) -> str:
    """The value as a cell that is text to every spreadsheet."""
    text = _NEVER.sub("", _LINE_ENDS.sub("\n", value))
    return _HEAD.sub("'", _INSIDE.sub("'", text))


def plain(cell: str) -> str:
    """A cell of `harmless` as it was before; line ends come back as LF."""
    head = cell[1:] if cell.startswith("'") else cell
    return re.sub(f"(?<=[,;|\t\n\"])'(?={_SKIPPED}[{_SIGNS}]|')", "", head)


def csv_bytes(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """The file: UTF-8 with its mark, every cell in quotes and harmless, lines ending in CR LF."""
    file = io.StringIO(newline="")
    writer = csv.writer(file, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow([harmless(head) for head in heads])
    writer.writerows([harmless(cell) for cell in row] for row in rows)
    return (BOM + file.getvalue()).encode("utf-8")

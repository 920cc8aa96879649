"""The page as it is written: numbered tables and figures, each with the plan's hash, sections in order."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from gravida.analysis.report.labels import Labels
from gravida.analysis.report.markup import Markup, el, join
from gravida.analysis.report.numbers import Numbers
from gravida.analysis.report.results import Results
from gravida.analysis.report.words import Words

HASH_SHOWN = 12


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column of a table: its heading, and whether it holds numbers."""

    heading: str
    numeric: bool = True


@dataclass(frozen=True, kw_only=True)
class Table:
    """A table as text; the first cell of each row is its heading. A row of one cell is a heading of rows."""

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""


@dataclass(kw_only=True, eq=False)
class Page:
    """A report in one language while it is being written. `for_print`: for paper, where nothing unfolds."""

    results: Results
    words: Words
    labels: Labels
    for_print: bool = False
    tables: int = 0
    figures: int = 0
    sections: list[tuple[str, str]] = field(default_factory=list)

    @property
    def numbers(self) -> Numbers:
        """How the language writes numbers."""
        return self.words.numbers

    @property
    def hash(self) -> str:
        """The beginning of the plan's hash."""
        return self.results.identity.plan_hash[:HASH_SHOWN]

    def section(self, identity: str, *children: Markup | str | None) -> Markup:
        """A section with its title from the words, listed in the contents."""
        title = self.words(f"section.{identity}")
        self.sections.append((identity, title))
        return el("section", el("h2", title, id=identity), join(*children), aria_labelledby=identity)

    def say(self, key: str, **values: str) -> Markup:
        """A paragraph of the words of a key."""
        return el("p", self.words(key, **values))

    def table(self, table: Table) -> Markup:
        """A numbered table, scrolling inside its own frame."""
        self.tables += 1
        label = self.words("frame.table", number=str(self.tables))
        caption = el("caption", el("b", f"{label}. "), table.caption)
        frame = (
            {}
            if self.for_print
            else {"tabindex": "0", "role": "region", "aria_label": f"{label}. {table.caption}"}
        )
        foot = el(
            "p",
            f"{table.note} " if table.note else None,
            self.words("frame.plan", hash=self.hash),
            class_="foot",
        )
        return join(el("div", _grid(table, caption), class_="table", **frame), foot)

    def figure(self, drawing: Markup, caption: str, numbers: Table) -> Markup:
        """A numbered figure with its numbers in a table beneath."""
        self.figures += 1
        label = self.words("frame.figure", number=str(self.figures))
        frame = (
            {} if self.for_print else {"tabindex": "0", "role": "region", "aria_label": f"{label}. {caption}"}
        )
        return el(
            "figure",
            el("div", drawing, class_="drawing", **frame),
            el("figcaption", el("b", f"{label}. "), caption),
            self.folded(self.words("frame.numbers"), self.table(numbers)),
        )

    def folded(self, summary: str, *children: Markup | str | None) -> Markup:
        """What is there for whoever asks; open on paper."""
        return el("details", el("summary", summary), join(*children), open=self.for_print)

    def notice(self, *children: Markup | str | None, kind: str = "info") -> Markup:
        """Something said apart, with a word and not only a colour. kind: info, careful."""
        return el(
            "div", el("p", el("b", self.words(f"notice.{kind}"))), join(*children), class_=f"notice {kind}"
        )

    def identity(self) -> str:
        """An identity for the next figure."""
        return f"figure-{self.figures + 1}"


def _grid(table: Table, caption: Markup) -> Markup:
    head = el(
        "tr",
        *(
            el("th", column.heading, scope="col", class_="n" if column.numeric else None)
            for column in table.columns
        ),
    )
    return el(
        "table", caption, el("thead", head), el("tbody", *(_row(table.columns, row) for row in table.rows))
    )


def _row(columns: Sequence[Column], row: tuple[str, ...]) -> Markup:
    if len(row) == 1:
        return el("tr", el("th", row[0], scope="colgroup", colspan=str(len(columns)), class_="group"))
    first = el("th", row[0], scope="row")
    cells = (
        el("td", cell, class_="n" if column.numeric else None)
        for column, cell in zip(columns[1:], row[1:], strict=True)
    )
    return el("tr", first, *cells)


def columns(*headings: str, words_first: int = 1, words_last: int = 0) -> tuple[Column, ...]:
    """Columns by their headings; the first and the last ones hold words, the others numbers."""
    last = len(headings) - words_last
    return tuple(
        Column(heading=heading, numeric=words_first <= at < last) for at, heading in enumerate(headings)
    )


def bullets(items: Sequence[Markup | str]) -> Markup:
    """A list."""
    return el("ul", *(el("li", item) for item in items))

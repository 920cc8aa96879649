"""How far told histories can be trusted: heaped weeks, dates against the order, late recognition."""

from gravida.analysis.report import figures
from gravida.analysis.report.figures import Bar
from gravida.analysis.report.markup import Markup, el, join
from gravida.analysis.report.page import Page, Table, columns
from gravida.analysis.report.results import CountTable
from gravida.analysis.report.section_people import named

PREFERRED = {"4", "6", "9", "13"}


def quality(page: Page) -> Markup:
    """How far told histories can be trusted: heaped weeks, dates against the order."""
    described, words, numbers = page.results.described, page.words, page.numbers
    by_week = next((table for table in described.counts if table.id == "losses_by_week"), None)
    rows = tuple(
        (words(f"quality.{one.name}"), numbers.count(one.count)) for one in described.quality if one.count
    )
    heaps = tuple(
        (
            str(heap.week),
            numbers.count(heap.losses),
            numbers.number(heap.around, 1),
            numbers.number(heap.ratio, 1),
        )
        for heap in described.heaps
        if heap.losses
    )
    parts: list[Markup | None] = [page.say("quality.intro")]
    if by_week is not None and heaps:
        parts.append(_heaping(page, by_week))
        parts.append(
            page.table(
                Table(
                    caption=words("quality.heaps"),
                    columns=columns(
                        words("quality.week"),
                        words("quality.losses"),
                        words("quality.around"),
                        words("quality.ratio"),
                    ),
                    rows=heaps,
                )
            )
        )
    if rows:
        table = Table(
            caption=words("quality.caption"),
            columns=columns(words("quality.what"), words("counts.count")),
            rows=rows,
        )
        parts.append(page.table(table))
    return page.section("quality", join(*parts) if heaps or rows else el("p", words("quality.none")))


def _heaping(page: Page, table: CountTable) -> Markup:
    words, numbers = page.words, page.numbers
    bars = []
    for name, (count,) in zip(table.rows, table.cells, strict=True):
        value = float(count) if isinstance(count, int) else None
        label = name.replace(">=", "≥")
        above = numbers.count(count) if isinstance(count, int) else "·"
        bars.append(Bar(label=label, value=value, above=above, stands_out=name in PREFERRED))
    caption = words("quality.by_week")
    drawing = figures.bars(
        bars,
        named(page, caption, words("quality.description")),
        x_label=words("quality.week"),
        y_label=words("quality.losses"),
        y_words=lambda value: numbers.number(value, 0),
    )
    told = tuple(
        (name.replace(">=", "≥ "), numbers.count(cell[0]))
        for name, cell in zip(table.rows, table.cells, strict=True)
    )
    return page.figure(
        drawing,
        caption,
        Table(caption=caption, columns=columns(words("quality.week"), words("quality.losses")), rows=told),
    )

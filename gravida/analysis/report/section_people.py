"""Who is in the report: flow, table one, histories, missing values, definitions."""

from gravida.analysis.report import figures
from gravida.analysis.report.codec import MASKED
from gravida.analysis.report.figures import Bar, FlowBox
from gravida.analysis.report.markup import Markup
from gravida.analysis.report.page import Page, Table, columns
from gravida.analysis.report.results import CountTable, FlowResult, TableOne

RISKS = ("risk_by_earlier", "risk_by_run", "risk_by_age")


def flow(page: Page) -> Markup:
    """The flow of the source, then of each question."""
    parts = [page.say("flow.intro"), _flow(page, "", page.results.described.flow)]
    seen: list[tuple[FlowResult, ...]] = []
    for question in page.results.questions:
        if question.flow and question.flow not in seen:
            parts.append(_flow(page, question.id, question.flow))
            seen.append(question.flow)
    return page.section("flow", *parts)


def _flow(page: Page, question: str, steps: tuple[FlowResult, ...]) -> Markup:
    words = page.words
    name = (
        words("flow.of_question", question=page.labels.question(question))
        if question
        else words("flow.of_source")
    )
    table = Table(
        caption=name,
        columns=columns(
            words("flow.step"),
            words("flow.out"),
            words("flow.women_out"),
            words("flow.stay"),
            words("flow.women"),
        ),
        rows=tuple(_step(page, step) for step in steps),
    )
    if len(steps) < 2:
        return page.table(table)
    drawing = figures.flow(_boxes(page, steps), named(page, name, words("flow.description")))
    return page.figure(drawing, name, table)


def named(page: Page, title: str, description: str) -> figures.Named:
    return figures.Named(title=title, description=description, identity=page.identity())


def step_words(page: Page, code: str) -> str:
    """A step of a flow in words: its own, or those of its kind with what it is about."""
    kind, _, about = code.partition(":")
    labels = page.labels
    named = {
        "set_aside": labels.outcome,
        "factor_missing": labels.factor,
    }.get(kind, str)
    return page.words(f"step.{kind}", about=named(about)) if about else page.words(f"step.{kind}")


def _step(page: Page, step: FlowResult) -> tuple[str, ...]:
    count = page.numbers.count
    return (
        step_words(page, step.code),
        count(step.pregnancies_out),
        count(step.women_out),
        count(step.pregnancies),
        count(step.women),
    )


def _boxes(page: Page, steps: tuple[FlowResult, ...]) -> list[FlowBox]:
    def stays(step: FlowResult, key: str) -> tuple[str, ...]:
        count = page.numbers.count
        return (
            page.words(key),
            page.words("flow.box", pregnancies=count(step.pregnancies), women=count(step.women)),
        )

    out = tuple(
        (
            figures.shortened(step_words(page, step.code), 48),
            page.words(
                "flow.box",
                pregnancies=page.numbers.count(step.pregnancies_out),
                women=page.numbers.count(step.women_out),
            ),
        )
        for step in steps[1:]
    )
    return [
        FlowBox(lines=stays(steps[0], "flow.first"), out=out),
        FlowBox(lines=stays(steps[-1], "flow.last")),
    ]


def people(page: Page) -> Markup | None:
    """Table one with standardised differences."""
    tables = page.results.described.table_one
    if not tables:
        return None
    return page.section("people", page.say("people.intro"), *(_table_one(page, table) for table in tables))


def _table_one(page: Page, table: TableOne) -> Markup:
    words, numbers = page.words, page.numbers
    rows: list[tuple[str, ...]] = []
    for factor in dict.fromkeys(row.factor for row in table.rows):
        mine = [row for row in table.rows if row.factor == factor]
        alone = len(mine) == 1
        if not alone:
            rows.append((page.labels.factor(factor),))
        for row in mine:
            label = page.labels.factor(factor) if alone else page.labels.level(factor, row.level)
            if row.kind == "number":
                cells = [
                    f"{numbers.number(mean, 1)} ({numbers.number(spread, 1)})"
                    for mean, spread in (
                        (row.with_mean, row.with_deviation),
                        (row.without_mean, row.without_deviation),
                    )
                ]
            else:
                cells = [
                    _count_and_share(page, count, share)
                    for count, share in (
                        (row.with_outcome, row.with_mean),
                        (row.without_outcome, row.without_mean),
                    )
                ]
            rows.append((label, *cells, numbers.number(row.standardised_difference, 2)))
    question = page.labels.question(table.question)
    count = numbers.count
    return page.table(
        Table(
            caption=words("people.caption", question=question),
            columns=columns(
                words("people.what"),
                words("people.with", count=count(table.with_outcome)),
                words("people.without", count=count(table.without_outcome)),
                words("people.difference"),
            ),
            rows=tuple(rows),
            note=words("people.note"),
        )
    )


def _count_and_share(page: Page, count: int | str | None, share: float | None) -> str:
    if count == MASKED:
        return page.numbers.masked
    return f"{page.numbers.count(count)} ({page.numbers.share(share)})".replace(" (", "\u00a0(")


def histories(page: Page) -> Markup | None:
    """Endings, losses per woman, and the risk after each history."""
    counts = {table.id: table for table in page.results.described.counts}
    first = [counts[id_] for id_ in ("endings", "women_by_early_losses") if id_ in counts]
    parts = [_one_column(page, table) for table in first if len(table.rows) > 1]
    told = [counts[id_] for id_ in RISKS if id_ in counts and _varies(counts[id_])]
    parts += [_risk_figure(page, table) for table in told]
    if "after_third" in counts:
        parts.append(_one_column(page, counts["after_third"]))
    if not parts:
        return None
    return page.section("histories", page.say("histories.intro"), *parts)


def _varies(table: CountTable) -> bool:
    return sum(1 for total in table.row_totals if total) > 1


def _one_column(page: Page, table: CountTable) -> Markup:
    words, numbers = page.words, page.numbers
    total = table.total if isinstance(table.total, int) else None
    rows = []
    for name, (count,) in zip(table.rows, table.cells, strict=True):
        share = count / total if isinstance(count, int) and total else None
        rows.append((_group(page, table.id, name), numbers.count(count), numbers.share(share)))
    rows.append((words("frame.total"), numbers.count(table.total), numbers.share(1.0 if total else None)))
    return page.table(
        Table(
            caption=words(f"counts.{table.id}"),
            columns=columns(words(f"counts.{table.id}_rows"), words("counts.count"), words("counts.share")),
            rows=tuple(rows),
        )
    )


def _group(page: Page, id_: str, name: str) -> str:
    words = page.words
    if id_ in ("endings", "after_third"):
        return words.code("ending", name)
    if id_ == "risk_by_age":
        low, high = name.strip("[)").split(", ")
        if low == "0":
            return f"< {high}"
        return f"≥ {low}" if high == "60" else f"{low}–{int(high) - 1}"
    if id_ in ("risk_by_earlier", "risk_by_run"):
        return "≥ 3" if name == "3" else name
    return name.replace(">=", "≥ ")


def _risk_figure(page: Page, table: CountTable) -> Markup:
    words, numbers = page.words, page.numbers
    bars, rows = [], []
    for name, cells, total in zip(table.rows, table.cells, table.row_totals, strict=True):
        lost = cells[0]
        share = lost / total if isinstance(lost, int) and isinstance(total, int) and total else None
        label = _group(page, table.id, name)
        bars.append(
            Bar(label=label, value=share, above=numbers.share(share) if share is not None else numbers.masked)
        )
        rows.append((label, numbers.count(lost), numbers.count(total), numbers.share(share)))
    caption = words(f"counts.{table.id}")
    drawing = figures.bars(
        bars,
        named(page, caption, words("histories.description")),
        x_label=words(f"counts.{table.id}_rows"),
        y_label=words("histories.lost_early"),
        y_words=lambda value: numbers.share(value, 0),
    )
    return page.figure(
        drawing,
        caption,
        Table(
            caption=caption,
            columns=columns(
                words(f"counts.{table.id}_rows"),
                words("histories.losses"),
                words("histories.pregnancies"),
                words("histories.lost_early"),
            ),
            rows=tuple(rows),
            note=words("histories.denominator"),
        ),
    )


def missing(page: Page) -> Markup | None:
    """How many values of each column are missing, and why."""
    rows = [row for row in page.results.described.missing if row.missing]
    if not page.results.described.missing:
        return None
    if not rows:
        return page.section("missing", page.say("missing.none"))
    words, numbers = page.words, page.numbers
    shown = sorted(rows, key=lambda row: -(row.share or 0.0))
    table = Table(
        caption=words("missing.caption"),
        columns=columns(
            words("missing.column"), words("missing.count"), words("missing.share"), words("missing.why")
        ),
        rows=tuple(
            (
                row.column,
                numbers.count(row.missing),
                numbers.share(row.share),
                "; ".join(
                    f"{words.code('reason', one.name)} {numbers.count(one.count)}" for one in row.reasons
                ),
            )
            for row in shown
        ),
        note=words("missing.note", pregnancies=numbers.count(page.results.described.pregnancies)),
    )
    bars = [
        Bar(label=figures.shortened(row.column, 12), value=row.share, above=numbers.share(row.share, 0))
        for row in shown[:10]
    ]
    drawing = figures.bars(
        bars,
        named(page, words("missing.caption"), words("missing.description")),
        x_label=words("missing.column"),
        y_label=words("missing.share"),
        y_words=lambda value: numbers.share(value, 0),
    )
    return page.section(
        "missing", page.say("missing.intro"), page.figure(drawing, words("missing.caption"), table)
    )


def definitions(page: Page) -> Markup | None:
    """The published definitions side by side."""
    rows = page.results.described.definitions
    if not rows:
        return None
    words, numbers = page.words, page.numbers
    told: list[tuple[str, ...]] = []
    for row in rows:
        if row.met is None:
            told.append(
                (
                    page.labels.definition(row.id),
                    str(row.losses),
                    words(f"stance.{row.consecutive}"),
                    "–",
                    "–",
                    "–",
                    words.code("needs", row.needs),
                )
            )
        else:
            counts = [numbers.count(count) for count in (row.met, row.not_met, row.cannot_tell)]
            told.append(
                (
                    page.labels.definition(row.id),
                    str(row.losses),
                    words(f"stance.{row.consecutive}"),
                    *counts,
                    "",
                )
            )
    table = Table(
        caption=words("definitions.caption", women=numbers.count(page.results.described.women)),
        columns=columns(
            words("definitions.name"),
            words("definitions.losses"),
            words("definitions.in_a_row"),
            words("definitions.met"),
            words("definitions.not_met"),
            words("definitions.cannot_tell"),
            words("definitions.needs"),
            words_last=1,
        ),
        rows=tuple(told),
    )
    counted = sum(row.met is not None for row in rows)
    intro = page.say("definitions.intro", counted=str(counted), all=str(len(rows)))
    return page.section("definitions", intro, page.table(table))

"""Marker panels: what could be found at all, then what was found, block by block."""

from gravida.analysis.report import figures
from gravida.analysis.report.figures import Bar
from gravida.analysis.report.markup import Markup, el, join
from gravida.analysis.report.page import Page, Table, columns
from gravida.analysis.report.results_models import MarkerResult, MarkersResult, PowerResult


def markers(page: Page) -> Markup:
    """Every marker panel, or that the plan asks for none."""
    found = [one for question in page.results.questions for one in question.markers]
    if not found:
        return page.section("markers", page.say("markers.none"))
    return page.section("markers", page.say("markers.intro"), *(_panel(page, one) for one in found))


def _panel(page: Page, found: MarkersResult) -> Markup:
    words, numbers = page.words, page.numbers
    title = el("h3", page.labels.question(found.question))
    counts = page.say(
        "markers.counts",
        rows=numbers.count(found.rows),
        events=numbers.count(found.events),
        women=numbers.count(found.clusters),
    )
    if found.not_screened:
        return join(
            title,
            counts,
            page.notice(
                page.say("markers.not_screened"), el("p", found.not_screened, lang="en"), kind="careful"
            ),
        )
    stable = ", ".join(_marker(page, name) for name in found.stable) or words("markers.no_one")
    bound = numbers.number(found.expected_false, 2)
    return join(
        title,
        counts,
        el("h4", words("power.title")),
        page.say("power.intro", level=numbers.share(found.level, 0)),
        _power(page, found),
        el("h4", words("markers.found")),
        page.table(_findings(page, found)),
        page.say("markers.stable", names=stable, bound=bound) if found.expected_false is not None else None,
    )


def _marker(page: Page, name: str) -> str:
    return page.labels.factor(name)


def _power(page: Page, found: MarkersResult) -> Markup:
    words, numbers = page.words, page.numbers
    with_causes = [one for one in found.power if one.causes]
    bars = [
        Bar(
            label=f"{one.method} {one.causes}×{numbers.number(one.odds_ratio_per_sd, 1)}",
            value=one.power,
            above=numbers.share(one.power, 0),
        )
        for one in with_causes
        if one.method in ("BH", "stability")
    ]
    caption = words("power.caption")
    named = figures.Named(title=caption, description=words("power.description"), identity=page.identity())
    drawing = figures.bars(
        bars,
        named,
        x_label=words("power.axis"),
        y_label=words("power.power"),
        y_words=lambda v: numbers.share(v, 0),
    )
    table = Table(
        caption=caption,
        columns=columns(
            words("power.method"),
            words("power.causes"),
            words("power.ratio"),
            words("power.power"),
            words("power.false_share"),
            words("power.any_false"),
            words("power.replicates"),
        ),
        rows=tuple(_power_row(page, one) for one in found.power),
    )
    return page.figure(drawing, caption, table)


def _power_row(page: Page, one: PowerResult) -> tuple[str, ...]:
    numbers = page.numbers
    return (
        page.words(f"screen.{one.method}"),
        str(one.causes),
        numbers.number(one.odds_ratio_per_sd, 1),
        numbers.share(one.power, 0),
        numbers.share(one.false_share, 0),
        numbers.share(one.any_false, 0),
        str(one.replicates),
    )


def _findings(page: Page, found: MarkersResult) -> Table:
    words = page.words
    rows: list[tuple[str, ...]] = []
    for block in sorted({one.block for one in found.findings}):
        mine = [one for one in found.findings if one.block == block]
        if len(mine) > 1:
            rows.append((words("markers.block", number=str(block)),))
        rows += [_finding(page, one) for one in mine]
    return Table(
        caption=words("markers.caption"),
        columns=columns(
            words("markers.marker"),
            words("asked.family"),
            words("markers.ratio"),
            words("tests.p"),
            "BH",
            "BY",
            "Holm",
            words("markers.chosen"),
            words_first=2,
        ),
        rows=tuple(rows),
        note=words("markers.note", adjusters=", ".join(found.adjusters)),
    )


def _finding(page: Page, one: MarkerResult) -> tuple[str, ...]:
    numbers = page.numbers
    value, lower, upper = (numbers.ratio(number) for number in (one.estimate, one.lower, one.upper))
    return (
        _marker(page, one.name),
        page.labels.family(one.family),
        f"{numbers.number(value)} ({numbers.interval(lower, upper)})",
        numbers.p(one.p_value),
        numbers.p(one.benjamini_hochberg),
        numbers.p(one.benjamini_yekutieli),
        numbers.p(one.holm),
        numbers.share(one.chosen_by_stability, 0),
    )

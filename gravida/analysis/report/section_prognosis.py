"""Prognosis: optimism, calibration, decisions, published models. Markers: power, then what was found."""

from gravida.analysis.report import figures
from gravida.analysis.report.codec import MASKED
from gravida.analysis.report.figures import Axes, Bar, Estimate, Series
from gravida.analysis.report.markup import Markup, el, join
from gravida.analysis.report.page import Page, Table, columns
from gravida.analysis.report.results_models import (
    ExternalResult,
    MarkerResult,
    MarkersResult,
    PowerResult,
    PredictionResult,
)


def prognosis(page: Page) -> Markup:
    """Every prognostic model, or that the plan asks for none."""
    found = [one for question in page.results.questions for one in question.predictions]
    if not found:
        return page.section("prognosis", page.say("prognosis.none"))
    return page.section("prognosis", page.say("prognosis.intro"), *(_one(page, one) for one in found))


def _one(page: Page, found: PredictionResult) -> Markup:
    words, numbers = page.words, page.numbers
    method = found.model.model.partition(":")[2]
    is_check = method == "logistic"
    title = page.labels.question(found.question)
    sentence = page.say(
        "prognosis.check" if is_check else "prognosis.model",
        method=words(f"method.{method}"),
        rows=numbers.count(found.model.rows),
        events=numbers.count(found.model.events),
        needed=numbers.count(found.needed_rows),
        c=numbers.number(found.anticipated_c, 2),
        resamples=str(found.resamples),
    )
    warned = [page.notice(page.say(f"warning.{code}"), kind="careful") for code in found.warnings]
    return join(
        el("h3", title),
        sentence,
        page.table(_measures(page, found)),
        *warned,
        _calibration(page, found),
        _decisions(page, found),
        _external(page, found.external) if not is_check else None,
    )


def _measures(page: Page, found: PredictionResult) -> Table:
    words, numbers = page.words, page.numbers
    return Table(
        caption=words("prognosis.measures", resamples=str(found.resamples)),
        columns=columns(
            words("prognosis.measure"),
            words("prognosis.apparent"),
            words("prognosis.optimism"),
            words("prognosis.corrected"),
            words("answers.interval"),
        ),
        rows=tuple(
            (
                words(f"measure.{one.name}"),
                numbers.number(one.apparent, 3),
                numbers.number(one.optimism, 3),
                numbers.number(one.corrected, 3),
                numbers.interval(one.lower, one.upper, 3),
            )
            for one in found.measures
        ),
        note=words("prognosis.note"),
    )


def _calibration(page: Page, found: PredictionResult) -> Markup:
    words, numbers = page.words, page.numbers
    curve = found.calibration_curve
    top = max([point.value for point in curve] + [point.upper or 0.0 for point in curve])
    top = min(1.0, top * 1.05)
    series = [
        Series(
            words=words("calibration.curve"),
            points=tuple((point.value, point.risk) for point in curve),
            band=tuple((point.value, point.lower or 0.0, min(point.upper or 1.0, top)) for point in curve),
        ),
        Series(words=words("calibration.perfect"), points=((0.0, 0.0), (top, top)), tone="soft"),
    ]
    marks = [
        Estimate(
            label=str(group.foretold),
            value=group.observed,
            lower=group.lower,
            upper=group.upper,
            shape="diamond",
            tone="plum",
        )
        for group in found.calibration_groups
        if group.foretold is not None and group.foretold <= top and (group.observed or 0.0) <= top
    ]
    axes = Axes(
        x_label=words("calibration.foretold"),
        y_label=words("calibration.observed"),
        x_words=lambda v: numbers.share(v, 0),
        y_words=lambda v: numbers.share(v, 0),
        x_range=(0.0, top),
        y_range=(0.0, top),
    )
    caption = words("calibration.caption")
    named = figures.Named(
        title=caption, description=words("calibration.description"), identity=page.identity()
    )
    table = Table(
        caption=caption,
        columns=columns(
            words("calibration.foretold"),
            words("calibration.observed"),
            words("answers.interval"),
            words("histories.pregnancies"),
            words("calibration.events"),
        ),
        rows=tuple(
            (
                numbers.share(group.foretold),
                numbers.masked if group.events == MASKED else numbers.share(group.observed),
                numbers.shares(group.lower, group.upper),
                numbers.count(group.rows),
                numbers.count(group.events),
            )
            for group in found.calibration_groups
        ),
    )
    gap = page.say("calibration.gap", gap=numbers.number(100 * (found.average_gap or 0.0), 1))
    return join(
        gap, page.figure(figures.curves(series, axes, named, stairs=False, marks=marks), caption, table)
    )


def _decisions(page: Page, found: PredictionResult) -> Markup | None:
    points = found.decisions
    if len(points) < 2:
        return None
    words, numbers = page.words, page.numbers
    low = min(0.0, max(-0.05, min(point.everyone for point in points)))
    top = max(max(point.model, point.everyone) for point in points) * 1.1 or 0.01
    series = [
        Series(
            words=words("decision.model"),
            points=tuple((point.threshold, max(point.model, low)) for point in points),
        ),
        Series(
            words=words("decision.everyone"),
            points=tuple((point.threshold, point.everyone) for point in points if point.everyone >= low),
            tone="warm",
        ),
        Series(
            words=words("decision.nobody"),
            points=((points[0].threshold, 0.0), (points[-1].threshold, 0.0)),
            tone="soft",
        ),
    ]
    axes = Axes(
        x_label=words("decision.threshold"),
        y_label=words("decision.benefit"),
        x_words=lambda v: numbers.share(v, 0),
        y_words=lambda v: numbers.number(v, 2),
        x_range=(points[0].threshold, points[-1].threshold),
        y_range=(low, top),
    )
    caption = words("decision.caption")
    named = figures.Named(title=caption, description=words("decision.description"), identity=page.identity())
    table = Table(
        caption=caption,
        columns=columns(
            words("decision.threshold"),
            words("decision.model"),
            words("answers.interval"),
            words("decision.everyone"),
        ),
        rows=tuple(
            (
                numbers.share(point.threshold, 0),
                numbers.number(point.model, 4),
                numbers.interval(point.lower, point.upper, 4),
                numbers.number(point.everyone, 4),
            )
            for point in points
        ),
        note=words("decision.note"),
    )
    drawn = [one for one in series if len(one.points) > 1]
    return page.figure(figures.curves(drawn, axes, named, stairs=False), caption, table)


def _external(page: Page, found: tuple[ExternalResult, ...]) -> Markup:
    words, numbers = page.words, page.numbers
    rows = []
    for one in found:
        if one.not_checked:
            rows.append((one.citation, "–", "–", "–", words("external.not_checked", why=one.not_checked)))
            continue
        measures = {measure.name: measure for measure in one.measures}
        c, slope = measures["c_statistic"], measures["slope"]
        told = " ".join(words(f"warning.{code}") for code in one.warnings)
        rows.append(
            (
                one.citation,
                numbers.count(one.rows),
                f"{numbers.number(c.apparent, 3)} ({numbers.interval(c.lower, c.upper, 3)})",
                f"{numbers.number(slope.apparent)} ({numbers.interval(slope.lower, slope.upper)})",
                told,
            )
        )
    table = Table(
        caption=words("external.caption"),
        columns=columns(
            words("external.model"),
            words("histories.pregnancies"),
            words("measure.c_statistic"),
            words("measure.slope"),
            words("external.said"),
        ),
        rows=tuple(rows),
    )
    return join(el("h4", words("external.title")), page.say("external.intro"), page.table(table))


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

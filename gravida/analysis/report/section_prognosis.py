"""Prognosis: performance corrected for optimism, calibration, decisions, published models."""

from gravida.analysis.report import figures
from gravida.analysis.report.codec import MASKED
from gravida.analysis.report.figures import Axes, Estimate, Series
from gravida.analysis.report.markup import Markup, el, join
from gravida.analysis.report.page import Page, Table, columns
from gravida.analysis.report.results_models import ExternalResult, PredictionResult


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
    caption = words("calibration.caption")
    named = figures.Named(
        title=caption, description=words("calibration.description"), identity=page.identity()
    )
    gap = page.say("calibration.gap", gap=numbers.number(100 * (found.average_gap or 0.0), 1))
    drawing = _calibration_drawing(page, found, named)
    return join(gap, page.figure(drawing, caption, _calibration_table(page, found, caption)))


def _calibration_drawing(page: Page, found: PredictionResult, named: figures.Named) -> Markup:
    words, curve = page.words, found.calibration_curve
    top = min(1.0, 1.05 * max([point.value for point in curve] + [point.upper or 0.0 for point in curve]))
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
        x_words=lambda value: page.numbers.share(value, 0),
        y_words=lambda value: page.numbers.share(value, 0),
        x_range=(0.0, top),
        y_range=(0.0, top),
    )
    return figures.curves(series, axes, named, stairs=False, marks=marks)


def _calibration_table(page: Page, found: PredictionResult, caption: str) -> Table:
    words, numbers = page.words, page.numbers
    return Table(
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


def _decisions(page: Page, found: PredictionResult) -> Markup | None:
    if len(found.decisions) < 2:
        return None
    words, numbers = page.words, page.numbers
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
            for point in found.decisions
        ),
        note=words("decision.note"),
    )
    return page.figure(_decision_drawing(page, found, named), caption, table)


def _decision_drawing(page: Page, found: PredictionResult, named: figures.Named) -> Markup:
    words, points = page.words, found.decisions
    low = min(0.0, max(-0.05, min(point.everyone for point in points)))
    top = max(max(point.model, point.everyone) for point in points) * 1.1 or 0.01
    first, last = points[0].threshold, points[-1].threshold
    everyone = tuple((point.threshold, point.everyone) for point in points if point.everyone >= low)
    series = [
        Series(
            words=words("decision.model"),
            points=tuple((one.threshold, max(one.model, low)) for one in points),
        ),
        Series(words=words("decision.everyone"), points=everyone, tone="warm"),
        Series(words=words("decision.nobody"), points=((first, 0.0), (last, 0.0)), tone="soft"),
    ]
    axes = Axes(
        x_label=words("decision.threshold"),
        y_label=words("decision.benefit"),
        x_words=lambda value: page.numbers.share(value, 0),
        y_words=lambda value: page.numbers.number(value, 2),
        x_range=(first, last),
        y_range=(low, top),
    )
    return figures.curves([one for one in series if len(one.points) > 1], axes, named, stairs=False)


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

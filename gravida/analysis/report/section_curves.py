"""Curves of a question: with delayed entry, beside what ignoring it would say, and given a week reached."""

from gravida.analysis.report import figures
from gravida.analysis.report.figures import Axes, Series
from gravida.analysis.report.markup import Markup, join
from gravida.analysis.report.page import Page, Table, columns
from gravida.analysis.report.results import QuestionResult
from gravida.analysis.report.results_models import CurveResult

TONES = ("deep", "plum", "warm", "soft", "ink")


def curve_parts(page: Page, found: QuestionResult) -> list[Markup]:
    """The figures of a question's curves; none where it has none."""
    mine = [curve for curve in found.curves if curve.outcome == found.outcome and curve.points]
    right = [curve for curve in mine if curve.version == "with_entry"]
    parts: list[Markup] = []
    if right:
        parts += [_sentences(page, right), _groups(page, right)]
    ignored = [curve for curve in mine if curve.version == "entry_ignored"]
    for biased in ignored:
        true = next((curve for curve in right if curve.group == biased.group), None)
        if true is not None:
            parts.append(_beside(page, true, biased))
    given = [curve for curve in mine if curve.version == "given_free_at"]
    if given:
        parts.append(_given(page, given))
    competing = [curve for curve in found.curves if curve.version == "with_entry" and curve.points]
    if len(competing) > len(right):
        parts.append(page.folded(page.words("curve.every_outcome"), page.table(_ends(page, competing))))
    return parts


def _sentences(page: Page, right: list[CurveResult]) -> Markup:
    numbers = page.numbers
    told = []
    for curve in right:
        last = curve.points[-1]
        group = page.words("curve.group", group=curve.group) if curve.group else ""
        told.append(
            page.say(
                "curve.sentence",
                outcome=page.labels.outcome(curve.outcome),
                group=group,
                when=when_words(page, curve, last.week),
                of_hundred=numbers.number(100 * last.incidence, 0),
                interval=numbers.shares(last.lower, last.upper),
                rows=numbers.count(curve.rows),
            )
        )
        if curve.starts_after is not None:
            told.append(
                page.say(
                    "curve.starts",
                    when=when_words(page, curve, curve.starts_after, 1),
                    left=numbers.count(curve.left_before),
                )
            )
        told += [page.notice(page.say(f"warning.{code}"), kind="careful") for code in curve.warnings]
    return join(*told)


def when_words(page: Page, curve: CurveResult, time: float | None, digits: int = 0) -> str:
    """A time of a curve in its unit: week 14, month 24."""
    return page.words(f"curve.{curve.time_unit}", number=page.numbers.number(time, digits))


def _name(page: Page, curve: CurveResult) -> str:
    by = page.labels.plan.question(curve.question).by
    return f"{by} = {curve.group}" if curve.group else page.labels.outcome(curve.outcome)


def _series(curve: CurveResult, words: str, tone: str, *, band: bool) -> Series:
    start = curve.given_week if curve.given_week is not None else 0.0
    points = ((start, 0.0), *((point.week, point.incidence) for point in curve.points))
    limits = tuple((p.week, p.lower or 0.0, p.upper or 0.0) for p in curve.points if p.lower is not None)
    return Series(words=words, points=points, band=((start, 0.0, 0.0), *limits) if band else (), tone=tone)


def _axes(page: Page, curves: list[CurveResult]) -> Axes:
    numbers, words = page.numbers, page.words
    last = max(curve.points[-1].week for curve in curves)
    top = max(point.upper or point.incidence for curve in curves for point in curve.points)
    return Axes(
        x_label=words(f"curve.axis_{curves[0].time_unit}"),
        y_label=words("curve.share"),
        x_words=lambda v: numbers.number(v, 0),
        y_words=lambda v: numbers.share(v, 0),
        x_range=(0.0, last),
        y_range=(0.0, min(1.0, top * 1.08)),
    )


def _named(page: Page, title: str) -> figures.Named:
    return figures.Named(title=title, description=page.words("curve.description"), identity=page.identity())


def _groups(page: Page, right: list[CurveResult]) -> Markup:
    caption = page.words("curve.caption", outcome=page.labels.outcome(right[0].outcome))
    series = [
        _series(curve, _name(page, curve), TONES[at % len(TONES)], band=True)
        for at, curve in enumerate(right)
    ]
    drawing = figures.curves(series, _axes(page, right), _named(page, caption), stairs=True)
    return page.figure(drawing, caption, _points(page, right, caption))


def _points(page: Page, curves: list[CurveResult], caption: str) -> Table:
    words, numbers = page.words, page.numbers
    rows: list[tuple[str, ...]] = []
    for curve in curves:
        if len(curves) > 1:
            rows.append((_title(page, curve),))
        rows += [
            (
                numbers.number(point.week, 0),
                numbers.count(point.at_risk),
                numbers.count(point.events),
                numbers.share(point.incidence),
                numbers.shares(point.lower, point.upper),
            )
            for point in curve.points
        ]
    return Table(
        caption=caption,
        columns=columns(
            words(f"curve.by_{curves[0].time_unit}"),
            words("curve.at_risk"),
            words("curve.events"),
            words("curve.share"),
            words("answers.interval"),
        ),
        rows=tuple(rows),
        note=words("curve.note") if page.results.disclosure.on else "",
    )


def _title(page: Page, curve: CurveResult) -> str:
    name = _name(page, curve)
    if curve.version == "given_free_at":
        return f"{name}: {page.words('curve.given', week=page.numbers.number(curve.given_week, 0))}"
    return f"{name}: {page.words(f'curve.{curve.version}')}"


def _beside(page: Page, true: CurveResult, biased: CurveResult) -> Markup:
    words, numbers = page.words, page.numbers
    group = words("curve.group", group=true.group) if true.group else ""
    caption = words("curve.bias_caption", group=group)
    series = [
        _series(true, words("curve.with_entry"), "deep", band=False),
        _series(biased, words("curve.entry_ignored"), "warm", band=False),
    ]
    drawing = figures.curves(series, _axes(page, [true, biased]), _named(page, caption), stairs=True)
    warning = page.notice(
        page.say(
            "curve.bias",
            right=numbers.share(true.points[-1].incidence),
            wrong=numbers.share(biased.points[-1].incidence),
            crude=numbers.share(biased.crude),
            group=group,
        ),
        kind="careful",
    )
    return join(warning, page.figure(drawing, caption, _points(page, [true, biased], caption)))


def _given(page: Page, given: list[CurveResult]) -> Markup:
    words, numbers = page.words, page.numbers
    caption = words("curve.given_caption", outcome=page.labels.outcome(given[0].outcome))
    parts: list[Markup] = []
    for group in dict.fromkeys(curve.group for curve in given):
        mine = [curve for curve in given if curve.group == group]
        series = [
            _series(
                curve,
                words("curve.given", week=numbers.number(curve.given_week, 0)),
                TONES[at % len(TONES)],
                band=False,
            )
            for at, curve in enumerate(mine)
        ]
        title = f"{caption} ({_name(page, mine[0])})" if group else caption
        drawing = figures.curves(series, _axes(page, mine), _named(page, title), stairs=True)
        parts.append(page.figure(drawing, title, _points(page, mine, title)))
    return join(page.say("curve.given_intro"), *parts)


def _ends(page: Page, curves: list[CurveResult]) -> Table:
    words, numbers = page.words, page.numbers
    return Table(
        caption=words("curve.every_outcome"),
        columns=columns(
            words("asked.outcome"),
            words(f"curve.by_{curves[0].time_unit}"),
            words("curve.share"),
            words("answers.interval"),
        ),
        rows=tuple(
            (
                f"{page.labels.outcome(curve.outcome)}{f' ({_name(page, curve)})' if curve.group else ''}",
                numbers.number(curve.points[-1].week, 0),
                numbers.share(curve.points[-1].incidence),
                numbers.shares(curve.points[-1].lower, curve.points[-1].upper),
            )
            for curve in curves
        ),
    )

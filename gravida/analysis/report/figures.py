"""The figures of a report: flow, bars, estimates with intervals, curves, calibration, decisions."""

import textwrap
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from gravida.analysis.report.markup import Markup
from gravida.analysis.report.svg import (
    DASHES,
    Plane,
    area,
    box,
    drawing,
    line,
    log_ticks,
    mark,
    path,
    rectangle,
    steps,
    text,
    ticks,
)

WIDTH = 680.0
Format = Callable[[float], str]


@dataclass(frozen=True, kw_only=True)
class Named:
    """What a figure is called and what it shows, for readers who do not see it."""

    title: str
    description: str
    identity: str


@dataclass(frozen=True, kw_only=True)
class FlowBox:
    """A step of a flow: the lines of the box, and those of the boxes that leave before the next one."""

    lines: tuple[str, ...]
    out: tuple[tuple[str, ...], ...] = ()


def flow(boxes: Sequence[FlowBox], named: Named) -> Markup:
    """Boxes down the page, reasons for leaving at their right."""
    parts: list[Markup] = []
    y = 8.0
    for number, one in enumerate(boxes):
        height = 20.0 + 19.0 * len(one.lines)
        parts.append(box(8, y, 300, height))
        parts += [
            text(158, y + 24 + 19 * at, words, anchor="middle", bold=at == 0)
            for at, words in enumerate(one.lines)
        ]
        y += height
        last = number == len(boxes) - 1
        if not last:
            y = _leaving(parts, one.out, y)
    return drawing(
        WIDTH, y + 8, *parts, title=named.title, description=named.description, identity=named.identity
    )


def _leaving(parts: list[Markup], out: Sequence[tuple[str, ...]], y: float) -> float:
    start = y
    for lines in out:
        height = 14.0 + 17.0 * len(lines)
        y += 12
        parts.append(box(352, y, 320, height, tone="soft"))
        parts += [
            text(364, y + 20 + 17 * at, words, tone="soft" if at else "ink") for at, words in enumerate(lines)
        ]
        parts.append(line(158, y + height / 2, 352, y + height / 2))
        y += height
    y += 22
    parts += [line(158, start, 158, y - 6), mark(158, y - 5, "triangle_down", size=5)]
    return y


@dataclass(frozen=True, kw_only=True)
class Bar:
    """One bar: its words, its height, the words above it, and whether it stands out."""

    label: str
    value: float | None
    above: str
    stands_out: bool = False


def bars(given: Sequence[Bar], named: Named, *, x_label: str, y_label: str, y_words: Format) -> Markup:
    """Upright bars; one that stands out is framed as well as coloured."""
    highest = max([bar.value for bar in given if bar.value is not None] or [1.0]) * 1.18 or 1.0
    plane = Plane(height=290, top=30, x_range=(-0.5, len(given) - 0.5), y_range=(0.0, highest))
    plane.y_axis([(value, y_words(value)) for value in ticks(0, highest)], y_label)
    room = (plane.width - plane.left - plane.right) / len(given)
    for at, bar in enumerate(given):
        if bar.value is not None:
            top = plane.y(bar.value)
            tone = "warm" if bar.stands_out else "deep"
            height = plane.height - plane.bottom - top
            plane.add(rectangle(plane.x(at) - room * 0.36, top, room * 0.72, height, tone=tone, radius=2))
            plane.add(text(plane.x(at), top - 6, bar.above, anchor="middle", tone="ink", bold=bar.stands_out))
        else:
            plane.add(
                text(plane.x(at), plane.height - plane.bottom - 6, bar.above, anchor="middle", tone="soft")
            )
    plane.x_axis([(float(at), bar.label) for at, bar in enumerate(given)], x_label)
    return plane.drawing(title=named.title, description=named.description, identity=named.identity)


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """One line of a forest plot; a line without a value is a heading."""

    label: str
    value: float | None = None
    lower: float | None = None
    upper: float | None = None
    told: str = ""
    shape: str = "square"
    tone: str = "deep"


def forest(
    given: Sequence[Estimate], named: Named, *, x_label: str, x_words: Format, is_ratio: bool = True
) -> Markup:
    """Estimates with their intervals on one scale; ratios on a logarithmic one."""
    low, high = _reach(given, is_ratio=is_ratio)
    height = 26.0 + 23.0 * len(given) + 52
    plane = Plane(height=height, left=286, right=142, top=14, x_range=(low, high), x_is_log=is_ratio)
    none = 1.0 if is_ratio else 0.0
    plane.add(line(plane.x(none), 8, plane.x(none), height - plane.bottom, dash="2 3"))
    for at, one in enumerate(given):
        y = 26.0 + 23 * at
        heading = one.value is None and not one.told
        lines = textwrap.wrap(one.label, 46 if heading else 44, max_lines=2, placeholder="…")
        for place, words in enumerate(lines):
            down = 4 if len(lines) == 1 else 12 * place - 2
            plane.add(text(4 if heading else 16, y + down, words, bold=heading))
        if one.value is not None:
            _interval(plane, one, y, low, high)
        plane.add(text(WIDTH - 4, y + 4, one.told, anchor="end"))
    marks = log_ticks(low, high) if is_ratio else ticks(low, high)
    plane.x_axis([(value, x_words(value)) for value in marks], x_label)
    return plane.drawing(title=named.title, description=named.description, identity=named.identity)


def _reach(given: Sequence[Estimate], *, is_ratio: bool) -> tuple[float, float]:
    ends = [end for one in given for end in (one.lower, one.upper, one.value) if end is not None]
    none = 1.0 if is_ratio else 0.0
    low, high = min([*ends, none]), max([*ends, none])
    if is_ratio:
        return max(min(low / 1.1, 0.8), 0.02), min(max(high * 1.1, 1.25), 60.0)
    room = max(high - low, 1e-6) * 0.08
    return low - room, high + room


def _interval(plane: Plane, one: Estimate, y: float, low: float, high: float) -> None:
    value, lower, upper = one.value or 0.0, one.lower, one.upper
    if lower is not None and upper is not None:
        plane.add(line(plane.x(max(lower, low)), y, plane.x(min(upper, high)), y, tone=one.tone, width=1.6))
    if low <= value <= high:
        plane.add(mark(plane.x(value), y, one.shape, tone=one.tone, size=4.5))


def shortened(words: str, most: int) -> str:
    """Words that fit, with an ellipsis where some are left out."""
    return words if len(words) <= most else words[: most - 1].rstrip() + "…"


@dataclass(frozen=True, kw_only=True)
class Series:
    """A line through points, perhaps with a band, and the words at its end."""

    words: str
    points: tuple[tuple[float, float], ...]
    band: tuple[tuple[float, float, float], ...] = ()
    tone: str = "deep"


@dataclass(frozen=True, kw_only=True)
class Axes:
    """Names and numbers of both axes."""

    x_label: str
    y_label: str
    x_words: Format
    y_words: Format
    x_range: tuple[float, float]
    y_range: tuple[float, float]


def curves(
    given: Sequence[Series], axes: Axes, named: Named, *, stairs: bool, marks: Sequence[Estimate] = ()
) -> Markup:
    """Lines, each with a colour, a dash and its words; stairs for incidences."""
    plane = Plane(height=360, right=24, top=34 + 18 * len(given), x_range=axes.x_range, y_range=axes.y_range)
    plane.y_axis([(value, axes.y_words(value)) for value in ticks(*axes.y_range)], axes.y_label)
    for at, series in enumerate(given):
        if series.band:
            _band(plane, series, stairs=stairs)
        points = plane.places(series.points)
        dash = DASHES[series.tone]
        plane.add(path(steps(points) if stairs else points, tone=series.tone, dash=dash))
        y = 30.0 + 18 * at
        plane.add(path([(plane.left, y), (plane.left + 34, y)], tone=series.tone, dash=dash))
        plane.add(text(plane.left + 42, y + 4, series.words))
    for one in marks:
        _upright(plane, one)
    plane.x_axis([(value, axes.x_words(value)) for value in ticks(*axes.x_range, about=8)], axes.x_label)
    return plane.drawing(title=named.title, description=named.description, identity=named.identity)


def _band(plane: Plane, series: Series, *, stairs: bool) -> None:
    upper = plane.places([(x, high) for x, _, high in series.band])
    lower = plane.places([(x, low) for x, low, _ in series.band])
    plane.add(area(steps(upper) if stairs else upper, steps(lower) if stairs else lower, tone=series.tone))


def _upright(plane: Plane, one: Estimate) -> None:
    """A point with an upright interval; its label holds its place on the horizontal axis."""
    if one.value is None:
        return
    x = plane.x(float(one.label))
    if one.lower is not None and one.upper is not None:
        low, high = plane.y_range
        plane.add(
            line(x, plane.y(max(one.lower, low)), x, plane.y(min(one.upper, high)), tone=one.tone, width=1.4)
        )
    plane.add(mark(x, plane.y(one.value), one.shape, tone=one.tone, size=4.5))

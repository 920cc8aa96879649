"""Drawings as SVG: a plane with axes, and lines, bands, bars and marks on it, readable without colour.

Every colour is an attribute, for readers of the bare file, and a class, for the page's dark theme.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from gravida.analysis.report.markup import Markup, el, join

INK, SOFT, LINE, PAPER = "#23302e", "#566260", "#d9d2c5", "#fffdf9"
COLOURS = {"deep": "#0f5954", "warm": "#9c4526", "plum": "#643a55", "soft": "#566260", "ink": "#23302e"}
DASHES = {"deep": None, "warm": "7 4", "plum": "2 3", "soft": "10 3 2 3", "ink": None}
FONT = "Atkinson Hyperlegible Next, Atkinson Hyperlegible, Verdana, sans-serif"
SIZE = 13.0


def text(
    x: float, y: float, words: str, *, anchor: str = "start", tone: str = "ink", bold: bool = False
) -> Markup:
    """Words at a place; `tone` ink or soft."""
    return el(
        "text",
        words,
        x=float(x),
        y=float(y),
        text_anchor=anchor,
        class_=f"fill-{tone}",
        fill=COLOURS[tone],
        font_weight="700" if bold else None,
    )


def line(
    x1: float,
    y1: float,
    x2: float,
    y2: float,
    *,
    tone: str = "soft",
    width: float = 1.0,
    dash: str | None = None,
) -> Markup:
    """A straight line."""
    return el(
        "line",
        x1=float(x1),
        y1=float(y1),
        x2=float(x2),
        y2=float(y2),
        class_=f"stroke-{tone}",
        stroke=LINE if tone == "grid" else COLOURS[tone],
        stroke_width=float(width),
        stroke_dasharray=dash,
    )


def rectangle(
    x: float,
    y: float,
    width: float,
    height: float,
    *,
    tone: str = "deep",
    opacity: float = 1.0,
    radius: float = 0.0,
) -> Markup:
    """A filled bar."""
    return el(
        "rect",
        x=float(x),
        y=float(y),
        width=float(max(width, 0.0)),
        height=float(max(height, 0.0)),
        rx=float(radius) if radius else None,
        class_=f"fill-{tone}",
        fill=COLOURS[tone],
        fill_opacity=float(opacity) if opacity < 1 else None,
    )


def box(x: float, y: float, width: float, height: float, *, tone: str = "deep") -> Markup:
    """An empty box with a border."""
    return el(
        "rect",
        x=float(x),
        y=float(y),
        width=float(width),
        height=float(height),
        rx=8.0,
        class_=f"paper stroke-{tone}",
        fill=PAPER,
        stroke=COLOURS[tone],
        stroke_width=1.2,
    )


def mark(x: float, y: float, shape: str, *, tone: str = "deep", size: float = 5.0) -> Markup:
    """A square, circle, diamond or triangle: shapes tell series apart without colour."""
    colour = {"class_": f"fill-{tone}", "fill": COLOURS[tone]}
    if shape == "circle":
        return el("circle", cx=float(x), cy=float(y), r=float(size * 0.9), **colour)
    points = {
        "square": ((-1, -1), (1, -1), (1, 1), (-1, 1)),
        "diamond": ((0, -1.3), (1.3, 0), (0, 1.3), (-1.3, 0)),
        "triangle": ((0, -1.2), (1.2, 1), (-1.2, 1)),
        "triangle_down": ((0, 1.2), (1.2, -1), (-1.2, -1)),
    }[shape]
    told = " ".join(f"{x + size * dx:.1f},{y + size * dy:.1f}" for dx, dy in points)
    return el("polygon", points=told, **colour)


def path(
    points: Sequence[tuple[float, float]], *, tone: str = "deep", width: float = 2.0, dash: str | None = None
) -> Markup:
    """A line through points."""
    told = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
    return el(
        "path",
        d=told,
        class_=f"stroke-{tone}",
        stroke=COLOURS[tone],
        stroke_width=float(width),
        stroke_dasharray=dash,
        fill="none",
        stroke_linejoin="round",
    )


def area(
    upper: Sequence[tuple[float, float]], lower: Sequence[tuple[float, float]], *, tone: str = "deep"
) -> Markup:
    """The band between two lines."""
    told = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in [*upper, *reversed(lower)]) + "Z"
    return el("path", d=told, class_=f"fill-{tone}", fill=COLOURS[tone], fill_opacity=0.16)


def steps(points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Points as stairs: level until the next x, then up."""
    found: list[tuple[float, float]] = []
    for at, (x, y) in enumerate(points):
        if at:
            found.append((x, found[-1][1]))
        found.append((x, y))
    return found


def drawing(
    width: float, height: float, *parts: Markup, title: str, description: str, identity: str
) -> Markup:
    """A whole drawing, named and described for readers who do not see it."""
    return el(
        "svg",
        el("title", title, id=f"{identity}-title"),
        el("desc", description, id=f"{identity}-desc"),
        join(*parts),
        xmlns="http://www.w3.org/2000/svg",
        viewbox=f"0 0 {width:.0f} {height:.0f}",
        width=float(width),
        height=float(height),
        role="img",
        aria_labelledby=f"{identity}-title {identity}-desc",
        font_family=FONT,
        font_size=SIZE,
    )


@dataclass(kw_only=True)
class Plane:
    """Axes and what is drawn between them. Numbers become places by `x` and `y`."""

    width: float = 680.0
    height: float = 320.0
    left: float = 62.0
    right: float = 20.0
    top: float = 16.0
    bottom: float = 52.0
    x_range: tuple[float, float]
    y_range: tuple[float, float] = (0.0, 1.0)
    x_is_log: bool = False
    parts: list[Markup] = field(default_factory=list)

    def x(self, value: float) -> float:
        """Place of a value on the horizontal axis."""
        low, high = self.x_range
        if self.x_is_log:
            low, high, value = math.log(low), math.log(high), math.log(value)
        return self.left + (value - low) / (high - low) * (self.width - self.left - self.right)

    def y(self, value: float) -> float:
        """Place of a value on the vertical axis."""
        low, high = self.y_range
        return (
            self.height - self.bottom - (value - low) / (high - low) * (self.height - self.top - self.bottom)
        )

    def places(self, points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
        """Places of points."""
        return [(self.x(x), self.y(y)) for x, y in points]

    def add(self, *parts: Markup) -> None:
        """Draw on the plane."""
        self.parts += parts

    def x_axis(self, ticks: Sequence[tuple[float, str]], label: str) -> None:
        """The horizontal axis with its ticks and name."""
        y = self.height - self.bottom
        self.add(line(self.left, y, self.width - self.right, y))
        taken = float("-inf")
        for value, words in ticks:
            self.add(line(self.x(value), y, self.x(value), y + 5))
            # About seven units a letter: words that would touch the ones before are left out.
            half = 3.6 * len(words) + 3
            if self.x(value) - half >= taken:
                self.add(text(self.x(value), y + 19, words, anchor="middle", tone="soft"))
                taken = self.x(value) + half
        middle = (self.left + self.width - self.right) / 2
        self.add(text(middle, self.height - 10, label, anchor="middle"))

    def y_axis(self, ticks: Sequence[tuple[float, str]], label: str) -> None:
        """The vertical axis: lines across, and its name above."""
        for value, words in ticks:
            self.add(line(self.left, self.y(value), self.width - self.right, self.y(value), tone="grid"))
            self.add(text(self.left - 8, self.y(value) + 4, words, anchor="end", tone="soft"))
        self.add(text(4, 13, label))

    def drawing(self, *, title: str, description: str, identity: str) -> Markup:
        """The plane as a whole drawing."""
        return drawing(
            self.width, self.height, *self.parts, title=title, description=description, identity=identity
        )


def ticks(low: float, high: float, *, about: int = 5) -> list[float]:
    """Round numbers from low to high, about so many."""
    if high <= low:
        return [low]
    raw = (high - low) / about
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(step * power for step in (1, 2, 2.5, 5, 10) if step * power >= raw - 1e-12)
    first = math.ceil(low / step - 1e-9)
    last = math.floor(high / step + 1e-9)
    return [round(number * step, 10) for number in range(first, last + 1)]


def log_ticks(low: float, high: float) -> list[float]:
    """Round ratios between two ratios."""
    every = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0]
    fine = [0.25, 0.33, 0.5, 0.67, 0.8, 1.0, 1.25, 1.5, 2.0, 3.0, 4.0, 6.0, 8.0]
    chosen = fine if high / low < 12 else every
    found = [tick for tick in chosen if low <= tick <= high]
    return found[::2] if len(found) > 9 else found

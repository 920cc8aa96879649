"""The report as one HTML file: nothing is fetched, no script runs, every figure has its numbers beneath."""

import base64
import re
from pathlib import Path

from gravida.analysis.report.labels import Labels
from gravida.analysis.report.markup import Markup, el, join
from gravida.analysis.report.page import Page
from gravida.analysis.report.results import Results
from gravida.analysis.report.section_answers import answers
from gravida.analysis.report.section_guard import checklists, limits, methods, sensitivity, traps
from gravida.analysis.report.section_markers import markers
from gravida.analysis.report.section_opening import asked, contents, header, in_short
from gravida.analysis.report.section_people import definitions, flow, histories, missing, people
from gravida.analysis.report.section_prognosis import prognosis
from gravida.analysis.report.section_quality import quality
from gravida.analysis.report.words import words_of
from gravida.protocol.definitions_file import Definitions
from gravida.protocol.plan import Plan

FOLDER = Path(__file__).parent
FONT = FOLDER.parents[1] / "static/fonts/atkinson-hyperlegible-next-latin-wght-normal.woff2"
SECTIONS = (
    in_short,
    asked,
    flow,
    people,
    histories,
    missing,
    definitions,
    quality,
    answers,
    prognosis,
    markers,
    sensitivity,
    traps,
    limits,
    methods,
    checklists,
)
_DRAWING = re.compile(r"<svg\b.*?</svg>", re.DOTALL)
_TITLE = re.compile(r"<title[^>]*>(.*?)</title>", re.DOTALL)


def report_html(
    results: Results, plan: Plan, definitions_: Definitions | None, *, language: str, for_print: bool = False
) -> str:
    """The whole report in one language. `for_print`: as the PDF is made from, unfolded."""
    words = words_of(language)
    page = Page(
        results=results,
        words=words,
        labels=Labels(plan=plan, definitions=definitions_, words=words),
        for_print=for_print,
    )
    opening = header(page)
    body = join(*(section(page) for section in SECTIONS))
    title = words("header.title", plan=results.identity.plan)
    document = join(
        el(
            "head",
            el("meta", charset="utf-8"),
            el("meta", name="viewport", content="width=device-width, initial-scale=1"),
            el("meta", name="robots", content="noindex"),
            el("title", title),
            Markup(f"<style>{_style(for_print=for_print)}</style>"),
        ),
        el(
            "body",
            el("a", words("frame.skip"), href="#report", class_="skip"),
            opening,
            contents(page),
            el("main", body, id="report"),
            el("footer", el("p", words("frame.plan", hash=results.identity.plan_hash))),
        ),
    )
    text = f"<!doctype html>\n{el('html', document, lang=language)}\n"
    return _with_pictures(text) if for_print else text


def _style(*, for_print: bool) -> str:
    sheet = (FOLDER / ("print.css" if for_print else "report.css")).read_text(encoding="utf-8")
    return _font_face() + sheet


def _font_face() -> str:
    """The site's own type, inside the file; the reader's where it is not installed beside the code."""
    if not FONT.is_file():
        return ""
    letters = base64.b64encode(FONT.read_bytes()).decode()
    return (
        '@font-face{font-family:"Atkinson Hyperlegible Next";font-weight:200 800;'
        f"src:url(data:font/woff2;base64,{letters}) format('woff2')}}\n"
    )


def _with_pictures(text: str) -> str:
    """Drawings as pictures with their words, which is how a tagged PDF can read them."""

    def picture(found: re.Match[str]) -> str:
        drawing = found.group(0)
        title = _TITLE.search(drawing)
        data = base64.b64encode(drawing.encode()).decode()
        alternative = title.group(1).replace('"', "&quot;") if title else ""
        return f'<img src="data:image/svg+xml;base64,{data}" alt="{alternative}">'

    return _DRAWING.sub(picture, text)

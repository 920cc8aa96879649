"""The report of an analysis in a real browser: no request, no barrier, nothing that clips on a telephone."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from gravida.analysis.plan import read_plan
from gravida.analysis.report.html import report_html
from gravida.analysis.run import Asked, checked_source, run
from gravida.analysis.run_source import data_hash, definitions_for
from tests.analysis import whole
from tests.journeys.conftest import problems_of_accessibility

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("one report")]
STUDIES = Path(__file__).resolve().parents[2] / "studies"


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A report that holds every part, in both languages."""
    folder = tmp_path_factory.mktemp("report")
    path, data = whole.plan_file(folder), whole.source_file(folder)
    plan = read_plan(path)
    definitions, definitions_hash = definitions_for("nsfg", None, STUDIES)
    asked = Asked(
        plan=plan,
        data=data,
        data_hash=data_hash(data),
        definitions=definitions,
        definitions_hash=definitions_hash,
    )
    results = run(asked, checked_source(asked))
    written = {}
    for language in ("en", "fr"):
        written[language] = folder / f"report.{language}.html"
        written[language].write_text(
            report_html(results, plan, definitions, language=language), encoding="utf-8"
        )
    return written


@pytest.mark.slow
@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize(("width", "scheme"), [(360, "dark"), (1280, "light")])
def test_the_report_has_no_barrier_and_asks_nobody_for_anything(
    pages: dict[str, Path],
    browser: Browser,
    language: str,
    width: int,
    scheme: str,
) -> None:
    # given a report opened from the disk, watched
    context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    # when it is read, everything folded opened
    page.goto(pages[language].as_uri())
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
    # then nothing else was fetched, nobody is kept out, and the page does not run off its sides
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
    assert problems_of_accessibility(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    context.close()

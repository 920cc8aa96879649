"""A real browser that holds nothing but the rules of the self-check; a site whose team can be written to."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

import gravida
from tests.find.contact.pages import conftest as contact
from tests.journeys.conftest import browser_type_launch_args as chromium

SCRIPT = Path(gravida.__file__).resolve().parent / "static/js/self_check_rules.js"

browser_type_launch_args = chromium
team, other_team, visitor = contact.team, contact.other_team, contact.visitor


@pytest.fixture(scope="module")
def rules_page(browser: Browser) -> Iterator[Page]:
    """An empty page with the interpreter of the rules."""
    page = browser.new_page()
    page.add_script_tag(content=SCRIPT.read_text(encoding="utf-8"))
    yield page
    page.close()


@pytest.fixture
def judged_by_browser(rules_page: Page) -> Any:
    """Judges many sets of answers in one call: what the browser reads and finds, one text for each."""

    def judge(rules: dict[str, Any], many: list[dict[str, Any]], *, as_facts: bool = False) -> list[str]:
        call = """([rules, many, asFacts]) => many.map((given) => {
          const answers = asFacts ? { facts: given, told: {}, wrong: {} } : selfCheckRules.read(rules, given);
          const wrong = Object.keys(answers.wrong).sort().map((fact) => `${fact}:${answers.wrong[fact]}`);
          if (wrong.length) return `wrong ${wrong.join(" ")}`;
          const { results, public: told } = selfCheckRules.assess(rules, answers.facts);
          const one = (result) => [result.id, result.kind, result.answer, result.because.join("+"),
            result.unsettled.join("+"), result.is_asked, result.lets_in,
            ...result.parts.map((part) => `${part.id}=${part.answer}<${part.because.join("+")}`)].join(",");
          const said = Object.keys(answers.told).sort().map((fact) => `${fact}=${answers.told[fact]}`);
          return [told.code, told.criteria.join("+"), told.missing.join("+"), told.left_to_team.join("+"),
            ...results.map(one), ...said].join("|");
        })"""
        found: list[str] = rules_page.evaluate(call, [rules, many, as_facts])
        return found

    return judge

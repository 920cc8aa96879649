"""A registry record in which every text attacks: nothing runs, nothing is fetched."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Dialog

pytestmark = pytest.mark.journey

PAYLOADS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    "</script><script>alert(1)//",
    "javascript:alert(1)",
    "<iframe srcdoc='<script>alert(1)</script>'>",
    "{{ 7*7 }}{% load static %}",
    "<!--",
    "]]>",
    "</textarea><script>alert(1)</script>",
    "<a href='javascript:alert(1)'>x</a>",
    "&lt;script&gt;",
    "\u202egnp.exe",
    "<style>*{display:none}</style>",
    "<meta http-equiv=refresh content='0;url=//example.org'>",
    "<base href=//example.org/>",
    "http://169.254.169.254/latest",
    "'; DROP TABLE study; --",
    "\u0000\u0007\ud800",
    "<h1>Another title</h1>",
]


@pytest.fixture
def hostile_records(bundled_for_server: None, tmp_path: Path) -> list[str]:
    """Twenty studies, one payload each in every text field; their numbers."""
    from gravida.find import commands

    numbers = []
    file = tmp_path / "hostile.jsonl"
    with file.open("w", encoding="ascii") as lines:
        for place, text in enumerate(PAYLOADS):
            numbers.append(f"NCT8{place:07d}")
            lines.write(json.dumps(_record(numbers[-1], text)) + "\n")
    import argparse

    parser = argparse.ArgumentParser()
    commands.add_commands(parser.add_subparsers(dest="command"))
    options = parser.parse_args(["registry", "import", str(file)])
    options.run(options)
    return numbers


def _record(number: str, text: str) -> dict[str, Any]:
    site = {"facility": text, "city": text, "state": text, "country": text, "status": "RECRUITING"}
    return {
        "protocolSection": {
            "identificationModule": {
                "nctId": number, "briefTitle": f"Hostile {text}", "officialTitle": text, "acronym": text,
                "orgStudyIdInfo": {"id": text},
            },
            "statusModule": {
                "overallStatus": "RECRUITING", "whyStopped": text,
                "lastUpdatePostDateStruct": {"date": "2025-01-01"},
            },
            "sponsorCollaboratorsModule": {"leadSponsor": {"name": text}, "collaborators": [{"name": text}]},
            "descriptionModule": {"briefSummary": f"{text}\n\n* {text}", "detailedDescription": text},
            "conditionsModule": {"conditions": [text], "keywords": [text]},
            "designModule": {"studyType": "INTERVENTIONAL", "phases": ["PHASE2"]},
            "armsInterventionsModule": {
                "interventions": [{"type": "DRUG", "name": text, "description": text}],
            },
            "outcomesModule": {"primaryOutcomes": [{"measure": text, "timeFrame": text}]},
            "eligibilityModule": {
                "eligibilityCriteria": f"Inclusion Criteria:\n\n* {text}\n\nExclusion Criteria:\n\n* {text}",
                "minimumAge": text, "maximumAge": "50 Years", "sex": "ALL",
            },
            "contactsLocationsModule": {
                "centralContacts": [{"name": text, "email": text, "phone": text}], "locations": [site],
            },
        },
        "hasResults": False,
    }  # fmt: skip


@pytest.mark.slow
def test_hostile_text_is_shown_as_text_and_does_nothing(
    hostile_records: list[str], open_context: Callable[..., BrowserContext]
) -> None:
    page = open_context().new_page()
    dialogs: list[Dialog] = []
    page.on("dialog", lambda dialog: (dialogs.append(dialog), dialog.dismiss()))
    addresses = [f"/en/studies/{number}/?near=Lyon" for number in hostile_records]
    addresses += [f"/fr/studies/{number}/faq/?q={number}" for number in hostile_records[::4]]
    addresses += [f"/en/studies/{number}/page/" for number in hostile_records[::4]]
    addresses += [
        f"/en/compare/?study={'&study='.join(hostile_records[place : place + 3])}" for place in (0, 9)
    ]
    for address in [*addresses, "/en/studies/?q=hostile", "/en/studies/?q=hostile&page=2"]:
        page.goto(address, wait_until="networkidle")
        assert dialogs == []
        assert page.locator("h1").count() == 1
        assert page.locator("iframe, base, meta[http-equiv], style, [onload], [onerror]").count() == 0
        assert page.locator("script:not([src]):not([type='application/ld+json'])").count() == 0
        hidden = {"\x00", "\x07", "\u202e", "\ufffd"}
        assert not hidden & set(page.content())
        assert page.locator(".study-card").count() == 10 or "NCT8" in address
        for link in page.locator("a").all():
            assert (link.get_attribute("href") or "").startswith(
                ("/", "#", "?", "https://clinicaltrials.gov/study/")
            )

"""Overviews for tests: clean words about FALCO, drafts, records that change."""

import json
from datetime import datetime
from typing import Any

from gravida.find.models import RecordVersion, Study
from gravida.find.overviews import actions_steps
from gravida.find.overviews.actions_texts import save_draft
from gravida.find.overviews.models import OverviewText
from gravida.find.overviews.writing import newest_number
from gravida.find.registry.store import read_incoming, write
from gravida.web.people.models import Person

NUMBER = "NCT05557201"
CLEAN = {
    "in_short": "FALCO looks for the reasons of repeated early losses. It tests no new treatment.",
    "could_i": "You may be able to join if you are 18 to 50 years old.",
}
WITH_A_WRONG_NUMBER = CLEAN | {"could_i": "You may be able to join if you are 18 to 55 years old."}


def fresh_study() -> Study:
    """FALCO as the database holds it now."""
    return Study.objects.with_record().get(number=NUMBER)


def fresh(text: OverviewText) -> OverviewText:
    """A version as the database holds it now."""
    return OverviewText.objects.select_related("generation").get(pk=text.pk)


def write_draft(
    study: Study, *, by: Person, at: datetime, language: str = "en", texts: dict[str, str] | None = None
) -> OverviewText:
    """A draft after the newest version."""
    seen = newest_number(study.number, language)
    return save_draft(study=study, language=language, texts=texts or CLEAN, seen=seen, by=by, at=at)


def publish(text: OverviewText, *, by: Person, approver: Person, at: datetime) -> OverviewText:
    """Take a draft all the way."""
    study = fresh_study()
    actions_steps.check(study=study, text=text, by=by, at=at)
    actions_steps.approve(study=study, text=text, by=approver, at=at)
    actions_steps.publish(study=study, text=text, by=by, at=at)
    return fresh(text)


def change_record(*, at: datetime, **changed: Any) -> Study:
    """A new version of FALCO's record comes from the registry, as an import would bring it."""
    study = fresh_study()
    value = json.loads(study.current_version.raw)  # type: ignore[union-attr]
    value["protocolSection"]["designModule"]["enrollmentInfo"]["count"] = changed.get("count", 800)
    value["protocolSection"]["statusModule"]["lastUpdatePostDateStruct"]["date"] = changed.get(
        "day", "2026-11-20"
    )
    write([read_incoming(json.dumps(value).encode())], source=RecordVersion.Source.REGISTRY, fetched_at=at)
    return fresh_study()

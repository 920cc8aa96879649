"""Acts on findings: a finding is right as it stands, with a reason; or it is to be mended after all."""

from datetime import datetime

from django.db import transaction

from gravida.find.models import Study
from gravida.find.overviews.actions_texts import refuse_strangers
from gravida.find.overviews.findings import judged
from gravida.find.overviews.models_texts import OverviewText, Resolution
from gravida.web.audit import trail
from gravida.web.people.models import Person


class NoSuchFinding(Exception):
    """The words have changed since: nothing of this kind is found in them, or it cannot be resolved."""


class NoReason(Exception):
    """A finding is resolved with a reason only."""


def resolve(
    *, study: Study, text: OverviewText, key: str, reason: str, by: Person, at: datetime
) -> Resolution:
    """Say why a finding is right. Holds for the same words against the same record, in later versions too.

    NotYours, NoSuchFinding, NoReason.
    """
    refuse_strangers(by, study)
    if not reason.strip():
        raise NoReason(key)
    found = next((one for one in judged(study, text).judgement.findings if one.key == key), None)
    if found is None or found.is_never:
        raise NoSuchFinding(key)
    with transaction.atomic():
        row, _ = Resolution.objects.update_or_create(
            study=text.study,
            language=text.language,
            record_sha256=text.record_sha256,
            key=key,
            defaults={"found": found.found[:300], "reason": reason.strip(), "by": by, "at": at},
        )
        trail.record(
            action="overviews.resolved", by=by, at=at, about=text, study=text.study, reason=reason.strip()
        )
    return row


def take_back(*, study: Study, text: OverviewText, key: str, by: Person, at: datetime) -> None:
    """The finding is open again; nothing where it was. NotYours."""
    refuse_strangers(by, study)
    with transaction.atomic():
        gone, _ = Resolution.objects.filter(
            study=text.study, language=text.language, record_sha256=text.record_sha256, key=key
        ).delete()
        if gone:
            trail.record(action="overviews.reopened", by=by, at=at, about=text, study=text.study)

"""Asking the operator's endpoint for a text, and taking the wish back."""

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from gravida.find.models import Study
from gravida.find.overviews.actions_texts import refuse_strangers
from gravida.find.overviews.endpoint import configured
from gravida.find.overviews.models_jobs import GenerationJob
from gravida.find.overviews.writing import newest_number
from gravida.web.audit import trail
from gravida.web.limits import Limit, spend
from gravida.web.people.models import Person

BY_A_PERSON = Limit("overviews generation", times=20, within=timedelta(hours=1))
State = GenerationJob.State


class NoEndpoint(Exception):
    """The operator has set no endpoint: texts are written by hand or put together by rules."""


class AlreadyAsked(Exception):
    """A text of this study and language is on its way."""


def ask_for_text(*, study: Study, language: str, by: Person, at: datetime) -> GenerationJob:
    """Ask for a text; the worker does the rest. NotYours, NoEndpoint, AlreadyAsked, TooMany."""
    refuse_strangers(by, study)
    if configured() is None:
        raise NoEndpoint(study.number)
    spend(BY_A_PERSON, key=str(by.pk), at=at)
    try:
        with transaction.atomic():
            job = GenerationJob.objects.create(
                study=study.number,
                language=language,
                asked_by=by,
                asked_at=at,
                seen=newest_number(study.number, language),
            )
            trail.record(action="overviews.generation_asked", by=by, at=at, about=job, study=study.number)
    except IntegrityError as error:
        raise AlreadyAsked(study.number) from error
    return job


def cancel(*, study: Study, job: GenerationJob, by: Person, at: datetime) -> bool:
    """Take the wish back; the worker notices within a second. False where it had ended. NotYours."""
    refuse_strangers(by, study)
    with transaction.atomic():
        rows = GenerationJob.objects.filter(
            pk=job.pk, study=study.number, state__in=[State.WAITING, State.RUNNING]
        )
        if not rows.update(state=State.CANCELLED, ended_at=at, received=""):
            return False
        trail.record(action="overviews.generation_cancelled", by=by, at=at, about=job, study=study.number)
    return True

"""The worker's part of a generated text: taken by one process, streamed, guarded, kept as a draft.

It runs beside the worker's other tasks, in a thread of its own: a model may take minutes, mails cannot wait.
"""

import logging
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import DatabaseError, close_old_connections, connection, transaction
from django.db.models import F, Q
from django.utils import timezone

from gravida.find.contact.pages.typed import typed_text
from gravida.find.models import Study
from gravida.find.overviews.asking import REQUEST, messages_about
from gravida.find.overviews.endpoint import Answer, Cancelled, EndpointClient, EndpointFault, configured
from gravida.find.overviews.failures import ChangedMeanwhile, NothingSaid, NotPlain, TooLong
from gravida.find.overviews.models_jobs import GenerationJob
from gravida.find.overviews.models_texts import Generation, OverviewText
from gravida.find.overviews.sections import known_language
from gravida.find.overviews.text_form import NotInForm, read_form
from gravida.find.overviews.writing import NewText, record_version, write
from gravida.web.tokens import new_token

HELD_FOR = timedelta(seconds=90)  # renewed with every progress that is written down
KEPT_FOR = timedelta(days=30)  # what a text that was not kept held
MOST_TRIES = 3  # of workers that went away in the middle
WRITTEN_EVERY = 1.0  # seconds between two writings of the progress

log = logging.getLogger("gravida.overviews")
State = GenerationJob.State
_thread: threading.Thread | None = None


def generate_waiting(at: datetime) -> bool:
    """Begin the text that has waited longest, in a thread, unless one is under way here; whether one was."""
    global _thread  # noqa: PLW0603 - one text at a time in a process
    if configured() is None or (_thread is not None and _thread.is_alive()):
        return False
    job = take_next(at=at)
    if job is None:
        return False
    _thread = threading.Thread(target=_in_thread, args=(job,), name=f"overview {job.pk}")
    _thread.start()
    return True


def _in_thread(job: GenerationJob) -> None:
    try:
        close_old_connections()
        run(job)
    except DatabaseError:
        # Its time of holding runs out, and it is taken again.
        log.exception("text %s: the database went away", job.pk)
    finally:
        connection.close()


def take_next(*, at: datetime) -> GenerationJob | None:
    """The oldest text that waits, or whose worker has gone; held by a conditional UPDATE."""
    free = Q(state=State.WAITING) | Q(state=State.RUNNING, held_until__lte=at)
    GenerationJob.objects.filter(free, tries__gte=MOST_TRIES).update(
        state=State.FAILED, failure="gave_up", ended_at=at
    )
    for number in GenerationJob.objects.filter(free).order_by("asked_at").values_list("pk", flat=True)[:5]:
        holder = new_token()[:40]
        if GenerationJob.objects.filter(free, pk=number).update(
            state=State.RUNNING, holder=holder, held_until=at + HELD_FOR, tries=F("tries") + 1, received=""
        ):
            return GenerationJob.objects.get(pk=number)
    return None


def run(job: GenerationJob, *, client: EndpointClient | None = None) -> None:
    """Ask, guard, keep; whatever happens stands in the job."""
    endpoint = configured()
    study = Study.objects.numbered(job.study)
    if endpoint is None or study is None:
        _fail(job, "gone")
        return
    progress = _Progress(job)
    try:
        answer = (client or EndpointClient(endpoint)).complete(
            messages_about(study.record, language=known_language(job.language)),
            told=progress.told,
            is_cancelled=progress.is_cancelled,
        )
        _keep(job, study, answer, host=endpoint.host)
    except Cancelled:
        return
    except EndpointFault as fault:
        _fail(job, fault.code, fault.found)
    except NotInForm as error:
        _fail(job, "not_in_form", f"{error.found}")
    except (NotPlain, TooLong) as error:
        kind = error.kind if isinstance(error, NotPlain) else "long"
        _fail(job, f"guard_{kind}", f"{error.section}: {error.found}")
    except NothingSaid:
        _fail(job, "nothing_said")
    except ChangedMeanwhile:
        _fail(job, "changed_meanwhile")


class _Progress:
    """Writes down how far the text is, about once a second, and hears whether it is still wanted."""

    def __init__(self, job: GenerationJob, clock: Callable[[], float] = time.monotonic) -> None:
        self.job, self.clock = job, clock
        self.written_at = -WRITTEN_EVERY
        self.is_gone = False
        self.text = ""

    def told(self, text: str, trouble: str) -> None:
        if trouble:
            self._write(text, trouble)
        elif self.clock() - self.written_at >= WRITTEN_EVERY:
            self._write(text)

    def is_cancelled(self) -> bool:
        if not self.is_gone and self.clock() - self.written_at >= WRITTEN_EVERY:
            self._write()
        return self.is_gone

    def _write(self, text: str | None = None, trouble: str = "") -> None:
        self.written_at = self.clock()
        if text is not None:
            self.text = typed_text(text)
        rows = GenerationJob.objects.filter(pk=self.job.pk, state=State.RUNNING, holder=self.job.holder)
        until = timezone.now() + HELD_FOR
        self.is_gone = not rows.update(
            held_until=until, received=self.text, last_trouble=typed_text(trouble)[:200] or F("last_trouble")
        )


def _keep(job: GenerationJob, study: Study, answer: Answer, *, host: str) -> None:
    """The answer as a draft, unless somebody has written a newer version since it was asked for."""
    form = read_form(without_fence(typed_text(answer.text)))
    at = timezone.now()
    generation = Generation(
        writer=Generation.Writer.MODEL,
        at=at,
        model=answer.model,
        host=host,
        recipe=REQUEST,
        record_sha256=record_version(study).sha256,
        asked_by=job.asked_by,
    )
    new = NewText(study=study, language=job.language, texts=form.texts, generation=generation)
    with transaction.atomic():
        text = write(new, action="generated", seen=job.seen, by=job.asked_by, at=at)
        if not _end(job, state=State.DONE, text=text):
            # Cancelled at the last moment: the draft is not kept either.
            transaction.set_rollback(True)


def without_fence(text: str) -> str:
    """The answer without the code fence that some models put around everything."""
    lines = text.strip().splitlines()
    if len(lines) >= 2 and lines[0].startswith("```") and lines[-1].strip() == "```":
        return "\n".join(lines[1:-1])
    return text


def _fail(job: GenerationJob, failure: str, found: str = "") -> None:
    _end(job, state=State.FAILED, failure=failure[:40], found=typed_text(found)[:300])


def _end(
    job: GenerationJob, *, state: str, text: OverviewText | None = None, failure: str = "", found: str = ""
) -> bool:
    """Write down how it ended; False where it is no longer this worker's."""
    rows = GenerationJob.objects.filter(pk=job.pk, state=State.RUNNING, holder=job.holder)
    return bool(
        rows.update(
            state=state,
            text=text,
            failure=failure,
            found=found,
            ended_at=timezone.now(),
            held_until=None,
            # What was kept stands in its version; what was not is shown to whoever asked.
            received="" if text else F("received"),
        )
    )


def forget_received(at: datetime) -> int:
    """Forget what came of texts that were not kept, a month after; how many."""
    old = GenerationJob.objects.filter(ended_at__lt=at - KEPT_FOR).exclude(received="", found="")
    return old.update(received="", found="")

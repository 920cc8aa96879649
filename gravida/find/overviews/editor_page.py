"""One overview as its editors see it: the text, what is found in it, how it reads, what can be done next."""

from collections.abc import Iterator
from dataclasses import dataclass

from gravida.find.models import Study
from gravida.find.overviews import words
from gravida.find.overviews.endpoint import configured
from gravida.find.overviews.findings import Judged, judged
from gravida.find.overviews.judging import GOAL_GRADE, GOAL_WORDS, Finding
from gravida.find.overviews.models_jobs import GenerationJob
from gravida.find.overviews.models_texts import OverviewText, Resolution
from gravida.find.overviews.places import may_approve
from gravida.find.overviews.provenance import Provenance, provenance_of
from gravida.find.overviews.states import State
from gravida.find.overviews.writing import record_version
from gravida.find.plain.reading import Reading, SentenceReading
from gravida.find.site_studies import site_studies
from gravida.web.people.models import Person

SENTENCES_SHOWN = 12
LONG_SENTENCE = 20  # words; the goal of 15 is a mean


@dataclass(frozen=True, kw_only=True)
class FindingRow:
    """A finding beside its source, and what was said to it."""

    finding: Finding
    kind: str  # in words
    section: str  # in words
    before: str  # of its sentence
    after: str
    resolution: Resolution | None

    @property
    def is_open(self) -> bool:
        """Neither mended nor resolved."""
        return self.finding.is_never or self.resolution is None


@dataclass(frozen=True, kw_only=True)
class SentenceRow:
    """A sentence and how hard it is."""

    text: str
    section: str
    words: int
    grade: float

    @property
    def is_long(self) -> bool:
        """Too many words for one sentence."""
        return self.words > LONG_SENTENCE

    @property
    def is_hard(self) -> bool:
        """Above the grade that is aimed at."""
        return self.grade > GOAL_GRADE


@dataclass(frozen=True, kw_only=True)
class EditorPage:
    """Everything the page of one overview shows."""

    study: Study
    language: str
    newest: OverviewText | None  # what the form holds
    shown: OverviewText | None  # what the public reads
    state: str  # of the newest, in words
    provenance: Provenance | None
    findings: tuple[FindingRow, ...]
    reading: Reading | None
    sentences: tuple[SentenceRow, ...]  # hardest first
    record_changed: bool
    acts: tuple[str, ...]  # codes of what this person can do now
    job: GenerationJob | None
    goal_grade: float = GOAL_GRADE
    goal_words: float = GOAL_WORDS

    @property
    def is_hard(self) -> bool:
        """Above the grade that is aimed at."""
        return self.reading is not None and self.reading.grade > self.goal_grade

    @property
    def seen(self) -> int:
        """The number of the newest version, which a form carries back; 0 before there is one."""
        return self.newest.number if self.newest else 0

    @property
    def open_findings(self) -> tuple[FindingRow, ...]:
        """Those in the way of an approval."""
        return tuple(row for row in self.findings if row.is_open)

    @property
    def settled_findings(self) -> tuple[FindingRow, ...]:
        """Those resolved with a reason."""
        return tuple(row for row in self.findings if not row.is_open)

    @property
    def language_name(self) -> str:
        """As `English`."""
        return str(words.LANGUAGE[self.language])


def editor_page(study: Study, language: str, *, person: Person) -> EditorPage:
    """The page of an overview for one person."""
    texts = OverviewText.objects.of(study.number, language).select_related("generation", "written_by")
    newest, shown = texts.first(), texts.shown().first()
    found = judged(study, newest) if newest else None
    changed = newest is not None and newest.record_sha256 != record_version(study).sha256
    is_of_team = study.number in site_studies()
    return EditorPage(
        study=study,
        language=language,
        newest=newest,
        shown=shown,
        state=str(words.STATE[newest.where]) if newest else "",
        provenance=provenance_of(newest, is_of_study_team=is_of_team) if newest else None,
        findings=tuple(_rows(found)) if found else (),
        reading=found.judgement.reading if found else None,
        sentences=_sentences(found) if found else (),
        record_changed=changed,
        acts=tuple(_acts(newest, study, person, record_changed=changed)),
        job=GenerationJob.objects.filter(study=study.number, language=language).order_by("-pk").first(),
    )


def _rows(found: Judged) -> Iterator[FindingRow]:
    for one in found.judgement.findings:
        before, _, after = one.sentence.partition(one.found)
        yield FindingRow(
            finding=one,
            kind=str(words.KIND.get(one.kind, one.kind)),
            section=words.section(one.section),
            before=before,
            after=after,
            resolution=found.resolutions.get(one.key),
        )


def _sentences(found: Judged) -> tuple[SentenceRow, ...]:
    rows = [
        SentenceRow(text=one.text, section=words.section(code), words=one.words, grade=one.grade)
        for code, reading in found.judgement.by_section.items()
        for one in _hard(reading)
    ]
    return tuple(sorted(rows, key=lambda row: -row.grade)[:SENTENCES_SHOWN])


def _hard(reading: Reading) -> Iterator[SentenceReading]:
    return (one for one in reading.sentences if one.grade > GOAL_GRADE or one.words > LONG_SENTENCE)


def _acts(
    newest: OverviewText | None, study: Study, person: Person, *, record_changed: bool
) -> Iterator[str]:
    """What can be done with the newest version now, in the order of the loop."""
    state = newest.where if newest else None
    is_approver = may_approve(person, study.number)
    if state is State.DRAFT and not record_changed:
        yield "check"
    if state is State.CHECKED and is_approver and newest is not None and newest.written_by_id != person.pk:
        yield "approve"
    if state is State.APPROVED:
        yield "publish"
    if state in (State.CHECKED, State.APPROVED):
        yield "back"
    if state is State.DRAFT:
        yield "put-away"
    yield "rules"
    if configured() is not None:
        yield "model"

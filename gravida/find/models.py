"""What FIND keeps: studies, every version of their registry records, imports, and records put aside."""

import zlib

from django.db import models
from django.db.models import Q

from gravida.find.record import StudyRecord, read_record
from gravida.find.strict_json import load_kept


class StudyQuerySet(models.QuerySet["Study"]):
    """Reads of studies."""

    def with_record(self) -> "StudyQuerySet":
        """Each study with its newest record version, in one query."""
        return self.select_related("current_version")

    def numbered(self, number: str) -> "Study | None":
        """The study of a registry number in any letters, with its record; None where there is none."""
        return self.with_record().filter(number=number.upper(), current_version__isnull=False).first()

    def listed(self) -> "StudyQuerySet":
        """Studies that the registry still lists."""
        return self.filter(absent_since=None, current_version__isnull=False)


class Study(models.Model):
    """A study of the registry, as its newest record tells it.

    The columns are those that lists and the sitemap read without opening the record;
    the record itself is the truth, and the search index is made from it.
    """

    number = models.CharField(max_length=20, unique=True, help_text="Registry number, as NCT05557201.")
    title = models.CharField(max_length=500, help_text="Brief title, cleaned.")
    status = models.CharField(
        max_length=40, blank=True, help_text="overallStatus, as RECRUITING; empty: not given."
    )
    updated_on = models.DateField(null=True, help_text="Day of the registry's last posted update.")
    current_version = models.ForeignKey(
        "RecordVersion", null=True, on_delete=models.PROTECT, related_name="+"
    )
    absent_since = models.DateTimeField(
        null=True, help_text="When a complete list came without it; such a study is no longer listed."
    )

    objects = StudyQuerySet.as_manager()

    class Privacy:
        identifying = ()
        shareable = ("id", "number", "title", "status", "updated_on", "current_version", "absent_since")

    class Meta:
        indexes = [models.Index(fields=["status", "updated_on"], name="study_status_updated")]

    def __str__(self) -> str:
        return self.number

    @property
    def record(self) -> StudyRecord:
        """The newest record as the pages read it; needs `with_record`, else one query."""
        if self.current_version is None:
            raise ValueError(f"{self.number} has no record version: import its record first")
        return self.current_version.record


class RecordVersion(models.Model):
    """One version of a study's registry record, byte for byte as it came, compressed."""

    class Source(models.TextChoices):
        """Where a version came from."""

        BUNDLED = "bundled", "bundled with Gravida"
        FILE = "file", "file"
        REGISTRY = "registry", "live registry"

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="versions")
    sha256 = models.CharField(max_length=64, help_text="Of the record as JSON with sorted keys.")
    fetched_at = models.DateTimeField()
    source = models.CharField(max_length=10, choices=Source.choices)
    body = models.BinaryField(help_text="The record's bytes, zlib-compressed.")

    class Privacy:
        identifying = ("body",)  # the registry names contacts and investigators
        shareable = ("id", "study", "sha256", "fetched_at", "source")

    class Meta:
        indexes = [models.Index(fields=["study", "-id"], name="version_newest_first")]

    def __str__(self) -> str:
        return f"{self.study_id} {self.sha256[:12]}"

    @property
    def raw(self) -> bytes:
        """The record byte for byte as it came."""
        return zlib.decompress(self.body)

    @property
    def record(self) -> StudyRecord:
        """The record as the pages read it: cleaned, typed, problems noted."""
        return read_record(load_kept(self.raw))


class ImportRun(models.Model):
    """One import: what was read, what changed, how it ended."""

    class Outcome(models.TextChoices):
        """How an import ended; a run that was killed stays RUNNING."""

        RUNNING = "running", "running"
        DONE = "done", "done"
        REFUSED = "refused", "refused"

    origin = models.CharField(max_length=500, help_text="File name, or the query sent to the registry.")
    source = models.CharField(max_length=10, choices=RecordVersion.Source.choices)
    is_complete = models.BooleanField(
        default=False,
        help_text="The list was said to hold every study: those missing from it are no longer listed.",
    )
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=10, choices=Outcome.choices, default=Outcome.RUNNING)
    reason = models.TextField(blank=True, help_text="Why it was refused.")
    data_timestamp = models.CharField(
        max_length=40, blank=True, help_text="The registry's own date of its data."
    )
    next_page_token = models.CharField(max_length=500, blank=True, help_text="Where a broken fetch goes on.")
    read = models.PositiveIntegerField(default=0)
    new = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    quarantined = models.PositiveIntegerField(default=0)
    cleaned = models.PositiveIntegerField(default=0)

    class Privacy:
        identifying = ()
        shareable = (
            "id",
            "origin",
            "source",
            "is_complete",
            "started_at",
            "ended_at",
            "outcome",
            "reason",
            "data_timestamp",
            "next_page_token",
            "read",
            "new",
            "changed",
            "unchanged",
            "quarantined",
            "cleaned",
        )

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="import_ended_or_running",
                condition=Q(outcome="running", ended_at=None)
                | (~Q(outcome="running") & Q(ended_at__isnull=False)),
            )
        ]

    def __str__(self) -> str:
        return f"{self.origin} {self.started_at:%Y-%m-%d}"


class QuarantinedRecord(models.Model):
    """A record that could not be taken in, with where it stood and why."""

    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="put_aside")
    file = models.CharField(max_length=500)
    position = models.CharField(max_length=100, help_text="As 'line 12' or 'record 12, byte 88123'.")
    reason = models.CharField(max_length=500)
    sha256 = models.CharField(max_length=64, help_text="Of the record's bytes as they came.")
    excerpt = models.BinaryField(help_text="The first bytes of the record, as they came.")

    class Privacy:
        identifying = ("excerpt",)  # a record's first bytes, as they came
        shareable = ("id", "run", "file", "position", "reason", "sha256")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["file", "position", "sha256"], name="put_aside_once"),
        ]

    def __str__(self) -> str:
        return f"{self.file} {self.position}: {self.reason}"

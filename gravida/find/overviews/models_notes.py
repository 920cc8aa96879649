"""Public notes: what the team says beside a section of a study's page, in versions, approved by another."""

from django.conf import settings
from django.db import models
from django.db.models import Q


class PublicNote(models.Model):
    """A note on a section; what is shown is its newest approved version, until it is withdrawn."""

    study = models.CharField(max_length=20, help_text="Registry number.")
    language = models.CharField(max_length=2, choices=settings.LANGUAGES)
    section = models.CharField(max_length=40, help_text="Section of the study's page.")
    newest = models.PositiveIntegerField(default=1, help_text="Number of its newest version.")
    withdrawn_at = models.DateTimeField(null=True)

    class Privacy:
        identifying = ()
        shareable = ("id", "study", "language", "section", "newest", "withdrawn_at")

    class Meta:
        indexes = [models.Index(fields=["study", "language"], name="public_note_of_page")]

    def __str__(self) -> str:
        return f"{self.study} {self.language} {self.section}"


class PublicNoteVersion(models.Model):
    """One wording of a note. Its words never change."""

    note = models.ForeignKey(PublicNote, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    text = models.TextField()
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    written_role = models.CharField(max_length=20, help_text="In which role; the page shows it, no name.")
    written_at = models.DateTimeField()
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    approved_at = models.DateTimeField(null=True)
    reason = models.TextField(blank=True, help_text="Why findings in it are right as they stand.")

    class Privacy:
        identifying = ()
        shareable = (
            "id", "note", "number", "text", "written_by", "written_role", "written_at", "approved_by",
            "approved_at", "reason",
        )  # fmt: skip

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["note", "number"], name="public_note_numbered_once"),
            models.CheckConstraint(name="public_note_says_something", condition=~Q(text="")),
            models.CheckConstraint(
                name="public_note_approved_by_another",
                condition=Q(approved_by=None, approved_at=None)
                | (Q(approved_at__isnull=False) & ~Q(approved_by=models.F("written_by"))),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.note_id} {self.number}"

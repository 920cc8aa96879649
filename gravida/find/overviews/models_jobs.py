"""Texts asked of the operator's endpoint: waiting, running, done, failed, cancelled."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from gravida.find.overviews.models_texts import OverviewText


class GenerationJob(models.Model):
    """One text asked for; the worker writes down how far it is."""

    class State(models.TextChoices):
        """Where it stands."""

        WAITING = "waiting", "waiting"
        RUNNING = "running", "running"
        DONE = "done", "done"
        FAILED = "failed", "failed"
        CANCELLED = "cancelled", "cancelled"

    study = models.CharField(max_length=20, help_text="Registry number.")
    language = models.CharField(max_length=2, choices=settings.LANGUAGES)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    seen = models.PositiveIntegerField(
        default=0,
        help_text="Newest version when it was asked for; a newer one is not pushed aside.",
    )
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    holder = models.CharField(max_length=80, blank=True, help_text="Which worker is at it.")
    held_until = models.DateTimeField(null=True, help_text="After this another worker may take it.")
    tries = models.PositiveSmallIntegerField(default=0)
    received = models.TextField(blank=True, help_text="What has come so far; shown as plain text to staff.")
    last_trouble = models.CharField(max_length=200, blank=True, help_text="Why the last try is tried again.")
    failure = models.CharField(max_length=40, blank=True, help_text="Code of why it failed.")
    found = models.CharField(max_length=300, blank=True, help_text="What was found that made it fail.")
    ended_at = models.DateTimeField(null=True)
    text = models.ForeignKey(OverviewText, null=True, on_delete=models.PROTECT, related_name="+")

    class Privacy:
        identifying = ()
        shareable = (
            "id", "study", "language", "asked_by", "asked_at", "seen", "state", "holder", "held_until",
            "tries", "received", "last_trouble", "failure", "found", "ended_at", "text",
        )  # fmt: skip

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["study", "language"],
                condition=Q(state__in=["waiting", "running"]),
                name="one_text_asked_for_at_a_time",
            ),
            models.CheckConstraint(
                name="text_asked_for_ends",
                condition=Q(state__in=["waiting", "running"], ended_at=None)
                | (~Q(state__in=["waiting", "running"]) & Q(ended_at__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.study} {self.language} {self.state}"

    @property
    def is_open(self) -> bool:
        """Waiting or running."""
        return self.state in (self.State.WAITING, self.State.RUNNING)

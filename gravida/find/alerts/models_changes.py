"""What has changed: how far was looked, each look, each change, who is told of it, in which mail."""

from django.db import models
from django.db.models import Q

from gravida.find.alerts.models_people import Alert, Search, Subscriber
from gravida.find.models import RecordVersion, Study


class Seen(models.Model):
    """What was last seen: of each study its record version, of our own whether a team takes messages.

    One row, changed together with the look that it leads to.
    """

    name = models.CharField(max_length=20, unique=True)
    versions = models.BinaryField(help_text="Packed by seen.py: Study.pk -> RecordVersion.pk.")
    open_forms = models.JSONField(default=dict, help_text="Registry number -> whether a team takes messages.")
    generation = models.CharField(
        max_length=40, blank=True, help_text="Folder of the index, wholly looked at."
    )
    turn = models.PositiveBigIntegerField(default=0, help_text="Raised at each change of the row.")

    class Privacy:
        identifying = ()
        shareable = ("id", "name", "versions", "open_forms", "generation", "turn")

    def __str__(self) -> str:
        return f"{self.name} {self.turn}"


class Look(models.Model):
    """One look at what an import changed, and how far the alerts were compared with it."""

    made_at = models.DateTimeField()
    compared_up_to = models.PositiveBigIntegerField(
        default=0, help_text="Search.pk, in a batch's transaction."
    )
    has_told_studies = models.BooleanField(default=False, help_text="Alerts of single studies are done.")
    ended_at = models.DateTimeField(null=True)

    class Privacy:
        identifying = ()
        shareable = ("id", "made_at", "compared_up_to", "has_told_studies", "ended_at")

    class Meta:
        indexes = [models.Index(fields=["id"], name="look_open", condition=Q(ended_at=None))]

    def __str__(self) -> str:
        return f"look {self.pk}"


class Change(models.Model):
    """What one look found out about one study."""

    look = models.ForeignKey(Look, on_delete=models.CASCADE, related_name="changes")
    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="+")
    before = models.ForeignKey(
        RecordVersion, null=True, on_delete=models.SET_NULL, related_name="+",
        help_text="The version listed before; empty: the study was not listed.",
    )  # fmt: skip
    kinds = models.CharField(max_length=60, blank=True, help_text="Of topics.py; empty: other changes only.")

    class Privacy:
        identifying = ()
        shareable = ("id", "look", "study", "before", "kinds")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["look", "study"], name="change_once_a_look")]

    def __str__(self) -> str:
        return f"{self.study_id} {self.kinds}"


class Digest(models.Model):
    """One mail that says that something is new; at most one in each period."""

    subscriber = models.ForeignKey(Subscriber, on_delete=models.CASCADE, related_name="digests")
    period = models.CharField(max_length=20, help_text="As 2026-11-22, 2026-W47 or 2026-11.")
    made_at = models.DateTimeField()

    class Privacy:
        identifying = ()
        shareable = ("id", "subscriber", "period", "made_at")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["subscriber", "period"], name="digest_once_a_period")]

    def __str__(self) -> str:
        return f"{self.subscriber_id} {self.period}"


class Notice(models.Model):
    """One alert and one change it is told of, once."""

    alert = models.ForeignKey(Alert, on_delete=models.CASCADE, related_name="notices")
    change = models.ForeignKey(Change, on_delete=models.CASCADE, related_name="notices")
    kinds = models.CharField(max_length=60, help_text="Of topics.py: those she wants to hear of.")
    found_at = models.DateTimeField()
    digest = models.ForeignKey(
        Digest, null=True, on_delete=models.SET_NULL, related_name="notices", help_text="Empty: not told yet."
    )

    class Privacy:
        identifying = ()
        shareable = ("id", "alert", "change", "kinds", "found_at", "digest")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["alert", "change"], name="notice_once_a_change")]
        indexes = [models.Index(fields=["alert"], name="notice_untold", condition=Q(digest=None))]

    def __str__(self) -> str:
        return f"{self.alert_id} {self.kinds}"


__all__ = ["Change", "Digest", "Look", "Notice", "Search", "Seen"]

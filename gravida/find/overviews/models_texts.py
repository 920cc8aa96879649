"""Versions of overviews: words written once, where they come from, the steps they took, what was resolved."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from gravida.find.overviews.sections import SECTIONS
from gravida.find.overviews.states import SHOWN, WORKING, State


def choices_of(*values: str) -> list[tuple[str, str]]:
    """Choices whose words stand in words.py."""
    return [(value, value) for value in values]


class Generation(models.Model):
    """How the first words came about: what the page says of the writer is computed from this."""

    class Writer(models.TextChoices):
        """Who or what wrote the first words."""

        TEAM = "team", "the study team"
        FOLDER = "folder", "the authors of the study's folder"
        RULES = "rules", "rules, without a model"
        MODEL = "model", "a language model"

    writer = models.CharField(max_length=10, choices=Writer.choices)
    at = models.DateTimeField()
    model = models.CharField(
        max_length=120, blank=True, help_text="The model's name, as the endpoint gave it."
    )
    host = models.CharField(max_length=255, blank=True, help_text="Host of the endpoint; no key, no path.")
    recipe = models.CharField(
        max_length=80, blank=True, help_text="Version of the rules or of the request, or digest of the file."
    )
    record_sha256 = models.CharField(max_length=64, help_text="Of the registry record that was read.")
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Privacy:
        identifying = ()
        shareable = ("id", "writer", "at", "model", "host", "recipe", "record_sha256", "asked_by")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="generation_names_its_model",
                condition=(Q(writer="model") & ~Q(model="")) | (~Q(writer="model") & Q(model="")),
            )
        ]

    def __str__(self) -> str:
        return f"{self.writer} {self.model}".strip()


class OverviewTextQuerySet(models.QuerySet["OverviewText"]):
    """Reads of versions."""

    def of(self, study: str, language: str) -> "OverviewTextQuerySet":
        """Every version of an overview, newest first."""
        return self.filter(study=study, language=language).order_by("-number")

    def shown(self) -> "OverviewTextQuerySet":
        """What the public page shows: published, or stale."""
        return self.filter(state__in=[state.value for state in SHOWN])

    def working(self) -> "OverviewTextQuerySet":
        """What is on its way to the page."""
        return self.filter(state__in=[state.value for state in WORKING])


class OverviewText(models.Model):
    """One version of an overview in one language. Its words never change; its state does."""

    study = models.CharField(max_length=20, help_text="Registry number.")
    language = models.CharField(max_length=2, choices=settings.LANGUAGES)
    number = models.PositiveIntegerField(help_text="1, 2, 3 ... within study and language.")
    sections = models.JSONField(help_text="Section code -> plain text; silent sections are absent.")
    generation = models.ForeignKey(Generation, on_delete=models.PROTECT, related_name="texts")
    is_edited = models.BooleanField(
        default=False, help_text="A person has changed words since the generation."
    )
    begun_from = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    record_sha256 = models.CharField(
        max_length=64, help_text="Of the record that the words are compared with."
    )
    record_updated_on = models.DateField(null=True, help_text="The registry's day of that record.")
    record_fetched_at = models.DateTimeField(help_text="When that record came here.")
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+",
        help_text="Empty: the study folder or Gravida itself.",
    )  # fmt: skip
    written_at = models.DateTimeField()

    state = models.CharField(max_length=12, choices=choices_of(*(state.value for state in State)))
    state_since = models.DateTimeField()
    checked_role = models.CharField(max_length=20, blank=True)
    approved_role = models.CharField(max_length=20, blank=True)
    approved_at = models.DateTimeField(null=True)
    published_at = models.DateTimeField(null=True)
    stale_since = models.DateTimeField(null=True, help_text="When the record was seen to have changed.")

    objects = OverviewTextQuerySet.as_manager()

    class Privacy:
        identifying = ()
        shareable = (
            "id", "study", "language", "number", "sections", "generation", "is_edited", "begun_from",
            "record_sha256", "record_updated_on", "record_fetched_at", "written_by", "written_at", "state",
            "state_since", "checked_role", "approved_role", "approved_at", "published_at", "stale_since",
        )  # fmt: skip

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["study", "language", "number"], name="overview_numbered_once"),
            models.UniqueConstraint(
                fields=["study", "language"],
                condition=Q(state__in=["published", "stale"]),
                name="overview_shown_once",
            ),
            models.UniqueConstraint(
                fields=["study", "language"],
                condition=Q(state__in=["draft", "checked", "approved"]),
                name="overview_under_way_once",
            ),
            models.CheckConstraint(
                name="overview_shown_was_approved",
                condition=~Q(state__in=["published", "stale"])
                | (Q(approved_at__isnull=False) & Q(published_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="overview_stale_since_it_is",
                condition=Q(state="stale", stale_since__isnull=False)
                | (~Q(state="stale") & Q(stale_since=None)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.study} {self.language} {self.number}"

    @property
    def where(self) -> State:
        """Its state."""
        return State(self.state)

    @property
    def texts(self) -> dict[str, str]:
        """Its sections in their order."""
        return {code: self.sections[code] for code in SECTIONS if code in self.sections}


class OverviewStep(models.Model):
    """A step that a version took."""

    text = models.ForeignKey(OverviewText, on_delete=models.PROTECT, related_name="steps")
    state_before = models.CharField(max_length=12)
    state_after = models.CharField(max_length=12)
    at = models.DateTimeField()
    actor = models.CharField(max_length=10)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=20, blank=True, help_text="In which role, as nurse.")
    reason = models.TextField(blank=True)

    class Privacy:
        identifying = ()
        shareable = ("id", "text", "state_before", "state_after", "at", "actor", "by", "role", "reason")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="overview_step_goes_somewhere", condition=~Q(state_before=F("state_after"))
            )
        ]

    def __str__(self) -> str:
        return f"{self.state_before} -> {self.state_after}"


class Resolution(models.Model):
    """Why a finding is right as it stands: holds for the same words against the same record."""

    study = models.CharField(max_length=20, help_text="Registry number.")
    language = models.CharField(max_length=2, choices=settings.LANGUAGES)
    record_sha256 = models.CharField(max_length=64)
    key = models.CharField(
        max_length=64, help_text="Digest of section, kind, what was found, and its sentence."
    )
    found = models.CharField(max_length=300, help_text="What was found, as the reviewer saw it.")
    reason = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Privacy:
        identifying = ()
        shareable = ("id", "study", "language", "record_sha256", "key", "found", "reason", "by", "at")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["study", "language", "record_sha256", "key"], name="finding_resolved_once"
            ),
            models.CheckConstraint(name="finding_resolved_with_a_reason", condition=~Q(reason="")),
        ]

    def __str__(self) -> str:
        return self.found

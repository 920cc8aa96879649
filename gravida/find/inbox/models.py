"""What the inbox keeps of its own: the ready texts of a centre."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from gravida.web.people.models import Person
from gravida.web.people.permissions import within
from gravida.web.people.roles import Permission


class ReadyTextQuerySet(models.QuerySet["ReadyText"]):
    """Reads of ready texts."""

    def get_for(self, person: Person, permission: Permission) -> "ReadyTextQuerySet":
        """Those of the centres where this person may do this."""
        return self.filter(within(person, permission))

    def in_use(self) -> "ReadyTextQuerySet":
        """Not taken out of use."""
        return self.filter(retired_at=None)


class ReadyText(models.Model):
    """A text of a centre that answers begin with, in one language or in both; it may name merge fields."""

    study = models.CharField(max_length=20, help_text="Registry number.")
    centre = models.CharField(max_length=60, help_text="Centre's id.")
    name = models.CharField(max_length=80, help_text="As the team calls it.")
    text_en = models.TextField(blank=True)
    text_fr = models.TextField(blank=True)
    version = models.PositiveIntegerField(
        default=1, help_text="Raised by every change; a stale one is refused."
    )
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True, help_text="Since when it is no longer offered.")

    objects = ReadyTextQuerySet.as_manager()

    class Privacy:
        identifying = ()
        shareable = (
            "id", "study", "centre", "name", "text_en", "text_fr", "version", "changed_by", "changed_at",
            "retired_at",
        )  # fmt: skip

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["study", "centre", "name"],
                condition=Q(retired_at=None),
                name="ready_text_named_once",
            ),
            models.CheckConstraint(
                condition=~Q(name="") & (~Q(text_en="") | ~Q(text_fr="")), name="ready_text_says_something"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.study} {self.centre} {self.name}"

    def in_language(self, language: str) -> str:
        """Its text in a language; empty where it has none."""
        texts = {"en": self.text_en, "fr": self.text_fr}
        return texts.get(language, "")

"""How easy visitors found a section: a step from 1 to 5, perhaps a word on it, nothing of who they are."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from gravida.web.sealed import SealedTextField


class Rating(models.Model):
    """One answer to "How easy was this to understand?"."""

    study = models.CharField(max_length=20, help_text="Registry number.")
    language = models.CharField(max_length=2, choices=settings.LANGUAGES)
    section = models.CharField(max_length=40, help_text="Section of the study's page.")
    step = models.PositiveSmallIntegerField(help_text="1 very hard ... 5 very easy.")
    comment = SealedTextField(blank=True)
    day = models.DateField()
    # Of network, browser and day, keyed; forgotten once the day is over.
    day_digest = models.CharField(max_length=64, null=True)  # noqa: DJ001 - null, so that forgotten ones do not collide

    class Privacy:
        identifying = ("comment", "day_digest")
        shareable = ("id", "study", "language", "section", "step", "day")

    class Meta:
        constraints = [
            models.CheckConstraint(name="rating_between_1_and_5", condition=Q(step__gte=1, step__lte=5)),
            models.UniqueConstraint(
                fields=["study", "language", "section", "day", "day_digest"], name="rated_once_a_day"
            ),
        ]
        indexes = [models.Index(fields=["day"], name="rating_by_day")]

    def __str__(self) -> str:
        return f"{self.study} {self.section} {self.step}"

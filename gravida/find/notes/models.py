"""What is kept of shared notes: digests of devices, sealed copies, tries at addresses; nobody's words."""

from django.db import models
from django.db.models import Q


class Owner(models.Model):
    """A device that shares; its key stays there."""

    digest = models.CharField(max_length=64, unique=True, help_text="Keyed hash of the device's key.")
    made_at = models.DateTimeField()

    class Privacy:
        identifying = ("digest",)
        shareable = ("id", "made_at")

    def __str__(self) -> str:
        return f"device {self.pk}"


class Ending(models.TextChoices):
    """Why a link opens nothing any more; words in pages/words.py."""

    NOT = "", "not ended"
    EXPIRED = "expired", "expired"
    REVOKED = "revoked", "taken back"
    TRIES = "tries", "too many wrong tries"
    REPORTED = "reported", "reported by somebody who opened it"


class ShareQuerySet(models.QuerySet["Share"]):
    """Reads of shared copies."""

    def live(self, *, at: object) -> "ShareQuerySet":
        """Copies that link and code open at this moment."""
        return self.filter(ended_at=None, expires_at__gt=at)


class Share(models.Model):
    """A sealed copy of chosen notes, behind one link."""

    digest = models.CharField(
        max_length=64, primary_key=True, help_text="SHA-256 of `id` and the link's token."
    )
    owner = models.ForeignKey(Owner, on_delete=models.CASCADE, related_name="shares")
    form_digest = models.CharField(max_length=64, help_text="Keyed hash of its form: sent twice, made once.")
    salt = models.BinaryField(null=True)
    nonce = models.BinaryField(null=True)
    ciphertext = models.BinaryField(null=True, help_text="Gone as soon as the link has ended.")
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ending = models.CharField(max_length=10, choices=Ending.choices, blank=True)
    openings = models.PositiveIntegerField(default=0)
    last_opened_at = models.DateTimeField(null=True, help_text="Day and hour only.")

    objects = ShareQuerySet.as_manager()

    class Privacy:
        identifying = ("digest", "form_digest", "salt", "nonce", "ciphertext")
        shareable = (
            "owner", "made_at", "expires_at", "ended_at", "ending", "openings", "last_opened_at",
        )  # fmt: skip

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_at=None, ending="", ciphertext__isnull=False)
                | (Q(ended_at__isnull=False, ciphertext=None) & ~Q(ending="")),
                name="share_ended_is_empty",
            ),
            models.UniqueConstraint(fields=["owner", "form_digest"], name="share_once_a_form"),
        ]
        indexes = [
            models.Index(fields=["expires_at"], name="share_expires", condition=Q(ended_at=None)),
        ]

    def __str__(self) -> str:
        return f"share {self.digest[:8]}"


class Tries(models.Model):
    """How often somebody tried to open an address, whether there is a link behind it or not."""

    digest = models.CharField(max_length=64, primary_key=True, help_text="As of a Share.")
    in_row = models.PositiveSmallIntegerField(default=0, help_text="Since the last pause or right code.")
    in_life = models.PositiveSmallIntegerField(default=0, help_text="Wrong ones, and those being looked at.")
    pauses = models.PositiveSmallIntegerField(default=0, help_text="Each is twice as long as the last.")
    paused_until = models.DateTimeField(null=True)
    last_at = models.DateTimeField()

    class Privacy:
        identifying = ("digest",)
        shareable = ("in_row", "in_life", "pauses", "paused_until", "last_at")

    class Meta:
        indexes = [models.Index(fields=["last_at"], name="tries_last")]

    def __str__(self) -> str:
        return f"tries {self.digest[:8]} {self.in_life}"

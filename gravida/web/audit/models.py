"""What the audit trail keeps: entries in a chain, and beside them what the law may ask to be erased."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from gravida.web.sealed import SealedTextField


class AuditEntry(models.Model):
    """One act. Written once: the database itself refuses to change or delete it.

    No name and no free text stands here; of a personal value only a salted digest, whose salt is an
    AuditPersonal that can be erased. `digest` is made over this entry and the one before.
    """

    number = models.BigIntegerField(primary_key=True, help_text="1, 2, 3 ... without a gap.")
    at = models.DateTimeField(help_text="UTC.")
    action = models.CharField(max_length=60, help_text="As sign_in.done.")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="Empty: a visitor, the command line or a timer.",
    )
    about = models.CharField(max_length=200, help_text="As people.person:12, or a word.")
    study = models.CharField(max_length=20, blank=True)
    centre = models.CharField(max_length=60, blank=True)
    changes = models.JSONField(help_text="Field -> [old, new], as text; personal values as digests.")
    reason = models.CharField(max_length=64, blank=True, help_text="Salted digest of the reason given.")
    previous = models.CharField(max_length=64, blank=True, help_text="Digest of the entry before.")
    digest = models.CharField(max_length=64, unique=True)

    class Privacy:
        identifying = ()
        shareable = (
            "number", "at", "action", "by", "about", "study", "centre", "changes", "reason", "previous",
            "digest",
        )  # fmt: skip

    class Meta:
        constraints = [
            models.CheckConstraint(name="audit_counts_from_one", condition=Q(number__gte=1)),
            models.CheckConstraint(
                name="audit_only_the_first_has_none_before",
                condition=Q(number=1, previous="") | (Q(number__gt=1) & ~Q(previous="")),
            ),
        ]
        indexes = [
            models.Index(fields=["about", "number"], name="audit_about"),
            models.Index(fields=["by", "number"], name="audit_by"),
            models.Index(fields=["at"], name="audit_at"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.action}"


class AuditPersonal(models.Model):
    """The erasable half of an entry: the salt of its digests, and the reason in words, sealed."""

    entry = models.OneToOneField(AuditEntry, on_delete=models.PROTECT, related_name="personal")
    salt = models.CharField(max_length=64)
    reason = SealedTextField(blank=True)

    class Privacy:
        identifying = ("salt", "reason")
        shareable = ("id", "entry")

    def __str__(self) -> str:
        return f"of {self.entry_id}"


class AuditHead(models.Model):
    """Where the chain ends: one row, locked by whoever adds to it."""

    number = models.BigIntegerField(default=0)
    digest = models.CharField(max_length=64, blank=True)

    class Privacy:
        identifying = ()
        shareable = ("id", "number", "digest")

    class Meta:
        constraints = [models.CheckConstraint(name="audit_one_head", condition=Q(id=1))]

    def __str__(self) -> str:
        return f"at {self.number}"

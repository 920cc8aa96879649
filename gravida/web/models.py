"""What the shared parts keep: outgoing mail, single-use links, counted uses, leases, names of keys."""

from datetime import datetime

from django.db import models
from django.db.models import Q

from gravida.web.sealed import SealedTextField


class MailState(models.TextChoices):
    """Where a mail stands."""

    QUEUED = "queued", "queued"
    LEASED = "leased", "leased"  # a worker is sending it
    SENT = "sent", "sent"
    FAILED = "failed", "failed"  # refused for good, or given up after 48 hours
    UNSURE = "unsure", "unsure"  # handed over, and no answer came: it may have arrived
    CANCELLED = "cancelled", "cancelled"


class Trouble(models.TextChoices):
    """Why the last attempt did not end in `sent`; words in mail/words.py."""

    NONE = "", "none"
    REFUSED = "refused", "no connection"
    SILENT = "silent", "no answer in time"
    CUT = "cut", "connection lost"
    TLS = "tls", "no trusted encryption"
    LATER = "later", "the server asks to try later"
    SERVER = "server", "the server does not take our mails"
    REJECTED = "rejected", "the server refuses this mail"
    BOUNCED = "bounced", "came back"
    BROKEN = "broken", "the row cannot be made into a mail"
    STOPPED = "stopped", "the worker was stopped"


class WhenUnsure(models.TextChoices):
    """What becomes of a mail that may or may not have arrived."""

    RESEND = "resend", "send again, marked as a possible repeat"
    PARK = "park", "leave it to staff"


class MailQuerySet(models.QuerySet["Mail"]):
    """Reads of the outbox."""

    def about(self, about: str) -> "MailQuerySet":
        """The mails of one object, oldest first."""
        return self.filter(about=about).order_by("id")

    def unfinished(self) -> "MailQuerySet":
        """Mails that can still be stopped: not taken by any server so far."""
        return self.filter(state__in=[MailState.QUEUED, MailState.LEASED])

    def without_texts(self) -> "MailQuerySet":
        """Without opening what is sealed: also where a key is lost."""
        return self.defer("recipient", "subject", "text", "reply_to", "unsubscribe_url")

    def needing_staff(self) -> "MailQuerySet":
        """Failed and unsure mails that nobody has dealt with, newest first."""
        return self.filter(state__in=[MailState.FAILED, MailState.UNSURE], dropped_at=None).order_by("-id")


class Mail(models.Model):
    """One outgoing mail: a row in the transaction that causes it, sent by the worker later."""

    kind = models.CharField(max_length=60, help_text="Code of its MailKind, as contact.team.new.")
    about = models.CharField(max_length=80, help_text="The object it belongs to, as request:12.")
    period = models.CharField(max_length=40, blank=True, help_text="As 2026-W47: once in each.")
    recipient_blind = models.CharField(max_length=64, help_text="Keyed hash of the recipient.")
    when_unsure = models.CharField(max_length=10, choices=WhenUnsure.choices)
    language = models.CharField(max_length=8)

    recipient = SealedTextField(help_text="Normal address.")
    subject = SealedTextField()
    text = SealedTextField(help_text="Plain text without the subject.")
    reply_to = SealedTextField(blank=True)
    unsubscribe_url = SealedTextField(blank=True)
    message_id = models.CharField(max_length=120, help_text="Without brackets; the same at every attempt.")

    state = models.CharField(max_length=10, choices=MailState.choices, default=MailState.QUEUED)
    queued_at = models.DateTimeField(help_text="The caller's clock.")
    tries = models.PositiveSmallIntegerField(default=0, help_text="Attempts that ended without acceptance.")
    next_try_at = models.DateTimeField(null=True, help_text="The database's clock; empty: at once.")
    leased_by = models.CharField(max_length=36, blank=True)
    leased_until = models.DateTimeField(null=True, help_text="The database's clock.")
    is_handed_over = models.BooleanField(
        default=False, help_text="Set before the last line goes out: from then on it may arrive."
    )
    may_be_repeat = models.BooleanField(default=False, help_text="An earlier attempt may have arrived.")
    trouble = models.CharField(max_length=10, choices=Trouble.choices, blank=True)
    reply_code = models.PositiveSmallIntegerField(null=True, help_text="The server's last answer, as 451.")
    crashes = models.PositiveSmallIntegerField(default=0, help_text="Attempts whose worker vanished.")
    ended_at = models.DateTimeField(null=True, help_text="When it was sent, failed, parked or cancelled.")
    dropped_at = models.DateTimeField(null=True, help_text="When staff said that nothing more is to be done.")
    erased_at = models.DateTimeField(null=True, help_text="When recipient and texts went.")

    objects = MailQuerySet.as_manager()

    class Privacy:
        identifying = (
            "recipient", "recipient_blind", "subject", "text", "reply_to", "unsubscribe_url", "message_id",
        )  # fmt: skip
        shareable = (
            "id", "kind", "about", "period", "when_unsure", "language", "state", "queued_at", "tries",
            "next_try_at", "leased_by", "leased_until", "is_handed_over", "may_be_repeat", "trouble",
            "reply_code", "crashes", "ended_at", "dropped_at", "erased_at",
        )  # fmt: skip

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "about", "recipient_blind", "period"], name="mail_once_a_period"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["queued", "leased"], ended_at=None)
                | (~Q(state__in=["queued", "leased"]) & Q(ended_at__isnull=False)),
                name="mail_ended_has_its_time",
            ),
            models.CheckConstraint(
                condition=Q(state="leased", leased_until__isnull=False)
                | (~Q(state="leased") & Q(leased_until=None)),
                name="mail_leased_has_its_end",
            ),
        ]
        indexes = [
            models.Index(fields=["about"], name="mail_about"),
            models.Index(fields=["id"], name="mail_to_send", condition=Q(state__in=["queued", "leased"])),
            models.Index(fields=["state", "id"], name="mail_state"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.about} {self.state}"

    @property
    def sent_at(self) -> datetime | None:
        """When a server took it; None before."""
        return self.ended_at if self.state == MailState.SENT else None


class OneTimeLinkQuerySet(models.QuerySet["OneTimeLink"]):
    """Reads of single-use links."""

    def open(self, *, digest: str, purpose: str, at: datetime) -> "OneTimeLinkQuerySet":
        """The link, when it is for this purpose, not used and not expired."""
        return self.filter(digest=digest, purpose=purpose, used_at=None, expires_at__gt=at)


class OneTimeLink(models.Model):
    """A link that does one thing once; only the hash of its token is kept."""

    digest = models.CharField(max_length=64, unique=True)
    purpose = models.CharField(max_length=60)
    about = models.CharField(max_length=200, help_text="What it opens, as request:12.")
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    objects = OneTimeLinkQuerySet.as_manager()

    class Privacy:
        identifying = ()
        shareable = ("id", "digest", "purpose", "about", "expires_at", "used_at")

    class Meta:
        indexes = [
            models.Index(fields=["about"], name="link_about"),
            models.Index(fields=["expires_at"], name="link_expires"),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.about}"


class Spending(models.Model):
    """How often something was done for one key in its present span."""

    limit = models.CharField(max_length=60, help_text="Name of the Limit.")
    key_digest = models.CharField(max_length=64, help_text="Keyed hash of the address, network or account.")
    began_at = models.DateTimeField()
    times = models.PositiveIntegerField()

    class Privacy:
        identifying = ("key_digest",)
        shareable = ("id", "limit", "began_at", "times")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["limit", "key_digest"], name="spending_once_a_key")]
        indexes = [models.Index(fields=["began_at"], name="spending_began")]

    def __str__(self) -> str:
        return f"{self.limit} {self.times}"


class Lease(models.Model):
    """Who may do something that only one process at a time may do, by the database's clock."""

    name = models.CharField(max_length=80, unique=True, help_text="As sender 1, or task contact.timers.")
    holder = models.CharField(max_length=36, blank=True)
    held_until = models.DateTimeField(null=True)
    next_at = models.DateTimeField(null=True, help_text="When a periodic task is due again; empty: now.")
    failures = models.PositiveIntegerField(default=0, help_text="Failed runs since the last good one.")
    done_at = models.DateTimeField(null=True, help_text="End of the last good run.")

    class Privacy:
        identifying = ()
        shareable = ("id", "name", "holder", "held_until", "next_at", "failures", "done_at")

    def __str__(self) -> str:
        return self.name


class KnownKey(models.Model):
    """Name of a sealing key that was in use: a start without it is refused while texts need it."""

    name = models.CharField(max_length=8, unique=True, help_text="Hexadecimal; tells nothing about the key.")
    first_seen_at = models.DateTimeField()

    class Privacy:
        identifying = ()
        shareable = ("id", "name", "first_seen_at")

    def __str__(self) -> str:
        return self.name

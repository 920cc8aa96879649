"""What a message holds of the person who wrote it: sealed, each in a row that can be deleted."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from gravida.find.contact.models_requests import Request
from gravida.find.contact.models_teams import Team
from gravida.web.sealed import SealedTextField

_STAFF = settings.AUTH_USER_MODEL


class Sender(models.Model):
    """Who wrote, and how to reach her."""

    request = models.OneToOneField(Request, on_delete=models.CASCADE, related_name="sender")
    first_name = SealedTextField()
    last_name = SealedTextField(blank=True)
    email = SealedTextField(blank=True)
    telephone = SealedTextField(blank=True, help_text="E.164.")
    other_language = SealedTextField(blank=True, help_text="In her words; an interpreter may be needed.")

    class Privacy:
        identifying = ("first_name", "last_name", "email", "telephone", "other_language")
        shareable = ("id", "request")

    def __str__(self) -> str:
        return f"sender of {self.request_id}"


class Access(models.Model):
    """A key to the private page: the secret part of its address, and a code, both as digests.

    A further message from the same e-mail address gets only a further code on the screen, for the address of
    the page stands in her mailbox: whoever types another's address reads nothing.
    """

    request = models.ForeignKey(Request, on_delete=models.CASCADE, related_name="accesses")
    token_digest = models.CharField(max_length=64)
    code_digest = models.CharField(max_length=64)
    receipt_digest = models.CharField(max_length=64, blank=True, help_text="Of the page after sending.")
    token = SealedTextField(help_text="For the links in later mails.")
    team = models.ForeignKey(
        Team, on_delete=models.PROTECT, related_name="+",
        help_text="That was chosen on the form; where the message joined another, not always the other's.",
    )  # fmt: skip
    made_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True, help_text="When address and code first came together.")

    class Privacy:
        identifying = ("token_digest", "code_digest", "receipt_digest", "token")
        shareable = ("id", "request", "team", "made_at", "opened_at")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["token_digest", "code_digest"], name="access_key_once"),
            models.UniqueConstraint(
                fields=["receipt_digest"], condition=~Q(receipt_digest=""), name="access_receipt_once"
            ),
        ]

    def __str__(self) -> str:
        return f"access to {self.request_id}"


class Message(models.Model):
    """Something said: by her, or by the team to her."""

    class Author(models.TextChoices):
        """Who says it."""

        PERSON = "person", "person"
        TEAM = "team", "team"

    class Kind(models.TextChoices):
        """What it is for."""

        MESSAGE = "message", "message"
        NOT_POSSIBLE = "not_possible", "why it is not possible"
        OFFER = "offer", "another study"

    request = models.ForeignKey(Request, on_delete=models.CASCADE, related_name="messages")
    access = models.ForeignKey(
        Access, null=True, on_delete=models.SET_NULL, related_name="messages",
        help_text="The key that a person got with this message.",
    )  # fmt: skip
    author = models.CharField(max_length=10, choices=Author.choices)
    kind = models.CharField(max_length=15, choices=Kind.choices, default=Kind.MESSAGE)
    by = models.ForeignKey(_STAFF, null=True, on_delete=models.PROTECT, related_name="+")
    text = SealedTextField(blank=True)
    offered_study = models.CharField(max_length=20, blank=True, help_text="Registry number.")
    idempotency_digest = models.CharField(max_length=64, blank=True)
    sent_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, help_text="When the other side first saw it.")

    class Privacy:
        identifying = ("text", "offered_study", "idempotency_digest")
        shareable = ("id", "request", "access", "author", "kind", "by", "sent_at", "read_at")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(author="person", by=None) | Q(author="team", by__isnull=False),
                name="message_of_the_team_has_its_author",
            ),
            models.UniqueConstraint(
                fields=["request", "idempotency_digest"],
                condition=~Q(idempotency_digest=""),
                name="message_sent_once",
            ),
        ]
        indexes = [models.Index(fields=["request", "id"], name="message_of_request")]

    def __str__(self) -> str:
        return f"{self.author} in {self.request_id}"


class Attachment(models.Model):
    """Answers of the self-check, or notes, that she chose to send along."""

    class Kind(models.TextChoices):
        """What was attached."""

        ANSWERS = "answers", "answers of the self-check"
        NOTES = "notes", "notes"
        DETAILS = "details", "name and ways to be reached, as given with a further message"

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="attachments")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    text = SealedTextField(help_text="JSON of answers and details; plain text of notes.")

    class Privacy:
        identifying = ("text",)
        shareable = ("id", "message", "kind")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["message", "kind"], name="attachment_once_a_kind")]

    def __str__(self) -> str:
        return f"{self.kind} of {self.message_id}"


class InternalNote(models.Model):
    """A note of the team, never shown to the person but in the download of everything about her."""

    request = models.ForeignKey(Request, on_delete=models.CASCADE, related_name="notes")
    by = models.ForeignKey(_STAFF, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    text = SealedTextField()

    class Privacy:
        identifying = ("text",)
        shareable = ("id", "request", "by", "at")

    def __str__(self) -> str:
        return f"note on {self.request_id}"


class Draft(models.Model):
    """An answer that a member of staff has begun."""

    request = models.ForeignKey(Request, on_delete=models.CASCADE, related_name="drafts")
    by = models.ForeignKey(_STAFF, on_delete=models.PROTECT, related_name="+")
    saved_at = models.DateTimeField()
    text = SealedTextField()

    class Privacy:
        identifying = ("text",)
        shareable = ("id", "request", "by", "saved_at")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["request", "by"], name="draft_once_a_person")]

    def __str__(self) -> str:
        return f"draft on {self.request_id}"


class Export(models.Model):
    """A file of messages that a member of staff took out, and when its copy had to go."""

    by = models.ForeignKey(_STAFF, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    reason = models.CharField(max_length=200)
    rows = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    delete_asked_at = models.DateTimeField(
        null=True, help_text="When somebody in it asked for erasure: the file has to be deleted."
    )
    delete_confirmed_at = models.DateTimeField(null=True, help_text="When its owner said that it is gone.")

    class Privacy:
        identifying = ("reason",)
        shareable = ("id", "by", "at", "rows", "sha256", "delete_asked_at", "delete_confirmed_at")

    def __str__(self) -> str:
        return f"export of {self.rows} on {self.at:%Y-%m-%d}"


class Exported(models.Model):
    """That a message was in an export; deleted with what it says about a person."""

    export = models.ForeignKey(Export, on_delete=models.CASCADE, related_name="exported")
    request = models.ForeignKey(Request, on_delete=models.CASCADE, related_name="+")

    class Privacy:
        identifying = ()
        shareable = ("id", "export", "request")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["export", "request"], name="exported_once")]

    def __str__(self) -> str:
        return f"{self.request_id} in {self.export_id}"

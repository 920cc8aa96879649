"""A message to a team as the database keeps it: where it stands, every step it took, what is counted."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from gravida.find.contact import states
from gravida.find.contact.models_teams import Team
from gravida.web.people.models import Person
from gravida.web.people.permissions import within
from gravida.web.people.roles import Permission

STATE_CHOICES = [(state.value, state.value) for state in states.State]
OPEN = sorted(state.value for state in states.OPEN)
UNANSWERED = sorted(state.value for state in states.UNANSWERED)
ENDS = sorted(state.value for state in states.ENDS)


class Language(models.TextChoices):
    """Languages that pages and mails are written in."""

    EN = "en", "English"
    FR = "fr", "français"


class RequestQuerySet(models.QuerySet["Request"]):
    """Reads of messages."""

    def get_for(self, person: Person, permission: Permission = Permission.READ_MESSAGES) -> "RequestQuerySet":
        """Those of the centres where this person may do this; of others nothing is to be seen."""
        return self.filter(within(person, permission, study="study", centre="team__centre"))

    def with_team(self) -> "RequestQuerySet":
        """With the team, in one query."""
        return self.select_related("team", "assigned_to")

    def in_inbox(self) -> "RequestQuerySet":
        """What the team has to see: without spam, duplicates and what was taken back."""
        return self.exclude(state__in=["spam", "duplicate", "withdrawn_by_person", "erased"])

    def in_spam_tab(self) -> "RequestQuerySet":
        """What a human should look at before it is deleted."""
        return self.filter(state="spam", erased_at=None)

    def open(self) -> "RequestQuerySet":
        """Not ended."""
        return self.filter(state__in=OPEN)

    def unanswered(self) -> "RequestQuerySet":
        """The team has not reacted so far."""
        return self.filter(state__in=UNANSWERED)

    def overdue(self, *, at: datetime) -> "RequestQuerySet":
        """Whose next step should have come."""
        return self.open().filter(due_at__lte=at)

    def most_urgent_first(self) -> "RequestQuerySet":
        """Overdue first: by when the next step is due, those without one last."""
        return self.order_by(models.F("due_at").asc(nulls_last=True), "id")


class Request(models.Model):
    """One person's message to one team, from sending to its end. Who she is stands apart, in Sender.

    After erasure the row stays without anything of hers until retention deletes it, so that the numbers hold.
    """

    class WritesFor(models.TextChoices):
        """For whom she writes."""

        MYSELF = "myself", "myself"
        PARTNER = "partner", "my partner"
        OTHER = "other", "someone I help"

    class Channel(models.TextChoices):
        """How she wants to be answered."""

        TELEPHONE = "telephone", "telephone"
        EMAIL = "email", "e-mail"

    class CopyState(models.TextChoices):
        """What became of the copy for her."""

        NONE = "none", "no e-mail address"
        QUEUED = "queued", "queued"
        RECENT = "recent", "one was sent within a day"
        PAUSED = "paused", "too many copies at this hour"
        BOUNCED = "bounced", "came back"

    reference = models.CharField(max_length=12, unique=True, help_text="As G-7K2Q.")
    study = models.CharField(max_length=20, help_text="Registry number; the team's.")
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="requests")
    state = models.CharField(max_length=30, choices=STATE_CHOICES, default="new")
    state_since = models.DateTimeField()
    version = models.PositiveIntegerField(default=1, help_text="Raised by every act; a stale one is refused.")
    language = models.CharField(max_length=8, choices=Language.choices)
    writes_for = models.CharField(max_length=10, choices=WritesFor.choices, blank=True)
    channel = models.CharField(max_length=10, choices=Channel.choices, blank=True)
    half_days = models.JSONField(default=list, help_text="As mon-am, thu-pm.")
    may_leave_message = models.BooleanField(default=False)
    has_email = models.BooleanField(default=False)
    has_telephone = models.BooleanField(default=False)

    email_blind = models.CharField(max_length=64, null=True)  # noqa: DJ001 - null is free of uniqueness
    telephone_blind = models.CharField(  # noqa: DJ001 - as above
        max_length=64, null=True, help_text="So that staff see who wrote twice; never joined by it."
    )
    idempotency_digest = models.CharField(max_length=64, unique=True, help_text="Of the form's own key.")

    sent_at = models.DateTimeField()
    counted_from = models.DateTimeField(help_text="Where the timers begin: sending, or turning to this team.")
    confirmed_at = models.DateTimeField(null=True, help_text="When she confirmed her e-mail address.")
    told_team_at = models.DateTimeField(null=True, help_text="When a mail to the team was queued.")
    acknowledged_at = models.DateTimeField(null=True, help_text="First answer of the team.")
    reached_at = models.DateTimeField(null=True, help_text="First talk.")
    told_late_at = models.DateTimeField(null=True, help_text="When she was told that nobody has answered.")
    late_at = models.DateTimeField(null=True)
    call_at = models.DateTimeField(null=True, help_text="Hour of the booked call.")
    due_at = models.DateTimeField(null=True, help_text="By when the next step should come.")
    ended_at = models.DateTimeField(null=True, help_text="Settled; a year later everything goes.")
    erased_at = models.DateTimeField(null=True)
    email_bounced_at = models.DateTimeField(null=True, help_text="Her address takes no mail: telephone her.")
    copy_state = models.CharField(max_length=10, choices=CopyState.choices, default=CopyState.NONE)

    assigned_to = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    criterion = models.CharField(max_length=60, blank=True, help_text="The criterion that is not met.")
    duplicate_of = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="duplicates")
    screening_taken_at = models.DateTimeField(
        null=True, help_text="When the cohort took it over as a screening, once."
    )

    objects = RequestQuerySet.as_manager()

    class Privacy:
        identifying = (
            "email_blind", "telephone_blind", "idempotency_digest", "writes_for", "channel", "half_days",
            "may_leave_message", "criterion",
        )  # fmt: skip
        shareable = (
            "id", "reference", "study", "team", "state", "state_since", "version", "language", "has_email",
            "has_telephone", "sent_at", "counted_from", "confirmed_at", "told_team_at", "acknowledged_at",
            "reached_at", "told_late_at", "late_at", "call_at", "due_at", "ended_at", "erased_at",
            "email_bounced_at", "copy_state", "assigned_to", "duplicate_of", "screening_taken_at",
        )  # fmt: skip

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["email_blind", "study"], condition=Q(state__in=OPEN), name="request_open_once_email"
            ),
            models.CheckConstraint(
                condition=Q(erased_at=None)
                | Q(email_blind=None, telephone_blind=None, writes_for="", channel="", criterion=""),
                name="request_erased_is_empty",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=ENDS) | Q(ended_at__isnull=False), name="request_ended_has_its_time"
            ),
        ]
        indexes = [
            models.Index(fields=["team", "state", "due_at"], name="request_of_team"),
            models.Index(fields=["state", "state_since"], name="request_state"),
            models.Index(fields=["ended_at"], name="request_ended"),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def where(self) -> states.State:
        """Its state as the table of steps knows it."""
        return states.State(self.state)

    @property
    def about(self) -> str:
        """How mails and single-use links name it."""
        return f"contact:{self.reference}"

    @property
    def is_unverified(self) -> bool:
        """An e-mail address that nobody has confirmed."""
        return self.has_email and self.confirmed_at is None


class Step(models.Model):
    """One step of a message: from where to where, when, by whom, why. Written once; deleted with it."""

    request = models.ForeignKey(Request, on_delete=models.CASCADE, related_name="steps")
    state_before = models.CharField(max_length=30, choices=STATE_CHOICES)
    state_after = models.CharField(max_length=30, choices=STATE_CHOICES)
    at = models.DateTimeField()
    actor = models.CharField(max_length=15, choices=[(actor.value, actor.value) for actor in states.Actor])
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+",
        help_text="The member of staff; empty: the person, the clock, or the link in the team's mail.",
    )  # fmt: skip
    reason = models.CharField(max_length=60, blank=True, help_text="A code, as criterion:age; never words.")

    class Privacy:
        identifying = ("reason",)
        shareable = ("id", "request", "state_before", "state_after", "at", "actor", "by")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(state_before=models.F("state_after")), name="step_leads_elsewhere"
            ),
        ]
        indexes = [models.Index(fields=["request", "id"], name="step_of_request")]

    def __str__(self) -> str:
        return f"{self.state_before} to {self.state_after}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError("a step is written once: found a change of one")
        super().save(*args, **kwargs)


class CallAttempt(models.Model):
    """One call to her."""

    class Outcome(models.TextChoices):
        """How it went."""

        REACHED = "reached", "reached"
        NO_ANSWER = "no_answer", "no answer"
        LEFT_MESSAGE = "left_message", "left a message"
        CALL_BACK = "call_back", "asked to call back"
        WRONG_NUMBER = "wrong_number", "wrong number"

    request = models.ForeignKey(Request, on_delete=models.CASCADE, related_name="calls")
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    outcome = models.CharField(max_length=15, choices=Outcome.choices)

    class Privacy:
        identifying = ()
        shareable = ("id", "request", "at", "by", "outcome")

    def __str__(self) -> str:
        return f"{self.request_id} {self.outcome}"


class TimerMark(models.Model):
    """A timer that has fired for a message, or was passed over because it was stale: never again."""

    request = models.ForeignKey(Request, on_delete=models.CASCADE, related_name="timer_marks")
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="+")
    act = models.CharField(max_length=30)
    counted_from = models.DateTimeField(help_text="The beginning that it counted from.")
    at = models.DateTimeField()
    was_stale = models.BooleanField(help_text="Passed over: a later one was due already.")

    class Privacy:
        identifying = ()
        shareable = ("id", "request", "team", "act", "counted_from", "at", "was_stale")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["request", "act", "counted_from"], name="timer_fires_once")
        ]

    def __str__(self) -> str:
        return f"{self.request_id} {self.act}"


class TaskTroubleQuerySet(models.QuerySet["TaskTrouble"]):
    """Reads of troubles."""

    def given_up(self) -> "TaskTroubleQuerySet":
        """Not tried again by itself."""
        return self.filter(try_again_at=None)


class TaskTrouble(models.Model):
    """A task of the worker that breaks on one message, and when it is tried again."""

    request = models.ForeignKey(Request, on_delete=models.CASCADE, related_name="troubles")
    task = models.CharField(max_length=30, help_text="As contact.timers.")
    failures = models.PositiveSmallIntegerField()
    since = models.DateTimeField()
    try_again_at = models.DateTimeField(null=True, help_text="Empty: given up, staff have been told.")

    objects = TaskTroubleQuerySet.as_manager()

    class Privacy:
        identifying = ()
        shareable = ("id", "request", "task", "failures", "since", "try_again_at")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["request", "task"], name="task_trouble_once_a_message")
        ]

    def __str__(self) -> str:
        return f"{self.task} of {self.request_id}"


class Tally(models.Model):
    """How many, by study, centre and month: all that stays of a message that was taken back."""

    study = models.CharField(max_length=20)
    centre = models.CharField(max_length=60)
    month = models.DateField(help_text="Its first day.")
    what = models.CharField(max_length=60, help_text="As sent, acknowledged, not_possible:age.")
    count = models.PositiveIntegerField(default=0)

    class Privacy:
        identifying = ()
        shareable = ("id", "study", "centre", "month", "what", "count")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["study", "centre", "month", "what"], name="tally_once_a_month")
        ]

    def __str__(self) -> str:
        return f"{self.study} {self.centre} {self.month:%Y-%m} {self.what} {self.count}"

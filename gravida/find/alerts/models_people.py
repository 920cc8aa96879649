"""Who hears of what: sign-ups that wait for their confirmation, subscribers, their alerts and searches."""

from datetime import date

from django.db import models
from django.db.models import Q

from gravida.find.alerts.topics import Topics
from gravida.web.sealed import SealedTextField


class Frequency(models.TextChoices):
    """At most one mail in each of these; none where nothing is new."""

    IMMEDIATE = "immediate", "at once, at most one a day"
    WEEKLY = "weekly", "on Mondays"
    MONTHLY = "monthly", "on the first of the month"


class Pause(models.TextChoices):
    """Whether mails rest; words in words.py."""

    NONE = "", "none"
    MONTHS = "months", "for some months"
    BREAK = "break", "until she says so, or a day she chose"


class SearchQuerySet(models.QuerySet["Search"]):
    """Reads of searches."""

    def unused(self) -> "SearchQuerySet":
        """Searches that nobody has an alert for any more."""
        return self.filter(alerts=None, sign_ups=None)


class Search(models.Model):
    """A search somebody wants to hear of; equal ones are one row. Sealed: it may be intimate."""

    key = models.CharField(max_length=64, unique=True, help_text="Keyed hash of what is asked.")
    asked = SealedTextField(help_text="JSON of stored_search.py.")

    objects = SearchQuerySet.as_manager()

    class Privacy:
        identifying = ("asked", "key")
        shareable = ("id",)

    def __str__(self) -> str:
        return f"search {self.pk}"


class Subscriber(models.Model):
    """An address that is confirmed, with its settings. No name, no diagnosis."""

    email = SealedTextField(help_text="Normal address.")
    email_blind = models.CharField(max_length=64, unique=True, help_text="Keyed hash of the address.")
    language = models.CharField(max_length=8)
    frequency = models.CharField(max_length=10, choices=Frequency.choices, default=Frequency.WEEKLY)
    page_token = SealedTextField(help_text="Opens her page; stands in the text of her mails.")
    page_digest = models.CharField(max_length=64, unique=True)
    stop_token = SealedTextField(
        help_text="Ends all alerts, nothing else; stands in the header of her mails."
    )
    stop_digest = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(help_text="When she last said yes; a year later she is asked again.")
    asked_at = models.DateTimeField(
        null=True, help_text="When she was last asked whether she still wants them."
    )
    times_asked = models.PositiveSmallIntegerField(default=0, help_text="Since confirmed_at.")
    pause = models.CharField(max_length=10, choices=Pause.choices, blank=True)
    paused_at = models.DateTimeField(null=True)
    paused_until = models.DateField(
        null=True, help_text="First day with mails again; empty: when she says so."
    )
    bounced_at = models.DateTimeField(null=True, help_text="When her address refused a mail for good.")
    last_digest_at = models.DateTimeField(null=True)

    class Privacy:
        identifying = (
            "email", "email_blind", "page_token", "page_digest", "stop_token", "stop_digest", "pause",
            "paused_at", "paused_until",
        )  # fmt: skip
        shareable = (
            "id", "language", "frequency", "made_at", "confirmed_at", "asked_at", "times_asked",
            "bounced_at", "last_digest_at",
        )  # fmt: skip

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(pause="", paused_at=None, paused_until=None)
                | Q(pause="months", paused_at__isnull=False, paused_until__isnull=False)
                | Q(pause="break", paused_at__isnull=False),
                name="alerts_pause_has_its_days",
            ),
        ]

    def __str__(self) -> str:
        return f"subscriber {self.pk}"

    @property
    def about(self) -> str:
        """What the outbox calls her."""
        return f"alerts:{self.pk}"

    def is_paused(self, *, today: date) -> bool:
        """Whether mails rest on this day."""
        return bool(self.pause) and (self.paused_until is None or today < self.paused_until)


class WantsToHear(models.Model):
    """What is heard of: a study or a search, and which of its changes."""

    study = models.CharField(max_length=20, blank=True, help_text="Registry number; empty: a search.")
    tells_opening = models.BooleanField(default=True)
    tells_changes = models.BooleanField(default=True, help_text="Closing, places, leaving the registry.")
    tells_results = models.BooleanField(default=True)
    tells_new = models.BooleanField(default=True, help_text="Studies that newly fit the search.")

    class Meta:
        abstract = True

    @property
    def topics(self) -> Topics:
        """Which changes she wants to hear of."""
        return Topics(
            opening=self.tells_opening,
            changes=self.tells_changes,
            results=self.tells_results,
            new=self.tells_new,
        )


_TOPICS = ("tells_opening", "tells_changes", "tells_results", "tells_new")
_STUDY_OR_SEARCH = (Q(study="") & Q(search__isnull=False)) | (~Q(study="") & Q(search=None))


class Alert(WantsToHear):
    """One thing a subscriber wants to hear of."""

    subscriber = models.ForeignKey(Subscriber, on_delete=models.CASCADE, related_name="alerts")
    search = models.ForeignKey(Search, null=True, on_delete=models.PROTECT, related_name="alerts")
    confirmed_at = models.DateTimeField(help_text="Changes found before are not told.")

    class Privacy:
        identifying = ()
        shareable = ("id", "subscriber", "study", "search", "confirmed_at", *_TOPICS)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=_STUDY_OR_SEARCH, name="alert_of_a_study_or_a_search"),
            models.UniqueConstraint(
                fields=["subscriber", "study"], condition=~Q(study=""), name="alert_once_a_study"
            ),
            models.UniqueConstraint(
                fields=["subscriber", "search"], condition=Q(study=""), name="alert_once_a_search"
            ),
        ]
        indexes = [models.Index(fields=["study"], name="alert_study", condition=~Q(study=""))]

    def __str__(self) -> str:
        return f"alert {self.pk} of {self.study or 'a search'}"


class SignUp(WantsToHear):
    """An alert asked for and not confirmed: whoever typed the address, nothing else is touched by it."""

    email = SealedTextField(help_text="Normal address.")
    email_blind = models.CharField(max_length=64, help_text="Keyed hash of the address.")
    form_key = models.CharField(max_length=64, unique=True, help_text="Of the form: sent twice, it is one.")
    language = models.CharField(max_length=8)
    frequency = models.CharField(max_length=10, choices=Frequency.choices, default=Frequency.WEEKLY)
    search = models.ForeignKey(Search, null=True, on_delete=models.PROTECT, related_name="sign_ups")
    made_at = models.DateTimeField()
    reminded_at = models.DateTimeField(null=True)
    is_silent = models.BooleanField(default=False, help_text="Its address is not to be written to.")

    class Privacy:
        identifying = ("email", "email_blind", "form_key")
        shareable = (
            "id", "language", "frequency", "study", "search", "made_at", "reminded_at", "is_silent", *_TOPICS,
        )  # fmt: skip

    class Meta:
        constraints = [
            models.CheckConstraint(condition=_STUDY_OR_SEARCH, name="sign_up_for_a_study_or_a_search"),
        ]
        indexes = [
            models.Index(fields=["email_blind"], name="sign_up_email"),
            models.Index(fields=["made_at"], name="sign_up_made"),
        ]

    def __str__(self) -> str:
        return f"sign-up {self.pk}"

    @property
    def about(self) -> str:
        """What outbox and links call it."""
        return f"alerts-sign-up:{self.pk}"


class Suppressed(models.Model):
    """An address that is not to be written to, as a keyed hash only."""

    email_blind = models.CharField(max_length=64, unique=True)
    is_for_good = models.BooleanField(
        help_text="Its owner said that she never asked; else only her own new sign-up brings her back."
    )
    since = models.DateTimeField()

    class Privacy:
        identifying = ("email_blind",)
        shareable = ("id", "is_for_good", "since")

    def __str__(self) -> str:
        return f"suppressed {self.pk}"

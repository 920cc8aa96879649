"""Teams that can be written to, and the addresses at which somebody of them answers."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from gravida.find.contact.working_days import Calendar


class TeamQuerySet(models.QuerySet["Team"]):
    """Reads of teams."""

    def of(self, study: str) -> "TeamQuerySet":
        """The teams of a study that its folder or its record names now."""
        return self.filter(study=study, gone_since=None)


class Team(models.Model):
    """The team of a study at one of its centres; registry locations without a folder are teams, too."""

    class Source(models.TextChoices):
        """What names the team."""

        FOLDER = "folder", "study folder"
        RECORD = "record", "registry record"

    study = models.CharField(max_length=20, help_text="Registry number.")
    centre = models.CharField(
        max_length=60, help_text="Id in the study folder; r-... for a location of the record; or central."
    )
    source = models.CharField(max_length=10, choices=Source.choices)
    name = models.JSONField(help_text="Texts by language; a location's name under en.")
    town = models.CharField(max_length=200, blank=True)
    country = models.CharField(max_length=100, blank=True, help_text="English name.")
    calendar = models.CharField(max_length=20, blank=True, help_text="As FR or FR-6AE; empty: no holidays.")
    languages = models.JSONField(default=list)
    is_recruiting = models.BooleanField(default=True, help_text="As the study folder or the record says.")
    confirmed_on = models.DateField(null=True)
    gone_since = models.DateTimeField(null=True, help_text="When neither folder nor record named it.")
    closed_at = models.DateTimeField(null=True, help_text="When the team said: not recruiting any more.")
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+",
        help_text="Empty though closed: by the link in the team's mail.",
    )  # fmt: skip
    broken_since = models.DateTimeField(null=True, help_text="Since when no address of it takes mail.")
    # How soon it answers: written by the worker (answer_times.py), read by every page.
    answers_in_days = models.FloatField(
        null=True, help_text="Median working days of 90 days; empty with answers_of: most wait still."
    )
    answers_of = models.PositiveIntegerField(default=0, help_text="Messages that it rests on; 0: too few.")
    answers_late = models.PositiveIntegerField(default=0, help_text="Of them unanswered for 14 days.")
    answers_at = models.DateTimeField(null=True, help_text="When that was counted.")

    objects = TeamQuerySet.as_manager()

    class Privacy:
        identifying = ()
        shareable = (
            "id", "study", "centre", "source", "name", "town", "country", "calendar", "languages",
            "is_recruiting", "confirmed_on", "gone_since", "closed_at", "closed_by", "broken_since",
            "answers_in_days", "answers_of", "answers_late", "answers_at",
        )  # fmt: skip

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["study", "centre"], name="team_once_a_centre"),
            models.CheckConstraint(
                condition=Q(closed_by=None) | Q(closed_at__isnull=False), name="team_closed_by_when_closed"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.study} {self.centre}"

    @property
    def working_calendar(self) -> Calendar:
        """When the team works."""
        return Calendar(code=self.calendar, zone=settings.TIME_ZONE)

    def name_in(self, language: str) -> str:
        """Its name in a language, else in English, else in any."""
        names: dict[str, str] = self.name
        return names.get(language) or names.get("en") or next(iter(names.values()), "") or self.town


class TeamAddressQuerySet(models.QuerySet["TeamAddress"]):
    """Reads of addresses."""

    def usable(self) -> "TeamAddressQuerySet":
        """Addresses that mail may go to, the first to be told first."""
        return (
            self.filter(state="approved", broken_since=None, gone_since=None)
            .exclude(email="")
            .order_by("rank", "id")
        )

    def held(self) -> "TeamAddressQuerySet":
        """Addresses that wait for a member of staff."""
        return self.filter(state="held", gone_since=None)

    def to_approve(self) -> "TeamAddressQuerySet":
        """Held addresses by study and centre, for the page where staff approve them."""
        return self.held().select_related("team").order_by("team__study", "team__centre", "id")


class TeamAddress(models.Model):
    """Somebody of a team who answers. A professional contact, public in the registry or in the folder."""

    class Kind(models.TextChoices):
        """Who is told first, next, and where the centre has nobody."""

        MAIN = "main", "main"
        ALTERNATE = "alternate", "alternate"
        CENTRAL = "central", "central"

    class State(models.TextChoices):
        """Whether messages may go there."""

        APPROVED = "approved", "approved"
        HELD = "held", "held"
        REFUSED = "refused", "refused"

    RANK = {Kind.MAIN: 0, Kind.ALTERNATE: 1, Kind.CENTRAL: 2}

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="addresses")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    rank = models.PositiveSmallIntegerField(help_text="Of its kind: main 0, alternate 1, central 2.")
    name = models.JSONField(default=dict, help_text="Texts by language; empty: none given.")
    role = models.JSONField(default=dict)
    languages = models.JSONField(default=list)
    portrait = models.CharField(max_length=200, blank=True, help_text="File name in the study folder.")
    email = models.CharField(max_length=254, blank=True)
    telephone = models.CharField(max_length=40, blank=True, help_text="E.164, or as the record writes it.")
    source = models.CharField(max_length=10, choices=Team.Source.choices)
    version = models.ForeignKey(
        "find.RecordVersion", null=True, on_delete=models.SET_NULL, related_name="+",
        help_text="The record version that brought it; empty: the study folder.",
    )  # fmt: skip
    state = models.CharField(max_length=10, choices=State.choices)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+",
        help_text="Who approved or refused; empty: it stands in the study folder, or nobody yet.",
    )  # fmt: skip
    decided_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(help_text="When it came.")
    gone_since = models.DateTimeField(null=True, help_text="When folder or record named it no more.")
    broken_since = models.DateTimeField(null=True, help_text="When a mail to it was refused for good.")

    objects = TeamAddressQuerySet.as_manager()

    class Privacy:
        identifying = ("name", "role", "portrait", "email", "telephone")
        shareable = (
            "id", "team", "kind", "rank", "languages", "source", "version", "state", "decided_by",
            "decided_at", "seen_at", "gone_since", "broken_since",
        )  # fmt: skip

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["team", "source", "kind", "email", "telephone"], name="team_address_once"
            ),
            models.CheckConstraint(
                condition=~Q(email="") | ~Q(telephone=""), name="team_address_reaches_somebody"
            ),
            models.CheckConstraint(
                condition=Q(source="folder", state="approved")
                | Q(source="record", state="held")
                | Q(source="record", decided_by__isnull=False, decided_at__isnull=False),
                name="team_address_of_a_record_is_decided",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.team_id} {self.kind} {self.state}"

    @property
    def is_usable(self) -> bool:
        """Whether mail may go there; `TeamAddressQuerySet.usable` asks the same of the database."""
        is_there = self.broken_since is None and self.gone_since is None
        return is_there and self.state == self.State.APPROVED and bool(self.email)

    def in_language(self, texts: dict[str, str], language: str) -> str:
        """One of its texts in a language, else in English, else in any."""
        return texts.get(language) or texts.get("en") or next(iter(texts.values()), "")

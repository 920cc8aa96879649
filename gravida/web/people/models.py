"""What the site keeps of its staff: people, and the roles they hold or have held."""

import unicodedata
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q

from gravida.web.people.roles import Role
from gravida.web.sealed import SealedTextField

IDLE = timedelta(minutes=30)
IDLE_HALF_WAY = timedelta(minutes=15)  # between the password and the second factor
ABSOLUTE = timedelta(hours=12)
CLOCK_SKEW = timedelta(minutes=5)


def normal_email(typed: str) -> str:
    """An address as it is kept and looked up: one form for all the ways of typing it."""
    return unicodedata.normalize("NFKC", typed).strip().casefold()


class PersonManager(BaseUserManager["Person"]):
    """Reads of people."""

    def by_email(self, typed: str) -> "Person | None":
        """The person who signs in with this address, disabled ones included."""
        return self.filter(email=normal_email(typed)).first()

    def active(self) -> models.QuerySet["Person"]:
        """Those who may sign in."""
        return self.filter(disabled_at=None)


class Person(AbstractBaseUser):
    """Somebody who works with this site.

    The address stands plain, because a sign-in looks it up; people are disabled, never deleted,
    because the audit trail names them by number.
    """

    last_login = None  # the audit trail tells, and keeps every one

    email = models.EmailField(max_length=254, unique=True, help_text="Normalised; what they sign in with.")
    name = models.CharField(max_length=200)
    language = models.CharField(max_length=10, default="en", help_text="Of their pages and mails.")
    created_at = models.DateTimeField()
    disabled_at = models.DateTimeField(null=True, help_text="Since when they may not sign in.")

    objects = PersonManager()
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Privacy:
        identifying = ("email", "name", "password")
        shareable = ("id", "language", "created_at", "disabled_at")

    class Meta:
        constraints = [
            models.CheckConstraint(name="person_has_email_and_name", condition=~Q(email="") & ~Q(name="")),
        ]

    def __str__(self) -> str:
        return f"person {self.pk}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.email = normal_email(self.email)
        super().save(*args, **kwargs)

    @property
    def is_active(self) -> bool:  # type: ignore[override]  # a plain attribute in the base class
        """Whether they may sign in."""
        return self.disabled_at is None

    @property
    def has_second_factor(self) -> bool:
        """Whether an app of theirs has shown a first code."""
        held: SecondFactor | None = SecondFactor.objects.filter(person=self).first()
        return held is not None and held.confirmed_at is not None


class MembershipQuerySet(models.QuerySet["Membership"]):
    """Reads of roles held."""

    def current(self) -> "MembershipQuerySet":
        """Roles held now, by people who may sign in."""
        return self.filter(ended_at=None, person__disabled_at=None)


class Membership(models.Model):
    """A role that a person holds: in one study at one centre, in one study at all, or on the whole site."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="memberships")
    study = models.CharField(max_length=20, blank=True, help_text="Registry number; empty: the whole site.")
    centre = models.CharField(max_length=60, blank=True, help_text="Centre's id; empty: all of the study.")
    role = models.CharField(max_length=20, choices=Role.choices)
    given_by = models.ForeignKey(
        Person, null=True, on_delete=models.PROTECT, related_name="+", help_text="Empty: the command line."
    )
    given_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    objects = MembershipQuerySet.as_manager()

    class Privacy:
        identifying = ()
        shareable = ("id", "person", "study", "centre", "role", "given_by", "given_at", "ended_at")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="membership_of_site_or_study",
                condition=(Q(role="administrator", study="", centre=""))
                | (~Q(role="administrator") & ~Q(study="")),
            ),
            models.CheckConstraint(
                name="membership_ends_after_it_began",
                condition=Q(ended_at=None) | Q(ended_at__gte=F("given_at")),
            ),
            models.UniqueConstraint(
                name="membership_held_once",
                fields=["person", "study", "centre", "role"],
                condition=Q(ended_at=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role} {self.study} {self.centre}".strip()


class StaffSessionQuerySet(models.QuerySet["StaffSession"]):
    """Reads of sessions."""

    def open(self) -> "StaffSessionQuerySet":
        """Those that nobody and nothing has ended; time may have (StaffSession.is_over)."""
        return self.filter(ended_at=None)


class StaffSession(models.Model):
    """A browser in which somebody has signed in; the browser holds the secret, this row its digest."""

    class Stage(models.TextChoices):
        """How far a sign-in has come."""

        CODE = "code", "password given, second factor awaited"
        SET_UP = "set_up", "password given, second factor to be set up"
        FULL = "full", "signed in"

    class Ending(models.TextChoices):
        """Why a session ended before its time."""

        SIGNED_OUT = "signed_out", "signed out"
        REPLACED = "replaced", "went on under a new secret"
        ENDED_BY_PERSON = "ended_by_person", "ended from another browser"
        PASSWORD = "password", "password changed"
        SECOND_FACTOR = "second_factor", "second factor changed"
        ROLES = "roles", "roles changed"
        DISABLED = "disabled", "person disabled"

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="sessions")
    digest = models.CharField(max_length=64, unique=True)
    stage = models.CharField(max_length=10, choices=Stage.choices)
    started_at = models.DateTimeField(help_text="Of the sign-in; a new secret keeps it.")
    seen_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ending = models.CharField(max_length=20, blank=True, choices=Ending.choices)
    network = models.CharField(max_length=64, blank=True, help_text="As limits count it: /32 or /64.")
    browser = models.CharField(max_length=80, blank=True, help_text="In short, as Firefox on Linux.")

    objects = StaffSessionQuerySet.as_manager()

    class Privacy:
        identifying = ("digest", "network", "browser")
        shareable = ("id", "person", "stage", "started_at", "seen_at", "ended_at", "ending")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="session_ended_with_a_reason",
                condition=Q(ended_at=None, ending="") | (Q(ended_at__isnull=False) & ~Q(ending="")),
            )
        ]
        indexes = [models.Index(fields=["person", "ended_at"], name="session_of_person")]

    def __str__(self) -> str:
        return f"session {self.pk} of person {self.person_id}"

    def is_over(self, *, at: datetime) -> bool:
        """Whether it ended, was idle too long, or is too old."""
        return (
            self.ended_at is not None
            or at >= self.idle_until
            or at >= self.started_at + ABSOLUTE
            # A clock set back must not lengthen a session.
            or at < self.started_at - CLOCK_SKEW
        )

    @property
    def idle_until(self) -> datetime:
        """When it is over if nothing more comes from the browser."""
        idle = IDLE if self.stage == self.Stage.FULL else IDLE_HALF_WAY
        return min(self.seen_at + idle, self.started_at + ABSOLUTE)


class SecondFactor(models.Model):
    """A person's one-time codes by an app: the secret, and the last step that was used."""

    person = models.OneToOneField(Person, on_delete=models.PROTECT, related_name="second_factor")
    secret = SealedTextField(blank=True, help_text="Base32, shared with the app; empty until confirmed.")
    new_secret = SealedTextField(blank=True, default="", help_text="Of an app being set up.")
    made_at = models.DateTimeField(help_text="When the newer of the two secrets was made.")
    confirmed_at = models.DateTimeField(null=True, help_text="When a first code showed that the app has it.")
    last_step = models.BigIntegerField(default=0, help_text="30-second step of the last code taken.")

    class Privacy:
        identifying = ("secret", "new_secret")
        shareable = ("id", "person", "made_at", "confirmed_at", "last_step")

    def __str__(self) -> str:
        return f"second factor of person {self.person_id}"


class RecoveryCode(models.Model):
    """A code on paper that stands in, once, for the app."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="recovery_codes")
    digest = models.CharField(max_length=64, unique=True)
    used_at = models.DateTimeField(null=True)

    class Privacy:
        identifying = ("digest",)
        shareable = ("id", "person", "used_at")

    def __str__(self) -> str:
        return f"recovery code of person {self.person_id}"


class KeptForm(models.Model):
    """What somebody had typed when their session turned out to be over; given back after the next sign-in."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="kept_forms")
    address = models.CharField(max_length=500, help_text="Where the form was going.")
    fields = SealedTextField(help_text="As an encoded form; no password, no code.")
    kept_at = models.DateTimeField()

    class Privacy:
        identifying = ("fields",)
        shareable = ("id", "person", "address", "kept_at")

    class Meta:
        constraints = [
            models.UniqueConstraint(name="one_kept_form_per_address", fields=["person", "address"])
        ]

    def __str__(self) -> str:
        return f"form of person {self.person_id} for {self.address}"

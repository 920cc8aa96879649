"""What somebody asks of the list: which messages, narrowed how; read from an address by allow-lists."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from urllib.parse import urlencode

from django.db.models import Q

from gravida.find.contact.models import Language, Request
from gravida.find.contact.models_requests import RequestQuerySet
from gravida.find.contact.states import State
from gravida.web.people.models import Person
from gravida.web.tokens import normal_code

S = State
# The list's groups of states, in the order of the loop.
GROUPS: dict[str, tuple[State, ...]] = {
    "to-answer": (S.UNVERIFIED, S.VERIFIED, S.DELIVERED, S.OPENED),
    "to-call": (S.ACKNOWLEDGED, S.ATTEMPT_1, S.ATTEMPT_2, S.ATTEMPT_3, S.CALL_BOOKED),
    "after-call": (S.UNKNOWN, S.POSSIBLE, S.INFORMATION_GIVEN, S.NOT_POSSIBLE),
    "ended": (S.INCLUDED, S.NOT_INTERESTED, S.UNREACHABLE, S.DUPLICATE),
}
OPEN, OVERDUE, SPAM = "open", "overdue", "spam"
SHOWN_STATES = tuple(state for group in GROUPS.values() for state in group)
STATUSES = (OPEN, OVERDUE, *GROUPS, *(state.value for state in SHOWN_STATES), SPAM)
WHOSE = ("", "me", "nobody")
LANGUAGES = ("", *Language.values)


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Which messages; the defaults show everything open."""

    status: str = OPEN
    centre: int = 0  # a team's number in the database; 0: all
    whose: str = ""
    language: str = ""
    late: bool = False
    unverified: bool = False
    reference: str = ""
    page: int = 1

    @property
    def is_narrowed(self) -> bool:
        """Whether something besides the status narrows the list."""
        return bool(self.centre or self.whose or self.language or self.late or self.unverified)

    def query(self, **changed: object) -> str:
        """The address's query for the same with some changes; defaults are left out."""
        return urlencode(list(self._told(changed)))

    def _told(self, changed: Mapping[str, object]) -> Iterator[tuple[str, str]]:
        for field in fields(self):
            value = changed.get(field.name, getattr(self, field.name))
            if value != field.default:
                yield field.name, "1" if value is True else str(value)


def asked_of(given: Mapping[str, str]) -> Asked:
    """What an address asks; whatever is not on a list is as if it were not there."""
    status, whose, language = (given.get(name, "") for name in ("status", "whose", "language"))
    return Asked(
        status=status if status in STATUSES else OPEN,
        centre=_number(given.get("centre", "")),
        whose=whose if whose in WHOSE else "",
        language=language if language in LANGUAGES else "",
        late=given.get("late") == "1",
        unverified=given.get("unverified") == "1",
        reference=reference_in(given.get("reference", "")),
        page=max(_number(given.get("page", "")), 1),
    )


def reference_in(typed: str) -> str:
    """A reference however it is typed, as G-7K2Q; empty where nothing is typed."""
    signs = "".join(sign for sign in normal_code(typed[:40]) if sign.isascii() and sign.isalnum())
    has_its_g = typed.strip()[:2].upper() in ("G-", "G ") or len(signs) in (5, 9)
    signs = signs.removeprefix("G") if has_its_g else signs
    groups = [signs[start : start + 4] for start in range(0, min(len(signs), 8), 4)]
    return "-".join(["G", *groups]) if groups else ""


def _number(typed: str) -> int:
    return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 10 else 0


def messages_of(person: Person, asked: Asked, *, at: datetime) -> RequestQuerySet:
    """The messages asked for, of the centres where this person reads, most urgent first."""
    mine = Request.objects.get_for(person).filter(erased_at=None)
    if asked.reference:
        return mine.filter(reference__startswith=asked.reference).order_by("-id")
    found = _with_status(mine, asked.status, at=at).filter(_narrowed(asked, person))
    return found.order_by("-state_since", "-id") if asked.status == SPAM else found.most_urgent_first()


def _with_status(mine: RequestQuerySet, status: str, *, at: datetime) -> RequestQuerySet:
    if status == OVERDUE:
        return mine.overdue(at=at)
    if status == SPAM:
        return mine.in_spam_tab()
    if status == OPEN:
        return mine.open()
    states = GROUPS.get(status) or (State(status),)
    return mine.filter(state__in=[state.value for state in states])


def _narrowed(asked: Asked, person: Person) -> Q:
    condition = Q()
    if asked.centre:
        condition &= Q(team=asked.centre)
    if asked.whose == "me":
        condition &= Q(assigned_to=person)
    elif asked.whose == "nobody":
        condition &= Q(assigned_to=None)
    if asked.language:
        condition &= Q(language=asked.language)
    if asked.late:
        condition &= Q(late_at__isnull=False)
    if asked.unverified:
        condition &= Q(has_email=True, confirmed_at=None)
    return condition

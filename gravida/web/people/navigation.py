"""The staff's navigation: what each part offers, shown to those who may open it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from django.db import DatabaseError
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.module_loading import import_string

from gravida.web.people import kept_forms
from gravida.web.people.models import Person
from gravida.web.people.permissions import may_somewhere
from gravida.web.people.request import StaffRequest, is_staff_path, person_of
from gravida.web.people.roles import Permission

WARN_SECONDS = 180
News = Callable[[Person, datetime], str]


@dataclass(frozen=True, kw_only=True)
class NavItem:
    """A page of the staff's part as its navigation names it."""

    url_name: str  # as inbox:list
    label: str | Promise
    about: str | Promise  # a sentence for the start page
    permission: Permission | None = None
    news: News | None = None  # a few words for the start page, as "3 overdue, 5 new"; empty: nothing new


@dataclass(frozen=True, kw_only=True)
class Link:
    """An item as one page shows it."""

    address: str
    label: str | Promise
    about: str | Promise
    is_here: bool = False
    news: str = ""


@dataclass(frozen=True, kw_only=True)
class StaffFrame:
    """What the frame of a staff page shows."""

    person: Person
    links: tuple[Link, ...]
    seconds_left: int
    warn_seconds: int = WARN_SECONDS
    has_kept_form: bool = False


@cache
def items() -> tuple[NavItem, ...]:
    """Every part's items, in order; listed in gravida/staff_navigation.py."""
    listed: tuple[NavItem, ...] = import_string("gravida.staff_navigation.ITEMS")
    return listed


def links_for(person: Person, *, path: str = "", news_at: datetime | None = None) -> tuple[Link, ...]:
    """The pages that this person may open; with `news_at`, what is new in each."""
    return tuple(
        Link(
            address=address,
            label=item.label,
            about=item.about,
            is_here=path == address or (path.startswith(address) and item.url_name != "staff:home"),
            news=item.news(person, news_at) if item.news and news_at else "",
        )
        for item in items()
        if (item.permission is None or may_somewhere(person, item.permission))
        and (address := _address(item.url_name))
    )


def _address(url_name: str) -> str:
    try:
        return reverse(url_name)
    except NoReverseMatch:
        return ""


def staff_frame(request: HttpRequest) -> dict[str, Any]:
    """Context of every template: `staff`, None on public pages and before sign-in."""
    person = person_of(request)
    if person is None or not is_staff_path(request.path_info):
        return {"staff": None}
    try:
        return {"staff": _frame(request, person)}  # type: ignore[arg-type]  # a person is only on a StaffRequest
    except DatabaseError:
        # The page that tells of a silent database must not ask it.
        return {"staff": None}


def _frame(request: StaffRequest, person: Person) -> StaffFrame:
    session, at = request.staff_session, request.received_at
    return StaffFrame(
        person=person,
        links=links_for(person, path=request.path),
        seconds_left=int((session.idle_until - at).total_seconds()),
        has_kept_form=kept_forms.kept_form(person=person, at=at) is not None,
    )

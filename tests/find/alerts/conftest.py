"""A site with studies, an index that serves, and somebody who wants to hear of them."""

import itertools
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from gravida.find.alerts import actions_sign_up
from gravida.find.alerts.actions_sign_up import Wish, ask_for_alert
from gravida.find.alerts.links import CONFIRM
from gravida.find.alerts.models import Alert, Notice, Subscriber
from gravida.find.alerts.stored_search import StoredSearch
from gravida.find.alerts.tasks import compare
from gravida.find.alerts.topics import Topics
from gravida.find.search import upkeep
from gravida.find.search.request import SearchRequest
from gravida.web.models import Mail
from tests.find.search.conftest import AddStudy, add_study, find, index_folder, numbers

__all__ = ["CONFIRM", "AddStudy", "add_study", "find", "index_folder", "numbers"]

# A Tuesday.
NOW = datetime(2026, 11, 3, 9, 0, tzinfo=UTC)
NETWORK = "203.0.113.7/32"
ZOE = "zoe@example.org"
_keys = itertools.count()


def search_for(words: str = "", *, query: str = "", **criteria: Any) -> StoredSearch:
    """A search as an alert keeps it."""
    request = SearchRequest(words=words, **criteria)
    return StoredSearch(request=request, query=query or f"q={words}")


def make_wish(*, email: str = ZOE, study: str = "", **changed: Any) -> Wish:
    """Somebody wants to hear of a study, or of a search."""
    topics = Topics(**changed.pop("topics", {}))
    search = changed.pop("search", None)
    values = {"language": "en", "frequency": "immediate"} | changed
    return Wish(email=email, topics=topics, study=study, search=search, **values)


def ask(*, at: datetime = NOW, network: str = NETWORK, key: str = "", **wish: Any) -> None:
    """Sign up, and nothing more."""
    ask_for_alert(wish=make_wish(**wish), form_key=key or f"form {next(_keys)}", network=network, at=at)


def token_of(mail: Mail, page: str) -> str:
    """The token of a link in a mail; `page` ends its address, as confirm or settings."""
    import re

    found = re.search(rf"/alerts/([\w-]+)/{page}/?\s", f"{mail.text}\n")
    assert found is not None, mail.text
    return found[1]


def subscribe(*, at: datetime = NOW, **wish: Any) -> Subscriber:
    """Sign up and confirm."""
    ask(at=at, **wish)
    mail = Mail.objects.filter(kind="alerts.confirm").latest("id")
    return actions_sign_up.confirm(token=token_of(mail, "confirm"), at=at)


def last_alert() -> Alert:
    return Alert.objects.latest("id")


def told() -> list[tuple[str, str]]:
    """Every notice as study number and kinds, in order."""
    rows = Notice.objects.order_by("change__study__number", "id")
    return list(rows.values_list("change__study__number", "kinds"))


@pytest.fixture
def imported(db: None) -> Callable[..., int]:
    """An import has ended and the worker has its turn: index up to date, alerts compared."""

    def run(*, at: datetime = NOW + timedelta(hours=1)) -> int:
        upkeep.update()
        return compare(at)

    return run

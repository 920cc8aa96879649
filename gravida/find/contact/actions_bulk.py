"""The same act on several messages, each for itself."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from gravida.web.people.models import Person


@dataclass(frozen=True, kw_only=True)
class Bulk:
    """What became of each, by reference."""

    done: tuple[str, ...]
    refused: Mapping[str, str]  # reference -> changed_meanwhile, illegal_step, not_yours


def in_bulk(
    act: Callable[..., object], *, chosen: Mapping[int, int], by: Person, at: datetime, **given: object
) -> Bulk:
    """Do `act` (acknowledge, assign, mark_spam ...) to each chosen message: id -> version on the page."""
    raise NotImplementedError

"""What a page says after an act, and the button that takes it back where that does no harm."""

from collections.abc import Mapping
from dataclasses import dataclass

from gravida.find.contact.models import Request
from gravida.find.inbox.act_words import ACT, Text
from gravida.find.inbox.offered_acts import offered
from gravida.find.inbox.wish import number_in


@dataclass(frozen=True, kw_only=True)
class Done:
    """The sentence, and the act that undoes what was done; empty where nothing does."""

    words: Text
    undo: str = ""
    to: str = ""  # to whom it belonged before


def done_of(given: Mapping[str, str], message: Request) -> Done | None:
    """What the address says was done; it only words a sentence, and the act itself is in the trail."""
    act = given.get("done", "")
    if act not in ACT:
        return None
    if act == "assign" and "assign" in offered(message):
        before = number_in(given.get("was", ""))
        return Done(words=ACT[act].done, undo="assign", to=str(before or ""))
    if act == "spam" and "not-spam" in offered(message):
        return Done(words=ACT[act].done, undo="not-spam")
    return Done(words=ACT[act].done)

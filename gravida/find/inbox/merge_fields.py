"""Fields that a ready text may name, as {first_name}: found, checked, filled. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

# What a text may name; the words for each stand in words.py.
FIELDS = ("first_name", "reference", "team", "colleague", "sent_on", "call_at", "team_telephone")
_NAMED = re.compile(r"\{([^{}\n]{0,60})\}")


class UnknownFields(Exception):
    """A text that names fields which do not exist, or has a brace too many; carries them as they stand."""

    def __init__(self, names: tuple[str, ...]) -> None:
        super().__init__(f"{', '.join(names)}: wanted {', '.join(FIELDS)}")
        self.names = names


@dataclass(frozen=True, kw_only=True)
class Filled:
    """A text with its fields filled; those without a value still stand in it, and are named."""

    text: str
    missing: tuple[str, ...] = ()


def fields_in(text: str) -> tuple[str, ...]:
    """Names between braces, each once, as they come; known or not."""
    return tuple(dict.fromkeys(name.strip() for name in _NAMED.findall(text)))


def unknown_fields(text: str) -> tuple[str, ...]:
    """Names that are no field, and single braces that open or close nothing."""
    unknown = [name for name in fields_in(text) if name not in FIELDS]
    alone = re.findall(r"[{}]", _NAMED.sub("", text))
    return tuple(dict.fromkeys([*unknown, *alone]))


def check_fields(text: str) -> None:
    """UnknownFields where the text names something else than FIELDS."""
    unknown = unknown_fields(text)
    if unknown:
        raise UnknownFields(unknown)


def fill(text: str, values: Mapping[str, str]) -> Filled:
    """The text with each field's value; a field without one is left as it stands and named.

    What is filled in is not read for fields again: a name of "{reference}" stays what it is.
    """
    missing: list[str] = []

    def value_of(found: re.Match[str]) -> str:
        name = found[1].strip()
        value = values.get(name, "")
        if not value and name not in missing:
            missing.append(name)
        return value or found[0]

    filled = _NAMED.sub(value_of, text)
    return Filled(text=filled, missing=tuple(missing))

"""One table of a TOML file, read key by key; what does not fit becomes a mistake with its line."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from gravida.protocol.expressions import Expression
from gravida.protocol.grammar import GrammarMistake, parse
from gravida.protocol.mistakes import Mistake
from gravida.protocol.text_files import TomlFile, TomlPath

ID = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,59}")
_RANGE = re.compile(r"(-?\d+(?:\.\d+)?)?\.\.(-?\d+(?:\.\d+)?)?")


@dataclass(frozen=True, kw_only=True)
class Table:
    """A table and where it stands; every reader below notes a mistake and gives an empty value instead."""

    file: TomlFile
    place: TomlPath
    data: dict[str, Any]
    mistakes: list[Mistake]
    languages: Sequence[str] = field(default=("en", "fr"))

    def mistake(self, key: str | None, *, found: str, wanted: str) -> None:
        place = self.place if key is None else (*self.place, key)
        self.mistakes.append(self.file.mistake(place, found=found, wanted=wanted))

    def table(self, key: str) -> "Table":
        """The table under `key`; an empty one where there is none."""
        value = self.data.get(key, {})
        if not isinstance(value, dict):
            self.mistake(key, found=f"{key} = {value!r}", wanted=f"a table [{key}]")
            value = {}
        return self._inside((key,), value)

    def tables(self, key: str) -> Iterator["Table"]:
        """The tables [[key]], in their order."""
        values = self.data.get(key, [])
        if not isinstance(values, list) or not all(isinstance(value, dict) for value in values):
            self.mistake(key, found=f"{key} = {values!r}", wanted=f"tables [[{key}]]")
            return
        for number, value in enumerate(values):
            yield self._inside((key, number), value)

    def _inside(self, place: TomlPath, data: dict[str, Any]) -> "Table":
        return Table(
            file=self.file,
            place=(*self.place, *place),
            data=data,
            mistakes=self.mistakes,
            languages=self.languages,
        )

    def only(self, *keys: str) -> None:
        """Note every key that is not one of `keys`: a mistyped key would else be lost in silence."""
        for key in self.data:
            if key not in keys:
                self.mistake(key, found=f"key {key}", wanted=f"one of {', '.join(sorted(keys))}")

    def text(self, key: str, *, required: bool = True) -> str:
        value = self.data.get(key)
        if value is None and not required:
            return ""
        if isinstance(value, str) and (value.strip() or not required):
            return value
        self.mistake(key, found=_shown(key, value), wanted=f"{key} = a text")
        return ""

    def id(self, key: str = "id") -> str:
        value = self.text(key)
        if value and not ID.fullmatch(value):
            self.mistake(key, found=f"{key} = {value!r}", wanted="letters, digits, - and _, a letter first")
        return value

    def one_of(self, key: str, allowed: Sequence[str]) -> str:
        value = self.text(key)
        if value and value not in allowed:
            self.mistake(key, found=f"{key} = {value!r}", wanted=f"one of {', '.join(allowed)}")
            return ""
        return value

    def texts(self, key: str, *, required: bool = True) -> dict[str, str]:
        """A text in every language of the study."""
        value = self.data.get(key)
        if value is None and not required:
            return {}
        if not isinstance(value, dict):
            self.mistake(key, found=_shown(key, value), wanted=f"{key} in {', '.join(self.languages)}")
            return {}
        for language in self.languages:
            if not isinstance(value.get(language), str) or not value[language].strip():
                self.mistake(
                    key, found=f"no {key}.{language}", wanted=f"{key} in {', '.join(self.languages)}"
                )
        return {language: text for language, text in value.items() if isinstance(text, str)}

    def number(self, key: str) -> int | None:
        value = self.data.get(key)
        if value is None or (isinstance(value, int) and not isinstance(value, bool)):
            return value
        self.mistake(key, found=_shown(key, value), wanted=f"{key} = a whole number")
        return None

    def real(self, key: str, default: float) -> float:
        """A number, whole or not."""
        value = self.data.get(key, default)
        if isinstance(value, int | float) and not isinstance(value, bool):
            return float(value)
        self.mistake(key, found=_shown(key, value), wanted=f"{key} = a number")
        return default

    def yes(self, key: str, default: bool = False) -> bool:
        value = self.data.get(key, default)
        if not isinstance(value, bool):
            self.mistake(key, found=_shown(key, value), wanted=f"{key} = true or false")
        return value is True

    def day(self, key: str) -> date | None:
        value = self.data.get(key)
        if value is None or type(value) is date:
            return value
        self.mistake(key, found=_shown(key, value), wanted=f"{key} = a date as 2022-10-24")
        return None

    def list_of_texts(self, key: str, *, required: bool = True) -> tuple[str, ...]:
        value = self.data.get(key, None if required else [])
        if isinstance(value, list) and all(isinstance(item, str) for item in value):
            return tuple(value)
        self.mistake(key, found=_shown(key, value), wanted=f"{key} = a list of texts")
        return ()

    def rule(self, key: str = "rule") -> Expression | None:
        """A rule in the grammar of docs/grammar.md."""
        text = self.text(key)
        if not text:
            return None
        try:
            return parse(text)
        except GrammarMistake as error:
            found = f"{error.found} at sign {error.at} of {key}"
            self.mistake(key, found=found, wanted=error.wanted)
            return None

    def range(self, key: str = "range") -> tuple[int | None, int | None]:
        """Two bounds, both included, written 0..40."""
        text = self.text(key, required=False)
        if not text:
            return None, None
        match = _RANGE.fullmatch(text)
        if match is None:
            self.mistake(key, found=f"{key} = {text!r}", wanted="two bounds, as 0..40")
            return None, None
        low, high = (int(Decimal(end)) if end else None for end in match.groups())
        if low is not None and high is not None and low > high:
            self.mistake(key, found=f"{key} = {text!r}, which holds nothing", wanted="the lower bound first")
        return low, high


def _shown(key: str, value: object) -> str:
    return f"no {key}" if value is None else f"{key} = {value!r}"

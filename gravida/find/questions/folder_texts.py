"""Text files of a study folder: read again when they change; one with a mistake is left aside and named."""

import tomllib
from pathlib import Path
from typing import Any


class FolderTextMistake(Exception):
    """A file of a study's folder that cannot be used: where, what was found, what was wanted."""


def toml_of(file: Path) -> dict[str, Any]:
    """The tables of a file. FolderTextMistake where it is no TOML in UTF-8."""
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise FolderTextMistake(f"{file}: not TOML in UTF-8: {error}") from error


def texts_in(file: Path, name: str, value: Any) -> dict[str, str]:
    """A text by language. FolderTextMistake where it is no such thing."""
    is_texts = isinstance(value, dict) and all(
        isinstance(text, str) and text.strip() for text in value.values()
    )
    if not is_texts or not value:
        raise FolderTextMistake(f'{file}: {name}: found {value!r}, wanted texts as {name}.en = "..."')
    return {language: text.strip() for language, text in value.items()}

"""Results as JSON and back, at twelve digits, and the schema that their classes make."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import jsonschema
import pytest

from gravida.analysis.report.codec import from_plain, json_text, plain, rounded, schema_of
from gravida.analysis.report.results import Results

HOME = Path(__file__).resolve().parents[3]
IDENTITY = "https://example.org/gravida/results.schema.json"


@dataclass(frozen=True)
class Inner:
    """A part."""

    count: Annotated[int | str, "a count"]
    value: float | None


@dataclass(frozen=True)
class Outer:
    """A whole."""

    name: str
    parts: tuple[Inner, ...]


WHOLE = Outer("a", (Inner(3, 1 / 3), Inner("masked", float("nan"))))


def test_numbers_keep_twelve_digits_and_those_json_lacks_become_null() -> None:
    assert rounded(1 / 3) == 0.333333333333
    assert rounded(float("inf")) is None
    assert str(rounded(-0.0)) == "0.0"
    assert plain(WHOLE)["parts"][1] == {"count": "masked", "value": None}


def test_what_is_read_back_gives_the_same_bytes() -> None:
    text = json_text(WHOLE)
    again = from_plain(Outer, json.loads(text))
    assert again.parts[0].count == 3
    assert json_text(again) == text


def test_what_is_not_of_the_class_is_refused() -> None:
    with pytest.raises((TypeError, KeyError)):
        from_plain(Outer, {"name": 3, "parts": []})
    with pytest.raises(TypeError):
        from_plain(Outer, {"name": "a", "parts": [{"count": "masked", "value": "high"}]})


def test_a_schema_asks_for_every_field_and_no_other() -> None:
    schema = schema_of(Outer, title="t", identity="i")
    jsonschema.validate(plain(WHOLE), schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"name": "a", "parts": [{"count": "few", "value": 1.0}]}, schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"name": "a", "parts": [], "more": 1}, schema)


def test_the_documented_schema_is_the_one_that_the_classes_make() -> None:
    # Written anew by: python -m gravida.analysis.report.schema > docs/results.schema.json
    from gravida.analysis.report.schema import schema_text

    assert (HOME / "docs/results.schema.json").read_text(encoding="utf-8") == schema_text()
    assert Results.__name__ in json.loads(schema_text())["$defs"]

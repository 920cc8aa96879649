"""Frozen results as JSON and back, and the JSON Schema of their classes: the fields are said once."""

import dataclasses
import json
import math
from types import NoneType, UnionType
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin, get_type_hints

Result = TypeVar("Result")

SIGNIFICANT_DIGITS = 12
MASKED = "masked"


def plain(value: Any) -> Any:
    """Dataclasses and tuples as what JSON has; numbers at twelve significant digits, none that JSON lacks.

    Infinite and undefined numbers become null: the schema says what null means where it can stand.
    """
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, tuple | list):
        return [plain(item) for item in value]
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, int):
        return value
    if isinstance(value, float):
        return rounded(value)
    raise TypeError(f"{type(value).__name__} in a result: wanted a dataclass, text, number, tuple or None")


def rounded(value: float) -> float | None:
    """The number at twelve significant digits; None where it is not finite. Minus zero is zero."""
    if not math.isfinite(value):
        return None
    return float(f"{float(value):.{SIGNIFICANT_DIGITS}g}") + 0.0


def json_text(value: Any) -> str:
    """The same fields as the same bytes: sorted keys, two spaces, one line end."""
    return json.dumps(plain(value), ensure_ascii=False, sort_keys=True, indent=2, allow_nan=False) + "\n"


def from_plain(wanted: type[Result], found: Any) -> Result:
    """A result read back from JSON. TypeError, KeyError where it is not of the class."""
    value: Result = _read(wanted, found)
    return value


def _read(wanted: Any, found: Any) -> Any:
    origin = get_origin(wanted)
    if origin is Annotated:
        return _read(get_args(wanted)[0], found)
    if origin is tuple:
        return tuple(_read(get_args(wanted)[0], item) for item in found)
    if origin in (Union, UnionType):
        options = [option for option in get_args(wanted) if option is not NoneType]
        return None if found is None else _read_one_of(options, found)
    if dataclasses.is_dataclass(wanted) and isinstance(wanted, type):
        hints = get_type_hints(wanted, include_extras=True)
        return wanted(
            **{
                field.name: _read(hints[field.name], found[field.name])
                for field in dataclasses.fields(wanted)
            }
        )
    return _atom(wanted, found)


def _read_one_of(options: list[Any], found: Any) -> Any:
    if len(options) == 1:
        return _read(options[0], found)
    for option in options:
        if isinstance(option, type) and isinstance(found, option):
            return found
    raise TypeError(f"found {found!r}, wanted one of {options}")


def _atom(wanted: Any, found: Any) -> Any:
    if wanted is float and isinstance(found, int | float) and not isinstance(found, bool):
        return float(found)
    if isinstance(found, wanted):
        return found
    raise TypeError(f"found {found!r}, wanted {wanted}")


def schema_of(wanted: type[Any], *, title: str, identity: str) -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of a class of results, each class once under $defs."""
    definitions: dict[str, Any] = {}
    root = _schema(wanted, definitions)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": identity,
        "title": title,
        **root,
        "$defs": dict(sorted(definitions.items())),
    }


def _schema(wanted: Any, definitions: dict[str, Any]) -> dict[str, Any]:
    origin = get_origin(wanted)
    if origin is Annotated:
        kind, says = get_args(wanted)[:2]
        return {**_schema(kind, definitions), "description": says}
    if origin is tuple:
        return {"type": "array", "items": _schema(get_args(wanted)[0], definitions)}
    if origin in (Union, UnionType):
        return {"anyOf": [_schema_of_option(option, definitions) for option in get_args(wanted)]}
    if dataclasses.is_dataclass(wanted) and isinstance(wanted, type):
        if wanted.__name__ not in definitions:
            definitions[wanted.__name__] = {}
            definitions[wanted.__name__] = _object(wanted, definitions)
        return {"$ref": f"#/$defs/{wanted.__name__}"}
    return {"type": {str: "string", int: "integer", float: "number", bool: "boolean"}[wanted]}


def _schema_of_option(option: Any, definitions: dict[str, Any]) -> dict[str, Any]:
    if option is NoneType:
        return {"type": "null"}
    # The only text beside a number is the mark of a masked count.
    return {"const": MASKED} if option is str else _schema(option, definitions)


def _object(wanted: Any, definitions: dict[str, Any]) -> dict[str, Any]:
    hints = get_type_hints(wanted, include_extras=True)
    names = [field.name for field in dataclasses.fields(wanted)]
    sentence = (wanted.__doc__ or "").strip().split("\n\n")[0].replace("\n    ", " ")
    return {
        "type": "object",
        "description": sentence,
        "properties": {name: _schema(hints[name], definitions) for name in names},
        "required": names,
        "additionalProperties": False,
    }

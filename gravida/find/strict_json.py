"""JSON read strictly: what two programs could read differently is refused, with the reason.

Pure. A lone surrogate alone is let through: it can be cleaned, and the record kept.
The standard parser sees every key given twice; orjson does not, and counting keys after it takes as long.
"""

import json
import math
from typing import Any

import orjson

LONGEST_NUMBER = 100  # digits


class Malformed(Exception):
    """Bytes that are no JSON, or JSON of which programs disagree. Carries the reason."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def read_json(raw: bytes) -> Any:
    """The value these bytes write.

    Malformed on broken syntax, bytes that are not UTF-8, NaN and Infinity, a key given twice in one object,
    numbers too long or too large, and nesting deeper than the interpreter reads.
    """
    try:
        return _decoder.decode(raw.decode())
    except UnicodeDecodeError as error:
        raise Malformed(f"not UTF-8 at byte {error.start}") from error
    except json.JSONDecodeError as error:
        raise Malformed(f"broken JSON at character {error.pos}: {error.msg}") from error
    except RecursionError as error:
        raise Malformed("nested too deeply") from error


def load_kept(raw: bytes) -> Any:
    """The value of bytes that `read_json` has accepted before; fast."""
    try:
        return orjson.loads(raw)
    except orjson.JSONDecodeError:
        return json.loads(raw)


def sorted_bytes(value: Any) -> bytes:
    """The value as JSON with sorted keys and no spaces: equal for equal values, whatever their layout was.

    Malformed when it is nested deeper than can be written.
    """
    try:
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    except (orjson.JSONEncodeError, TypeError):
        # A lone surrogate, or a number of more than 64 bits; if it is the depth, this fails too.
        pass
    try:
        return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()
    except RecursionError as error:
        raise Malformed("nested too deeply") from error


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) == len(pairs):
        return value
    seen: set[str] = set()
    for key, _ in pairs:
        if key in seen:
            raise Malformed(f"key {key[:60]!r} given twice")
        seen.add(key)
    return value


def _integer(digits: str) -> int:
    if len(digits) > LONGEST_NUMBER:
        raise Malformed(f"number of {len(digits)} digits")
    return int(digits)


def _decimal(digits: str) -> float:
    if len(digits) > LONGEST_NUMBER:
        raise Malformed(f"number of {len(digits)} digits")
    number = float(digits)
    if math.isinf(number):
        raise Malformed(f"number {digits[:30]} too large")
    return number


def _constant(name: str) -> Any:
    raise Malformed(f"{name} is not JSON")


_decoder = json.JSONDecoder(
    object_pairs_hook=_object, parse_int=_integer, parse_float=_decimal, parse_constant=_constant
)

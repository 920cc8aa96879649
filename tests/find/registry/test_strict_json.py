"""JSON that programs could read differently is refused, with the reason."""

import json

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gravida.find.strict_json import Malformed, load_kept, read_json, sorted_bytes


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b'{"a": NaN}', "NaN"),
        (b'{"a": -Infinity}', "-Infinity"),
        (b'{"a": 1e999}', "too large"),
        (b'{"a": ' + b"1" * 5_000 + b"}", "number of 5000 digits"),
        (b'{"a": 0.' + b"1" * 5_000 + b"}", "digits"),
        (b'{"a": 1, "a": 1}', "'a' given twice"),
        (b'{"x": {"\\u0061": 1, "a" : 2}}', "'a' given twice"),
        (b'{"a": 1,}', "broken JSON at character"),
        (b'{"a": "b', "broken JSON at character"),
        (b'{"a": "\x01"}', "broken JSON at character"),
        (b"{'a': 1}", "broken JSON at character"),
        (b'{"a": "\xff"}', "not UTF-8 at byte 7"),
        (b"[" * 100_000 + b"]" * 100_000, "nested too deeply"),
        (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, "nested too deeply"),
        (b"", "broken JSON"),
    ],
)
def test_what_is_refused_says_why(raw: bytes, reason: str) -> None:
    with pytest.raises(Malformed, match=reason):
        read_json(raw)


def test_a_lone_surrogate_is_let_through_to_be_cleaned() -> None:
    value = read_json(b'{"a": "x\\ud800y"}')

    assert value == {"a": "x\ud800y"}
    assert load_kept(b'{"a": "x\\ud800y"}') == value
    assert sorted_bytes(value) == b'{"a":"x\\ud800y"}'


def test_the_sum_of_a_record_does_not_depend_on_its_layout() -> None:
    one = read_json(b'{"b": [1, 2.50], "a": {"d": "\\u00e9", "c": null}}')
    other = read_json('{"a":{"c":null,"d":"é"},\n "b":[1,2.5]}'.encode())

    assert sorted_bytes(one) == sorted_bytes(other)


@given(
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers(-(2**63), 2**63)
        | st.floats(allow_nan=False, allow_infinity=False)
        | st.text(alphabet=st.characters(exclude_categories=["Cs"])),
        lambda inner: (
            st.lists(inner)
            | st.dictionaries(st.text(alphabet=st.characters(exclude_categories=["Cs"])), inner)
        ),
        max_leaves=10,
    ),
    st.booleans(),
)
def test_every_json_value_is_read_as_the_fast_parser_reads_it(value: object, escaped: bool) -> None:
    raw = json.dumps(value, ensure_ascii=escaped).encode()

    assert read_json(raw) == orjson.loads(raw) == load_kept(raw)

"""A stream cut into records, whatever holds them and whatever is broken."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gravida.find.registry import splitter as splitter_module
from gravida.find.registry.splitter import Piece, Splitter
from gravida.find.strict_json import Malformed, read_json


def study(serial: int, **more: Any) -> dict[str, Any]:
    return {"protocolSection": {"identificationModule": {"nctId": f"NCT{serial:08d}"}}, **more}


def chunks_of(raw: bytes, size: int) -> Iterator[bytes]:
    return (raw[start : start + size] for start in range(0, len(raw), size))


def split(raw: bytes, *, size: int = 1 << 20, reading: bool = True) -> tuple[list[Piece], Splitter]:
    splitter = Splitter(chunks_of(raw, size), read=read_json if reading else None)
    return list(splitter), splitter


def good(pieces: list[Piece]) -> list[Any]:
    values = []
    for piece in pieces:
        try:
            values += [] if piece.fault else [read_json(piece.body)]
        except Malformed:
            continue
    return values


STUDIES = [study(1), study(2, note='} ] " , {"protocolSection": '), study(3, note=["[", {"a": "\\"}])]
COMPACT = [json.dumps(one, separators=(",", ":")) for one in STUDIES]
SHAPES = {
    "one study": (json.dumps(STUDIES[1], indent=2), STUDIES[1:2]),
    "a list": (json.dumps(STUDIES), STUDIES),
    "a laid out list": (json.dumps(STUDIES, indent=4), STUDIES),
    "a compact list": ("[" + ",".join(COMPACT) + "]", STUDIES),
    "a page": (json.dumps({"studies": STUDIES, "nextPageToken": "abc"}), STUDIES),
    "a page, token first": (
        json.dumps({"nextPageToken": "abc", "totalCount": 3, "studies": STUDIES}),
        STUDIES,
    ),
    "JSON Lines": ("\n".join(COMPACT), STUDIES),
    "JSON Lines with empty lines and a mark": ("\ufeff" + "\r\n\r\n".join(COMPACT) + "\r\n", STUDIES),
    "JSON Lines of pages": ("\n".join(json.dumps({"studies": [one]}) for one in STUDIES), STUDIES),
    "JSON Lines of lists": ("\n".join(json.dumps([one]) for one in STUDIES), STUDIES),
    "a list of pages": (json.dumps([{"studies": STUDIES[:2]}, {"studies": STUDIES[2:]}]), STUDIES),
    "studies after one another": ("".join(COMPACT), STUDIES),
    "an empty page": ('{"studies": []}', []),
    "an empty list": ("[ ]", []),
}


@pytest.mark.parametrize("reading", [True, False])
@pytest.mark.parametrize("size", [1, 7, 64, 1 << 20])
@pytest.mark.parametrize("shape", SHAPES)
def test_every_shape_gives_its_studies_whatever_the_chunks(shape: str, size: int, reading: bool) -> None:
    text, studies = SHAPES[shape]

    pieces, splitter = split(text.encode(), size=size, reading=reading)

    assert [read_json(piece.body) for piece in pieces] == studies
    assert [piece.fault for piece in pieces] == [""] * len(studies)
    assert not splitter.is_cut and not splitter.is_empty


def test_a_piece_knows_where_it_stood() -> None:
    raw = ("  [" + ", ".join(COMPACT) + "]").encode()

    pieces, _ = split(raw)

    assert [raw[piece.offset : piece.offset + len(piece.body)] for piece in pieces] == [
        piece.body for piece in pieces
    ]
    assert pieces[1].position == f"record 2, byte {pieces[1].offset}"


@pytest.mark.parametrize(
    ("shape", "following"), [("a page", "abc"), ("a page, token first", "abc"), ("a list", "")]
)
def test_the_token_of_the_next_page_is_kept(shape: str, following: str) -> None:
    _, splitter = split(SHAPES[shape][0].encode())

    assert splitter.next_page_token == following


BROKEN = {
    "NaN": b'{"protocolSection": {"a": NaN}}',
    "a trailing comma": b'{"protocolSection": {"a": 1,},}',
    "a missing closing brace": b'{"protocolSection": {"a": 1}',
    "a missing closing quote": b'{"protocolSection": {"a": "x, "b": "y"}}',
    "a missing closing quote at the end": b'{"protocolSection": {"a": "x}}',
    "an opening bracket too many": b'{"protocolSection": {"a": [[1]}}',
    "bytes that are not UTF-8": b'{"protocolSection": {"a": "\xff\xfe"}}',
    "a raw line end in a text": b'{"protocolSection": {"a": "x\ny"}}',
    "a null byte": b'{"protocolSection": {"a": \x00}}',
    "a number": b"17",
    "a text": b'"NCT00000001"',
    "a word": b"oops",
    "a nested bomb": b'{"protocolSection":' + b'{"a":' * 5_000 + b"1" + b"}" * 5_000 + b"}",
    "an unclosed nested bomb": b'{"protocolSection":' + b"[" * 5_000,
    "half a study": b'{"protocolSection": {"identificationModule": {"nctId": "NCT000',
}


@pytest.mark.parametrize("shape", ["list", "page", "lines"])
@pytest.mark.parametrize("fault", BROKEN)
def test_a_broken_record_never_takes_its_neighbours(fault: str, shape: str) -> None:
    records = [COMPACT[0].encode(), BROKEN[fault], COMPACT[1].encode(), BROKEN[fault], COMPACT[2].encode()]
    whole = {
        "list": b"[" + b", ".join(records) + b"]",
        "page": b'{"studies": [' + b",".join(records) + b'], "nextPageToken": "t"}',
        "lines": b"\n".join(records),
    }[shape]

    pieces, splitter = split(whole)

    assert [value for value in good(pieces) if isinstance(value, dict)] == STUDIES
    assert 2 <= len(pieces) - 3 <= 4
    assert not splitter.is_cut


def test_braces_too_many_after_a_record_are_put_aside_and_the_record_comes_in() -> None:
    raw = "[" + "}}, ".join(COMPACT) + "]"

    pieces, _ = split(raw.encode())

    assert good(pieces) == STUDIES
    assert len([piece for piece in pieces if piece.fault]) == 2


@pytest.mark.parametrize("shape", ["a list", "a page", "JSON Lines", "a laid out list"])
def test_a_stream_cut_anywhere_gives_the_whole_records_before_and_says_so(shape: str) -> None:
    raw = SHAPES[shape][0].encode()

    for end in range(2, len(raw) - 1, 3):
        pieces, splitter = split(raw[:end])
        whole = good(pieces)
        assert whole == STUDIES[: len(whole)]
        ends_between_lines = shape == "JSON Lines" and not any(piece.fault for piece in pieces)
        assert splitter.is_cut or ends_between_lines


@pytest.mark.parametrize("raw", [b"", b"  \n\r\n ", b"\xef\xbb\xbf", b","])
def test_nothing_but_space_is_empty(raw: bytes) -> None:
    pieces, splitter = split(raw)

    assert pieces == []
    assert splitter.is_empty


def test_a_record_that_never_ends_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(splitter_module, "LARGEST_RECORD", 1 << 16)
    endless = b'{"protocolSection": {"a": "' + b"x" * (1 << 18)
    raw = b"[" + COMPACT[0].encode() + b"," + endless + b"," + COMPACT[1].encode() + b"]"

    pieces, splitter = split(raw, size=1 << 12)

    assert good(pieces) == STUDIES[:2]
    assert [piece.fault for piece in pieces if piece.fault] == ["larger than 0 MB"]
    assert max(len(piece.body) for piece in pieces) < 1 << 16
    assert not splitter.is_cut


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=200), st.integers(1, 50), st.booleans())
def test_no_bytes_stop_the_splitter_and_none_are_given_twice(noise: bytes, size: int, reading: bool) -> None:
    raw = b"[" + COMPACT[0].encode() + b"," + noise + b"," + COMPACT[2].encode()

    pieces, _ = split(raw, size=size, reading=reading)

    ends = [piece.offset + len(piece.body) for piece in pieces]
    starts = [piece.offset for piece in pieces]
    assert all(end <= start for end, start in zip(ends, starts[1:], strict=False))
    assert STUDIES[0] in good(pieces[:1])


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [*COMPACT, *(raw.decode("latin-1") for raw in BROKEN.values()), "{", "}", "[", "]", '"', ","]
        )
    ),
    st.sampled_from(["", "\n", ","]),
    st.integers(1, 400),
)
def test_the_pieces_do_not_depend_on_the_chunks(parts: list[str], between: str, size: int) -> None:
    raw = between.join(parts).encode("latin-1")

    whole, _ = split(raw)
    chunked, _ = split(raw, size=size)

    assert [read for read in good(chunked) if read in STUDIES] == [
        read for read in good(whole) if read in STUDIES
    ]

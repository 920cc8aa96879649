"""A stream of bytes cut into registry records, whatever holds them; a broken one never takes its neighbours.

One study, a list, a page of the API, JSON Lines of studies or of pages, or these one after the other.
Only the record at hand is in memory. Only the brackets and quotes that hold a record together are read here.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from gravida.find.strict_json import Malformed

LARGEST_RECORD = 32 * 1024 * 1024  # bytes; the largest the registry serves has some 10 MB
_AHEAD = 4096  # bytes looked at to tell a page's head from a record

# A quotation mark inside a JSON text is always escaped, so these bytes can only be the start of a record.
_RECORD_START = re.compile(
    rb'\{\s*"(?:protocolSection|derivedSection|hasResults|resultsSection|annotationSection|documentSection)"\s*:'
)
_PAGE_HEAD = re.compile(rb'\{\s*(?:"\w{1,40}"\s*:\s*(?:"[^"\\]*"|[0-9]+|null)\s*,\s*){0,8}"studies"\s*:\s*\[')
# The last alternative: a text whose end has not been read yet.
_TOKEN = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"|[{}\[\]]|"', re.DOTALL)
_SCALAR = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"|[^\s,\[\]{}"]+', re.DOTALL)
_BETWEEN = re.compile(rb"(?:[\s,]|\xef\xbb\xbf)*")
_NEXT_PAGE = re.compile(rb'"nextPageToken"\s*:\s*"([^"\\]*)"')
_OPENING = b"{["
_SEPARATORS = b", \t\r\n"


@dataclass(frozen=True, kw_only=True)
class Piece:
    """A record's bytes and where they stood; or what is no record, with the fault."""

    number: int  # 1 for the first piece of the stream
    offset: int  # bytes before it
    body: bytes
    fault: str = ""
    value: Any = None  # what the body writes, where it has been read already

    @property
    def position(self) -> str:
        """Where it stands, for people."""
        return f"record {self.number}, byte {self.offset}"


class Splitter:
    """Cuts one stream. After the last piece: `is_cut`, `is_empty`, `next_page_token`."""

    def __init__(self, chunks: Iterator[bytes], *, read: Callable[[bytes], Any] | None = None) -> None:
        """`read` gives the value of a record's bytes or raises Malformed; without it, brackets count."""
        self._chunks = chunks
        self._read = read
        self._buffer = b""
        self._at = 0  # where in the buffer we stand
        self._before = 0  # bytes of the stream before the buffer
        self._ended = False
        self._inside: list[str] = []  # "list" or "page", outermost first
        self._number = 0
        self.is_cut = False  # the stream ended inside a record, list or page
        self.is_empty = True  # nothing but space in the whole stream
        self.next_page_token = ""

    def __iter__(self) -> Iterator[Piece]:
        while self._skip_space():
            self.is_empty = False
            piece = self._next()
            if piece:
                yield piece
        self.is_cut = self.is_cut or bool(self._inside)

    def _next(self) -> Piece | None:
        """The piece that begins here; None where a list or page begins or ends."""
        sign = self._buffer[self._at : self._at + 1]
        if sign == b"[" and not self._inside:
            self._inside.append("list")
            self._at += 1
            return None
        if sign == b"{" and "page" not in self._inside and self._enter_page():
            return None
        if sign == b"]" and self._inside:
            return self._leave()
        if sign in (b"{", b"["):
            return self._value()
        return self._scalar()

    def _enter_page(self) -> bool:
        self._have(_AHEAD)
        head = _PAGE_HEAD.match(self._buffer, self._at)
        if not head:
            return False
        self._note_next_page(head[0])
        self._inside.append("page")
        self._at = head.end()
        return True

    def _leave(self) -> Piece | None:
        self._at += 1
        if self._inside.pop() == "list":
            return None
        end = self._balanced_end(depth=1)
        if end is None:
            self.is_cut = True
            return self._broken("page not closed") if self._skip_space() else None
        self._note_next_page(self._buffer[self._at : end])
        self._at = end
        return None

    def _note_next_page(self, raw: bytes) -> None:
        if found := _NEXT_PAGE.search(raw):
            self.next_page_token = found[1].decode(errors="replace")

    def _value(self) -> Piece:
        if piece := self._up_to_next_record():
            return piece
        end = self._balanced_end(depth=0)
        if end is None:
            return self._broken("broken JSON: brackets or quotes are not closed")
        return self._cut(end)

    def _up_to_next_record(self) -> Piece | None:
        """All that stands before the next record, if it reads as one value: faster than counting brackets."""
        following = _RECORD_START.search(self._buffer, self._at + 1) if self._read else None
        if not following or not self._read:
            return None
        try:
            value = self._read(self._buffer[self._at : following.start()].rstrip(_SEPARATORS))
        except Malformed:
            return None
        return self._cut(following.start(), value=value)

    def _scalar(self) -> Piece:
        self._have(_AHEAD)
        if (
            self._inside
            and (found := _SCALAR.match(self._buffer, self._at))
            and found.end() < len(self._buffer)
        ):
            return self._cut(found.end(), fault="not an object")
        return self._broken("not a record")

    def _balanced_end(self, *, depth: int) -> int | None:
        """Where the brackets opened from here on are all closed; None where another record begins before."""
        scanned = 0  # bytes from where we stand
        while True:
            following = _RECORD_START.search(self._buffer, self._at + 1)
            limit = following.start() if following else len(self._buffer)
            for token in _TOKEN.finditer(self._buffer, self._at + scanned, limit):
                sign = token[0]
                if sign == b'"':
                    break
                scanned = token.end() - self._at
                if len(sign) > 1:
                    continue
                depth += 1 if sign in _OPENING else -1
                if depth == 0:
                    return token.end()
            if following or not self._more():
                return None

    def _broken(self, fault: str) -> Piece:
        """What stands from here to the next record, or to the end of the stream."""
        while True:
            following = _RECORD_START.search(self._buffer, self._at + 1)
            if following or not self._more():
                break
        if following:
            return self._cut(following.start(), fault=fault)
        if not self._ended:
            return self._skip_oversized()
        # A word after the last of JSON Lines is no cut; a record that was opened is.
        self.is_cut = self.is_cut or self._buffer[self._at : self._at + 1] in (b"{", b"[")
        return self._cut(len(self._buffer), fault=f"{fault}; the file ends here")

    def _skip_oversized(self) -> Piece:
        """Pass over a piece larger than LARGEST_RECORD, keeping only its beginning."""
        beginning, offset = self._buffer[self._at : self._at + _AHEAD], self._before + self._at
        while not (following := _RECORD_START.search(self._buffer, self._at + 1)):
            self._at = max(self._at, len(self._buffer) - _AHEAD)
            if not self._more():
                break
        self._at = following.start() if following else len(self._buffer)
        self.is_cut = self.is_cut or not following
        self._number += 1
        fault = f"larger than {LARGEST_RECORD // 1024**2} MB"
        return Piece(number=self._number, offset=offset, body=beginning, fault=fault)

    def _cut(self, end: int, *, fault: str = "", value: Any = None) -> Piece:
        body, offset = self._buffer[self._at : end], self._before + self._at
        self._at = end
        self._number += 1
        body = body.rstrip(_SEPARATORS)
        return Piece(number=self._number, offset=offset, body=body, fault=fault, value=value)

    def _skip_space(self) -> bool:
        """Go to the next sign that is no space; False at the end of the stream."""
        while True:
            space = _BETWEEN.match(self._buffer, self._at)
            self._at = space.end() if space else self._at
            # A byte order mark may be split between two chunks.
            if len(self._buffer) - self._at >= 3:
                return True
            if not self._more():
                return self._at < len(self._buffer)

    def _have(self, count: int) -> None:
        """Read on until `count` bytes lie ahead, or the stream ends."""
        while len(self._buffer) - self._at < count and self._more():
            pass

    def _more(self) -> bool:
        """Read one more chunk; False at the end, or when the piece at hand is larger than LARGEST_RECORD."""
        if self._ended or len(self._buffer) - self._at > LARGEST_RECORD:
            return False
        chunk = next(self._chunks, None)
        if chunk is None:
            self._ended = True
            return False
        self._before += self._at
        self._buffer = self._buffer[self._at :] + chunk
        self._at = 0
        return True

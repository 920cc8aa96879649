"""Files of records opened safely: plain, gzip or zip by their first bytes, never unpacked to disk.

A header's word about sizes is not believed: what counts is what has been read.
"""

import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

CHUNK = 1024 * 1024  # bytes read at a time
LARGEST_RATIO = 200  # unpacked to packed; real records reach about 15
LARGEST_UNPACKED = 64 * 1024**3  # bytes of one file; the whole registry has some 12 GB
_FREE = 64 * 1024**2  # bytes that may be unpacked before the ratio counts
LARGEST_DIRECTORY = 8 * 1024**2  # bytes of a zip's list of members, about 100,000 of them
_RECORD_ENDINGS = (".json", ".jsonl", ".ndjson", ".gz")


class RefusedFile(Exception):
    """A file, or a member of a zip, that is not read. Carries the reason."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, kw_only=True)
class Stream:
    """One stream of bytes to read records from. `chunks` raises RefusedFile where it is cut or a bomb."""

    name: str
    chunks: Iterator[bytes]


def open_streams(path: Path) -> Iterator[Stream]:
    """Every stream of records a file holds: one, or one for each member of a zip.

    A member that must not be read is a stream that raises its refusal. RefusedFile for the whole file.
    """
    try:
        with path.open("rb") as file:
            first = file.read(4)
            file.seek(0)
            if first.startswith(b"PK"):
                yield from _members(file, path)
            elif first.startswith(b"\x1f\x8b"):
                yield Stream(name=path.name, chunks=_bounded(_gunzip(file), file))
            else:
                yield Stream(name=path.name, chunks=iter(lambda: file.read(CHUNK), b""))
    except OSError as error:
        raise RefusedFile(f"cannot be read: {error.strerror}") from error


def _gunzip(packed: IO[bytes]) -> Iterator[bytes]:
    """The bytes of a gzip stream of one part or more; all that can be unpacked comes before the refusal."""
    unpacker = None
    try:
        for block in iter(lambda: packed.read(CHUNK // 16), b""):
            rest = block
            while rest:
                unpacker = unpacker or zlib.decompressobj(wbits=31)
                yield unpacker.decompress(rest, CHUNK)
                rest = unpacker.unconsumed_tail
                if unpacker.eof:
                    # Zeros may fill the last part up to a whole block.
                    rest, unpacker = unpacker.unused_data.lstrip(b"\0"), None
    except zlib.error as error:
        raise RefusedFile(f"the compressed file is damaged ({error})") from error
    if unpacker is not None:
        raise RefusedFile("the compressed file is cut")


def _bounded(chunks: Iterator[bytes], packed: IO[bytes], *, packed_before: int = 0) -> Iterator[bytes]:
    """The chunks, until they are too many for what has been read of the packed file."""
    total = 0
    for chunk in chunks:
        total += len(chunk)
        read = max(packed.tell() - packed_before, 1)
        if total > LARGEST_UNPACKED or (total > _FREE and total / read > LARGEST_RATIO):
            raise RefusedFile(
                f"unpacks to more than {total // 1024**2} MB from {read // 1024} kB: not read on"
            )
        yield chunk


def _members(file: IO[bytes], path: Path) -> Iterator[Stream]:
    _check_directory(file)
    try:
        archive = zipfile.ZipFile(file)
    except (zipfile.BadZipFile, NotImplementedError, ValueError) as error:
        raise RefusedFile(f"the zip file is cut or damaged ({error})") from error
    for member in archive.infolist():
        name = f"{path.name}/{member.filename}"
        refusal = _refusal(member)
        if refusal:
            yield Stream(name=name, chunks=_refused(refusal))
        elif member.filename.lower().endswith(_RECORD_ENDINGS):
            yield Stream(name=name, chunks=_member_chunks(archive, member, file))


def _refused(reason: str) -> Iterator[bytes]:
    raise RefusedFile(reason)
    yield b""


def _check_directory(file: IO[bytes]) -> None:
    """Refuse a zip whose list of members alone would fill the memory: zipfile reads all of it at once."""
    file.seek(0, 2)
    size = file.tell()
    file.seek(max(0, size - 65_557))
    tail = file.read()
    end = tail.rfind(b"PK\x05\x06")
    if end >= 0 and len(tail) - end >= 16:
        (directory,) = struct.unpack("<I", tail[end + 12 : end + 16])
        if directory == 0xFFFFFFFF or directory > LARGEST_DIRECTORY:
            raise RefusedFile("the zip file lists too many members; unpack it and import the files in it")
    file.seek(0)


def _refusal(member: zipfile.ZipInfo) -> str:
    """Why a member of a zip is not read; empty where it may be."""
    if member.is_dir():
        return ""
    if member.filename.startswith(("/", "\\")) or ".." in member.filename.replace("\\", "/").split("/"):
        return "its path leaves the zip"
    if (member.external_attr >> 16) & 0o170000 == 0o120000:
        return "it is a link"
    if member.flag_bits & 1:
        return "it is encrypted"
    return "it is a zip in a zip" if member.filename.lower().endswith(".zip") else ""


def _member_chunks(archive: zipfile.ZipFile, member: zipfile.ZipInfo, file: IO[bytes]) -> Iterator[bytes]:
    try:
        with archive.open(member) as unpacked:
            is_packed = member.filename.lower().endswith(".gz")
            chunks = _gunzip(unpacked) if is_packed else iter(lambda: unpacked.read(CHUNK), b"")
            yield from _bounded(chunks, file, packed_before=member.header_offset)
    except (EOFError, zlib.error, OSError, zipfile.BadZipFile, NotImplementedError) as error:
        raise RefusedFile(f"cut or damaged ({error})") from error

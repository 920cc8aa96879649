"""Packed files: read without unpacking to disk, bombs and tricks refused."""

import gzip
import io
import json
import tracemalloc
import zipfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from gravida.find.models import QuarantinedRecord, Study
from gravida.find.registry.importer import import_files
from gravida.find.registry.sources import RefusedFile, open_streams
from gravida.find.registry.verdict import Ending

Make = Callable[..., Any]


def zipped(path: Path, members: dict[str, bytes], *, link: str = "") -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            info = zipfile.ZipInfo(name)
            info.compress_type = zipfile.ZIP_DEFLATED
            if name == link:
                info.external_attr = 0o120777 << 16
            archive.writestr(info, content)
    return path


def bytes_of(path: Path) -> list[bytes]:
    return [b"".join(stream.chunks) for stream in open_streams(path)]


@pytest.mark.django_db
def test_every_member_of_a_zip_comes_in_and_bad_ones_are_put_aside(
    dull_record: Make, now: datetime, tmp_path: Path
) -> None:
    one, two, three = (json.dumps(dull_record(serial)).encode() for serial in (1, 2, 3))
    path = zipped(
        tmp_path / "all.zip",
        {
            "NCT1.json": one, "folder/": b"", "folder/NCT2.json": two, "NCT3.json.gz": gzip.compress(three),
            "README.txt": b"no record", "../../etc/evil.json": one, "/abs.json": one, "..\\win.json": one,
            "link.json": b"/etc/passwd", "inner.zip": b"PK\x03\x04",
        },
        link="link.json",
    )  # fmt: skip

    (report,) = import_files([path], now=now)

    assert Study.objects.count() == 3
    assert report.ending is Ending.CUT
    assert dict(QuarantinedRecord.objects.values_list("file", "reason")) == {
        "all.zip/../../etc/evil.json": "its path leaves the zip",
        "all.zip//abs.json": "its path leaves the zip",
        "all.zip/..\\win.json": "its path leaves the zip",
        "all.zip/link.json": "it is a link",
        "all.zip/inner.zip": "it is a zip in a zip",
    }


@pytest.mark.parametrize("kind", ["gzip", "zip"])
def test_a_bomb_is_not_read_on(kind: str, tmp_path: Path) -> None:
    path = tmp_path / f"bomb.{kind}"
    if kind == "gzip":
        with gzip.open(path, "wb") as file:
            for _ in range(300):
                file.write(bytes(1024**2))
    else:
        zipped(path, {"bomb.json": bytes(300 * 1024**2)})

    tracemalloc.start()
    with pytest.raises(RefusedFile, match="unpacks to more than"):
        for stream in open_streams(path):
            for _ in stream.chunks:
                pass
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 20 * 1024**2


def test_a_lying_size_in_a_zip_changes_nothing(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", {"a.json": b"[" + b" " * 5_000 + b"]"})
    raw = bytearray(path.read_bytes())
    at = raw.rfind(b"PK\x01\x02")
    raw[at + 24 : at + 28] = (10).to_bytes(4, "little")
    path.write_bytes(raw)

    with pytest.raises(RefusedFile, match="cut or damaged"):
        bytes_of(path)


def test_an_encrypted_member_is_refused(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", {"a.json": b"[]"})
    raw = bytearray(path.read_bytes())
    raw[raw.rfind(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(raw)

    with pytest.raises(RefusedFile, match="it is encrypted"):
        bytes_of(path)


def test_a_zip_that_lists_millions_of_members_is_refused_before_its_list_is_read(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", {"a.json": b"[]"})
    raw = bytearray(path.read_bytes())
    end = raw.rfind(b"PK\x05\x06")
    raw[end + 12 : end + 16] = (100 * 1024**2).to_bytes(4, "little")
    path.write_bytes(raw)

    with pytest.raises(RefusedFile, match="too many members"):
        bytes_of(path)


def test_several_gzip_parts_are_one_stream(tmp_path: Path) -> None:
    path = tmp_path / "parts.gz"
    path.write_bytes(gzip.compress(b"[1,") + gzip.compress(b"2]"))

    assert bytes_of(path) == [b"[1,2]"]


def test_a_file_is_never_held_whole(tmp_path: Path) -> None:
    path = tmp_path / "large.json.gz"
    with gzip.open(path, "wb", compresslevel=1) as file:
        noise = io.BytesIO(bytes(range(256)) * 4_096).getvalue()
        for _ in range(64):
            file.write(noise)

    for stream in open_streams(path):
        assert max(len(chunk) for chunk in stream.chunks) <= 1024**2

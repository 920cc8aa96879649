"""One complete index on disk: where it lies, whether it is whole, and how a server keeps it open.

SEARCH_INDEX/
  current        one line: the folder that serves
  builder.lock   held by the one process that builds
  g-<random>/    a generation: text/ (tantivy), *.npy (table of studies), vocabulary.txt, about.json,
                 in-use.lock
A generation never changes once `current` has named it; a new one is made beside it, and `current` is replaced
by one rename. A reader holds `in-use.lock` shared, so that a builder knows when an old folder may go.
"""

import fcntl
import json
import os
import secrets
import shutil
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt
import tantivy

from gravida.find.search import table
from gravida.find.search.table import StudyTable
from gravida.find.search.vocabulary import Vocabulary

# Of the fields, the analyzers and the files: an index of another number is made again from the database.
SCHEMA = 7

Scores = npt.NDArray[np.float32]

_NOT_LISTED = ("about.json", "in-use.lock", ".tantivy-writer.lock", ".tantivy-meta.lock")


class NoIndex(Exception):
    """There is no whole index here; says what was found."""


@dataclass(frozen=True, kw_only=True)
class About:
    """What a generation says of itself."""

    schema: int
    newest_version: int  # highest RecordVersion.pk covered
    folders: dict[str, str]  # registry number -> digest of what its study folder gives
    legends: dict[str, list[str]]
    files: dict[str, tuple[int, int]]  # path inside the folder -> bytes, crc32


@dataclass(frozen=True, kw_only=True)
class Generation:
    """An index that was found whole, open for searching."""

    folder: Path
    about: About
    searcher: tantivy.Searcher
    schema: tantivy.Schema
    table: StudyTable
    vocabulary: Vocabulary
    stamps: dict[str, tuple[int, int]]  # path -> bytes and time of change, as they were when opened
    lock: int  # file descriptor, held shared while this object lives
    found: dict[object, bool] = field(default_factory=dict)  # what was already looked up in this index

    def __del__(self) -> None:
        os.close(self.lock)

    @cached_property
    def row_of_study(self) -> npt.NDArray[np.int64]:
        """The table's row of each Study.pk, (highest pk + 1,); -1 where there is none."""
        studies = self.table.facts["study"]
        rows = np.full(int(studies.max(initial=0)) + 1, -1, dtype=np.int64)
        rows[studies] = np.arange(len(studies))
        return rows

    def studies_with(self, query: tantivy.Query, *, limit: int) -> tuple[npt.NDArray[np.int64], Scores]:
        """The best `limit` studies (Study.pk) that a query finds, best first, with their scores."""
        hits = self.searcher.search(query, limit=limit, count=False).hits if limit else []
        studies = self.searcher.fast_field_values("study", [address for _, address in hits])
        return np.array(studies, dtype=np.int64), np.array([score for score, _ in hits], dtype=np.float32)

    @property
    def is_untouched(self) -> bool:
        """Every file is as it was when opened: none removed, cut short or written to."""
        return _stamps(self.folder, self.about.files) == self.stamps


def current_folder(root: Path) -> Path:
    """The folder that serves. NoIndex where there is none."""
    try:
        name = (root / "current").read_text(encoding="utf-8").strip()
    except (FileNotFoundError, NotADirectoryError, UnicodeDecodeError) as error:
        raise NoIndex(f"{root / 'current'}: {error}") from error
    if not name.startswith("g-") or "/" in name:
        raise NoIndex(f"{root / 'current'} holds {name[:40]!r}, wanted the name of a generation")
    return root / name


def open_generation(folder: Path) -> Generation:
    """The index in a folder, every file checked against its checksum. NoIndex where anything is amiss."""
    lock = _hold_shared(folder)
    try:
        about = read_about(folder)
        stamps = _stamps(folder, about.files)
        _check_files(folder, about.files)
        index = tantivy.Index.open(str(folder / "text"))
        index.config_reader(reload_policy="manual")
        searcher, studies = index.searcher(), table.load(folder, about.legends)
        if searcher.num_docs != len(studies):
            raise NoIndex(f"{folder} has {searcher.num_docs} documents and a table of {len(studies)} studies")
        return Generation(
            folder=folder,
            about=about,
            searcher=searcher,
            schema=index.schema,
            table=studies,
            vocabulary=Vocabulary.load(folder / "vocabulary.txt"),
            stamps=stamps,
            lock=lock,
        )
    except (OSError, ValueError) as error:
        os.close(lock)
        raise NoIndex(f"{folder}: {error}") from error
    except NoIndex:
        os.close(lock)
        raise


def read_about(folder: Path) -> About:
    """What the generation says of itself. NoIndex where it says nothing, or is of another schema."""
    try:
        told = json.loads((folder / "about.json").read_bytes())
        about = About(**{**told, "files": {path: (size, crc) for path, (size, crc) in told["files"].items()}})
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise NoIndex(f"{folder / 'about.json'}: {error}") from error
    if about.schema != SCHEMA:
        raise NoIndex(f"{folder} is of schema {about.schema}, wanted {SCHEMA}")
    return about


def write_about(folder: Path, **told: object) -> None:
    """Close a new generation: list its files with their checksums."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file() and path.name not in _NOT_LISTED)
    files = {str(path.relative_to(folder)): (path.stat().st_size, _crc(path)) for path in paths}
    (folder / "about.json").write_text(
        json.dumps({"schema": SCHEMA, **told, "files": files}), encoding="utf-8"
    )
    (folder / "in-use.lock").touch()


def new_folder(root: Path) -> Path:
    """An empty folder for the next generation."""
    folder = root / f"g-{secrets.token_hex(8)}"
    (folder / "text").mkdir(parents=True)
    return folder


def switch_to(root: Path, folder: Path) -> None:
    """Let searches use this generation from now on, by one rename."""
    for path in folder.rglob("*"):
        _flush(path)
    _flush(folder)
    pointer = root / f"current-{secrets.token_hex(4)}"
    pointer.write_text(folder.name, encoding="utf-8")
    _flush(pointer)
    pointer.replace(root / "current")
    _flush(root)
    remove_leftovers(root)


def remove_leftovers(root: Path) -> None:
    """Remove generations that are neither served nor open, and what a killed builder left.

    Only for the sole builder: another's unfinished folder would look like a leftover.
    """
    try:
        keep = current_folder(root)
    except NoIndex:
        return
    for pointer in root.glob("current-*"):
        pointer.unlink(missing_ok=True)
    for folder in root.glob("g-*"):
        if folder != keep and not _is_in_use(folder):
            shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def sole_builder(root: Path, *, wait: bool) -> Iterator[bool]:
    """Whether this process may build now; with `wait`, as soon as no other does."""
    root.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(root / "builder.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except BlockingIOError:
        yield False
    else:
        yield True
    finally:
        os.close(descriptor)


def _hold_shared(folder: Path) -> int:
    try:
        descriptor = os.open(folder / "in-use.lock", os.O_RDWR)
    except OSError as error:
        raise NoIndex(f"{folder / 'in-use.lock'}: {error}") from error
    fcntl.flock(descriptor, fcntl.LOCK_SH)
    return descriptor


def _is_in_use(folder: Path) -> bool:
    try:
        descriptor = os.open(folder / "in-use.lock", os.O_RDWR)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


def _check_files(folder: Path, files: dict[str, tuple[int, int]]) -> None:
    for name, (size, crc) in files.items():
        path = folder / name
        found = path.stat().st_size
        if found != size:
            raise NoIndex(f"{path} has {found} bytes, wanted {size}")
        if _crc(path) != crc:
            raise NoIndex(f"{path} is not what was written")


def _crc(path: Path) -> int:
    crc = 0
    with path.open("rb") as file:
        while piece := file.read(1 << 20):
            crc = zlib.crc32(piece, crc)
    return crc


def _stamps(folder: Path, files: dict[str, tuple[int, int]]) -> dict[str, tuple[int, int]]:
    stamps = {}
    for name in (*files, "about.json"):
        try:
            told = (folder / name).stat()
        except OSError:
            stamps[name] = (-1, -1)
        else:
            stamps[name] = (told.st_size, told.st_mtime_ns)
    return stamps


def _flush(path: Path) -> None:
    """Make sure that a file or folder is on the disk before `current` names it."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

"""Keeps the index equal to the database: the changed studies after an import, or everything anew.

Called by the importer (`update`) and the command line (`rebuild`). A build never touches the index that
serves.
"""

import hashlib
import os
import shutil
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import tantivy
from django.conf import settings
from tantivy import Query

from gravida.find.models import Study
from gravida.find.search import documents, table
from gravida.find.search.documents import Entry
from gravida.find.search.generation import (
    About,
    Generation,
    NoIndex,
    current_folder,
    new_folder,
    open_generation,
    remove_leftovers,
    sole_builder,
    switch_to,
    write_about,
)
from gravida.find.search.table import StudyTable
from gravida.find.search.told import Told, told_by
from gravida.find.search.vocabulary import Vocabulary, plain_words
from gravida.find.site_studies import site_studies
from gravida.find.strict_json import load_kept
from gravida.protocol.study import StudyFolder

# One thread: imports share the machine with the pages, and two would not spend less time.
_WRITER_BYTES = 128_000_000
_BATCH = 500
# Where more has changed, making everything anew is cheaper and leaves no deleted documents behind.
MOST_CHANGED = 0.2


def update() -> int:
    """Bring the index up to the newest record versions; how many studies were written or taken out."""
    root = Path(settings.SEARCH_INDEX)
    with sole_builder(root, wait=True):
        try:
            return _update(root, open_generation(current_folder(root)))
        except NoIndex:
            return _build(root)
        finally:
            remove_leftovers(root)


def _update(root: Path, served: Generation) -> int:
    gone, changed = _differences(served.table, served.about, _listed_versions(), site_studies())
    if len(gone | changed) > MOST_CHANGED * max(len(served.table), 1):
        return _build(root)
    if gone or changed:
        _build_beside(root, served, gone=gone, changed=changed)
    return len(gone | changed)


def rebuild() -> int:
    """Make the whole index again and switch to it; how many studies it holds."""
    root = Path(settings.SEARCH_INDEX)
    with sole_builder(root, wait=True):
        return _build(root)


def rebuild_unless_another_does() -> bool:
    """Make the whole index again, unless a process is doing so now; whether this one did."""
    root = Path(settings.SEARCH_INDEX)
    with sole_builder(root, wait=False) as is_ours:
        if is_ours:
            _build(root)
        return is_ours


@dataclass(kw_only=True)
class _Written:
    """What a build has written so far."""

    writer: tantivy.IndexWriter
    words: Counter[str]
    entries: list[Entry] = field(default_factory=list)

    def add(self, study: int, version: int, body: bytes, folders: dict[str, StudyFolder]) -> None:
        """Write one study, with the plain words and centres that its folder gives."""
        raw = load_kept(zlib.decompress(body))
        texts = documents.texts_of(raw)
        folder = folders.get(texts.numbers[0])
        told, centres = (told_by(folder), folder.centres) if folder else (Told(), ())
        facts = documents.entry(raw, study=study, version=version, centres=centres)
        self.writer.add_document(documents.document(texts, study=study, told=told))
        self.entries.append(facts)
        self.words.update(plain_words((*texts.head, *told.titles.values())))


def _build(root: Path) -> int:
    """A new index of everything that is listed."""
    folder = new_folder(root)
    written = _Written(writer=_writer(folder), words=Counter())
    folders = site_studies()
    for study, version, body in _records(None):
        written.add(study, version, body, folders)
    _finish(root, folder, written, table.table_of(written.entries), folders)
    return len(written.entries)


def _build_beside(root: Path, served: Generation, *, gone: set[int], changed: set[int]) -> None:
    """A new index from the one that serves: its files linked, not copied, since tantivy never changes one."""
    folder = new_folder(root)
    for path in (served.folder / "text").iterdir():
        if not path.name.endswith(".lock"):
            _link(path, folder / "text" / path.name)
    # Words of removed studies stay in the vocabulary until the next full build: they only help to guess.
    written = _Written(writer=_writer(folder), words=Counter(served.vocabulary.counts))
    folders = site_studies()
    # Not by term: tantivy 0.27 makes a signed term of the number, which matches no document.
    outdated = Query.term_set_query(documents.schema(), "study", sorted(gone | changed))
    written.writer.delete_documents_by_query(outdated)
    for study, version, body in _records(changed):
        written.add(study, version, body, folders)
    _finish(
        root,
        folder,
        written,
        table.changed_table(served.table, without=gone | changed, new=written.entries),
        folders,
    )


def _link(path: Path, other: Path) -> None:
    try:
        os.link(path, other)
    except OSError:  # a file system without links
        shutil.copyfile(path, other)


def _finish(
    root: Path, folder: Path, written: _Written, studies: StudyTable, folders: dict[str, StudyFolder]
) -> None:
    written.writer.commit()
    written.writer.wait_merging_threads()
    studies.save(folder)
    Vocabulary(counts=written.words).save(folder / "vocabulary.txt")
    write_about(
        folder,
        newest_version=int(studies.facts["version"].max(initial=0)),
        folders=_digests(folders),
        legends=studies.legends,
    )
    switch_to(root, folder)


def _writer(folder: Path) -> tantivy.IndexWriter:
    index = tantivy.Index(documents.schema(), path=str(folder / "text"), reuse=True)
    documents.register_analyzers(index)
    return index.writer(_WRITER_BYTES, 1)


def _records(studies: set[int] | None) -> Iterator[tuple[int, int, bytes]]:
    """Study.pk, RecordVersion.pk and compressed record of listed studies; all of them for None."""
    listed = (
        Study.objects.listed().values_list("pk", "current_version_id", "current_version__body").order_by("pk")
    )
    if studies is None:
        yield from _bare(listed.iterator(chunk_size=_BATCH))
        return
    ordered = sorted(studies)
    for start in range(0, len(ordered), _BATCH):
        yield from _bare(listed.filter(pk__in=ordered[start : start + _BATCH]))


def _bare(rows: Iterable[tuple[int, int | None, bytes | memoryview]]) -> Iterator[tuple[int, int, bytes]]:
    """PostgreSQL hands bytes over as a memoryview."""
    for study, version, body in rows:
        if version is not None:
            yield study, version, bytes(body)


def _listed_versions() -> dict[int, int]:
    """Study.pk -> its newest RecordVersion.pk, of listed studies."""
    return {
        study: version
        for study, version in Study.objects.listed().values_list("pk", "current_version_id").iterator()
        if version is not None
    }


def _differences(
    studies: StudyTable, about: About, listed: dict[int, int], folders: dict[str, StudyFolder]
) -> tuple[set[int], set[int]]:
    """Studies to take out, and studies to write again.

    Each study's own version is compared, not only the newest one covered: two imports may commit
    out of the order of their ids.
    """
    indexed = dict(zip(studies.facts["study"].tolist(), studies.facts["version"].tolist(), strict=True))
    gone = indexed.keys() - listed.keys()
    changed = {study for study, version in listed.items() if indexed.get(study) != version}
    digests = _digests(folders)
    numbers = {
        number
        for number in digests.keys() | about.folders.keys()
        if digests.get(number) != about.folders.get(number)
    }
    told_otherwise = set(studies.facts["study"][studies.rows_of_numbers(numbers)].tolist())
    return gone, changed | (told_otherwise & listed.keys())


def _digests(folders: dict[str, StudyFolder]) -> dict[str, str]:
    """What the index holds of each study folder, as digests by registry number."""
    held = {number: (told_by(one), one.centres) for number, one in folders.items()}
    return {number: hashlib.sha256(repr(what).encode()).hexdigest() for number, what in held.items()}

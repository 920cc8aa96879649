"""The registry commands: what they say and with which code they end."""

import io
import json
import multiprocessing
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gravida.__main__ import main
from gravida.find.models import Study
from gravida.find.registry.lock import AnotherImport, only_importer
from gravida.find.registry.progress import SECONDS_BETWEEN_LINES, Bar, Lines, progress_on
from gravida.find.registry.verdict import SENTENCES, Ending, Report, Tally

pytestmark = pytest.mark.django_db

Make = Callable[..., Any]


@pytest.fixture(autouse=True)
def own_folder(settings: Any, tmp_path: Path) -> None:
    settings.DATA = tmp_path / "var"
    settings.SEARCH_INDEX = tmp_path / "var" / "search"


def test_an_import_says_what_it_did(
    jsonl: Make, dull_record: Make, capsys: pytest.CaptureFixture[str]
) -> None:
    code = main(["registry", "import", str(jsonl(dull_record(1), b"oops", dull_record(2)))])

    out = capsys.readouterr().out
    assert code == 0
    assert "studies.jsonl: 3 read, 2 new, 0 changed, 0 unchanged, 1 put aside; fields cleaned: 0" in out
    assert "search index: studies brought up to date: 2" in out


@pytest.mark.parametrize(("content", "code"), [("", 3), ("<html>", 4), ("[", 4), (" ", 3)])
def test_a_bad_feed_ends_with_its_code_and_one_sentence(
    content: str, code: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    feed = tmp_path / "feed.json"
    feed.write_text(content)

    assert main(["registry", "import", str(feed)]) == code
    assert len(capsys.readouterr().err.strip().splitlines()) == 1


def test_a_file_that_is_not_there_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["registry", "import", str(tmp_path / "no.json")]) == 2
    assert "no.json is no file" in capsys.readouterr().err


def test_the_quarantine_is_listed_without_signs_a_terminal_obeys(
    jsonl: Make, dull_record: Make, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["registry", "import", str(jsonl(dull_record(1), b'{"a": \x1b[2J}'))])
    capsys.readouterr()

    assert main(["registry", "quarantine"]) == 0
    out = capsys.readouterr().out
    assert "studies.jsonl, record 2, byte" in out and "records put aside: 1" in out
    assert "\x1b" not in out


def test_what_is_exported_is_what_was_imported(jsonl: Make, dull_record: Make, tmp_path: Path) -> None:
    records = [dull_record(serial) for serial in (1, 2)]
    main(["registry", "import", str(jsonl(*records))])

    out = tmp_path / "out.jsonl"
    assert main(["registry", "export", "--out", str(out)]) == 0
    assert [json.loads(line) for line in out.read_bytes().splitlines()] == records
    assert main(["registry", "export", "--number", "NCT00000002", "--out", str(out)]) == 0
    assert [json.loads(line) for line in out.read_bytes().splitlines()] == records[1:]
    assert main(["registry", "export", "--number", "NCT00000009", "--out", str(out)]) == 9


@pytest.mark.parametrize("wrong", [["--id", "NCT1"], ["--condition", "x", "--country", "[x]"]])
def test_a_query_without_sense_is_refused_before_any_request(
    wrong: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["registry", "fetch", *wrong]) == 2
    assert capsys.readouterr().err.strip()


def test_bundled_records_are_loaded_from_the_study_folders(
    settings: Any, dull_record: Make, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.STUDIES = tmp_path / "studies"
    (settings.STUDIES / "one").mkdir(parents=True)
    (settings.STUDIES / "one" / "record.json").write_text(json.dumps(dull_record(1)))

    assert main(["registry", "bundled"]) == 0
    assert Study.objects.count() == 1

    (settings.STUDIES / "related.json").write_text("[{]")
    assert main(["registry", "bundled"]) == 4
    assert "related.json, record 1" in capsys.readouterr().err


def _hold(folder: Path, taken: Any, leave: Any) -> None:
    with only_importer(folder, what="gravida registry import"):
        taken.set()
        leave.wait(20)


def test_a_second_import_is_told_who_is_at_work(
    settings: Any, jsonl: Make, dull_record: Make, capsys: pytest.CaptureFixture[str]
) -> None:
    context = multiprocessing.get_context("fork")
    taken, leave = context.Event(), context.Event()
    other = context.Process(target=_hold, args=(settings.DATA, taken, leave))
    other.start()
    assert taken.wait(20)

    code = main(["registry", "import", str(jsonl(dull_record(1)))])

    leave.set()
    other.join()
    assert code == 7
    assert f"process {other.pid}, gravida registry import, since" in capsys.readouterr().err
    assert main(["registry", "import", str(jsonl(dull_record(1)))]) == 0


def test_the_lock_of_a_dead_process_is_free(tmp_path: Path) -> None:
    (tmp_path / "import.lock").write_text("process 1, left behind")

    with (
        only_importer(tmp_path, what="test"),
        pytest.raises(AnotherImport),
        only_importer(tmp_path, what="test"),
    ):
        pass


def test_progress_is_a_line_every_few_seconds_where_no_terminal_is(
    capsys: pytest.CaptureFixture[str],
) -> None:
    seconds = iter([0.0, 1.0, SECONDS_BETWEEN_LINES + 1, SECONDS_BETWEEN_LINES + 2])
    lines = Lines(out=sys.stderr, clock=lambda: next(seconds))
    for read in (1, 2_000, 3_000):
        lines.show(Tally(read=read), read_bytes=read * 1_000)

    assert capsys.readouterr().err == "2 MB, 2000 read, 0 new, 0 changed, 0 put aside, 182/s\n"


def test_progress_is_a_bar_on_a_terminal() -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    out = Terminal()
    bar = progress_on(out, total_bytes=1_000)
    assert isinstance(bar, Bar)
    for read_bytes in (500, 900):
        time.sleep(0.15)
        bar.show(Tally(read=7, new=7), read_bytes=read_bytes)
    bar.close()
    assert "7 new" in out.getvalue()


def test_every_ending_but_the_good_one_has_its_sentence_and_its_own_code() -> None:
    assert set(SENTENCES) == set(Ending) - {Ending.DONE}
    assert len({ending.value for ending in Ending}) == len(Ending)
    for ending in SENTENCES:
        assert "{" not in Report(origin="feed.json", ending=ending, found="x").sentence

"""The index follows the database, and a broken one is made again while searches are still answered."""

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection

from gravida.find.models import Study
from gravida.find.search import generation, serving, upkeep
from gravida.find.search.engine import search
from gravida.find.search.request import Near, SearchRequest
from tests.cpu import growth
from tests.find.search.conftest import NOW, AddStudy, Find, numbers


def served(root: Path) -> Path:
    return generation.current_folder(root)


def test_a_new_a_changed_and_an_absent_study_are_followed(add_study: AddStudy, find: Find) -> None:
    kept = [add_study(f"Sleep {place}") for place in range(20)]
    changed = add_study("Migraine")
    gone = add_study("Migraine and tea")
    assert find("migraine").total == 2

    add_study("Insomnia", number=changed.number, points=[(45.0, 3.0)])
    Study.objects.filter(pk=gone.pk).update(absent_since=NOW)
    new = add_study("Migraine and coffee", points=[(45.1, 3.0)])

    assert numbers(find("migraine")) == [new.number]
    assert numbers(find("insomnia")) == [changed.number]
    assert find().total == len(kept) + 2
    assert numbers(find(near=Near(latitude=45.0, longitude=3.0), sort="nearest")) == [
        changed.number,
        new.number,
    ]


def test_an_update_writes_only_what_changed(add_study: AddStudy, index_folder: Path) -> None:
    for place in range(20):
        add_study(f"Sleep {place}")
    assert upkeep.update() == 20
    assert upkeep.update() == 0
    before = served(index_folder)
    add_study("Migraine")

    assert upkeep.update() == 1
    shared = {path.name for path in before.glob("text/*.store")} & {
        path.name for path in served(index_folder).glob("text/*.store")
    }
    assert shared or not before.exists()


def test_much_change_makes_everything_anew(add_study: AddStudy, index_folder: Path) -> None:
    for place in range(4):
        add_study(f"Sleep {place}")
    upkeep.update()
    add_study("Migraine")
    add_study("Migraine")

    assert upkeep.update() == 6
    assert generation.open_generation(served(index_folder)).searcher.num_docs == 6


def test_an_older_version_committed_late_is_not_missed(add_study: AddStudy, find: Find) -> None:
    for place in range(20):
        add_study(f"Sleep {place}")
    late = add_study("Migraine")
    version, late.current_version = late.current_version, None
    late.save()
    add_study("Sleep, the newest version of all")
    assert find("migraine").total == 0

    late.current_version = version
    late.save()

    assert find("migraine").total == 1


def test_many_updates_give_the_same_answers_as_one_build(add_study: AddStudy, find: Find) -> None:
    words = ["migraine", "sleep", "tea", "coffee", "walk"]
    for place in range(40):
        add_study(f"{words[place % 5]} and {words[place % 3]}", points=[(45.0 + place / 100, 3.0)])
        if place > 10:
            find()
    near = Near(latitude=45.0, longitude=3.0, radius_km=None)
    updated = [find("tea", near=near, sort="nearest"), find("coffee sleep"), find()]

    upkeep.rebuild()

    assert [find("tea", near=near, sort="nearest").hits, find().hits] == [updated[0].hits, updated[2].hits]
    assert [found.total for found in updated] == [find("tea").total, find("coffee sleep").total, find().total]


def test_old_folders_go_when_nobody_has_them_open(
    add_study: AddStudy, find: Find, index_folder: Path
) -> None:
    add_study("Migraine")
    find()
    reader = generation.open_generation(served(index_folder))
    upkeep.rebuild()
    upkeep.rebuild()
    assert reader.folder.exists()

    del reader
    serving.forget()
    upkeep.rebuild()

    assert [path.name for path in index_folder.glob("g-*")] == [served(index_folder).name]


def test_after_an_update_and_a_search_only_the_served_folder_is_left(
    add_study: AddStudy, find: Find, index_folder: Path
) -> None:
    for place in range(20):
        add_study(f"Sleep {place}")
    find()
    add_study("Migraine")
    find()

    assert [path.name for path in index_folder.glob("g-*")] == [served(index_folder).name]


def test_an_open_reader_keeps_answering_while_newer_indexes_come_and_go(
    add_study: AddStudy, find: Find, index_folder: Path
) -> None:
    add_study("Migraine")
    find()
    reader = generation.open_generation(served(index_folder))
    for _ in range(3):
        upkeep.rebuild()

    assert reader.is_untouched
    assert reader.searcher.num_docs == 1


Breaking = Callable[[Path, Path], object]


def cut_short(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def garble(path: Path) -> None:
    """Other bytes of the same number in place, as a failing disk leaves them."""
    with path.open("r+b") as file:
        file.write(os.urandom(path.stat().st_size))


def other_schema(root: Path, folder: Path) -> None:
    about = json.loads((folder / "about.json").read_text())
    (folder / "about.json").write_text(json.dumps({**about, "schema": 999}))


BREAKINGS: dict[str, Breaking] = {
    "everything deleted": lambda root, folder: shutil.rmtree(root),
    "the folder deleted": lambda root, folder: shutil.rmtree(folder),
    "the text part deleted": lambda root, folder: shutil.rmtree(folder / "text"),
    "the pointer deleted": lambda root, folder: (root / "current").unlink(),
    "the pointer garbled": lambda root, folder: (root / "current").write_bytes(b"\xff\xfe../.."),
    "the pointer to another place": lambda root, folder: (root / "current").write_text("../../etc"),
    "the table deleted": lambda root, folder: (folder / "study_status.npy").unlink(),
    "the table cut short": lambda root, folder: cut_short(folder / "study_status.npy"),
    "the table garbled": lambda root, folder: garble(folder / "study_status.npy"),
    "the sites garbled": lambda root, folder: garble(folder / "site_places.npy"),
    "the words cut short": lambda root, folder: cut_short(folder / "vocabulary.txt"),
    "the description garbled": lambda root, folder: (folder / "about.json").write_bytes(os.urandom(300)),
    "the description of another shape": lambda root, folder: (folder / "about.json").write_text(
        '{"schema": 5}'
    ),
    "another schema": other_schema,
    "all postings cut short": lambda root, folder: [cut_short(path) for path in folder.glob("text/*.idx")],
    "all postings garbled": lambda root, folder: [garble(path) for path in folder.glob("text/*.idx")],
    "all terms garbled": lambda root, folder: [garble(path) for path in folder.glob("text/*.term")],
    "tantivy's list garbled": lambda root, folder: garble(folder / "text" / "meta.json"),
}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("is_open", [True, False], ids=["while open", "before opening"])
@pytest.mark.parametrize("breaking", BREAKINGS.values(), ids=BREAKINGS.keys())
def test_a_broken_index_is_made_again_while_the_database_answers(
    add_study: AddStudy, index_folder: Path, breaking: Breaking, is_open: bool
) -> None:
    wanted = add_study("Migraine in teachers", points=[(45.0, 3.0)])
    add_study("Sleep")
    upkeep.rebuild()
    request = SearchRequest(words="migraine", near=Near(latitude=45.0, longitude=3.0))
    if is_open:
        assert not search(request, now=NOW).is_rebuilding
    breaking(index_folder, served(index_folder))

    meanwhile = search(request, now=NOW)
    serving.wait_for_rebuild(30)
    after = search(request, now=NOW)

    assert meanwhile.is_rebuilding
    assert numbers(meanwhile) == [wanted.number]
    assert meanwhile.hits[0].distance_km == pytest.approx(0)
    assert not after.is_rebuilding
    assert numbers(after) == [wanted.number]


@pytest.mark.django_db(transaction=True)
def test_the_database_answers_with_filters_pages_and_numbers(
    add_study: AddStudy, monkeypatch: pytest.MonkeyPatch
) -> None:
    def build_nothing() -> bool:
        return False

    monkeypatch.setattr(upkeep, "rebuild_unless_another_does", build_nothing)
    made = [add_study(f"Migraine {place}", updated=f"2026-01-{place + 10}") for place in range(5)]
    add_study("Migraine", minimum_age="60 Years", sponsor_number="X-1")
    add_study("Migraine", sex="MALE")
    add_study("Migraine", status="COMPLETED")
    add_study("Sleep")

    result = search(
        SearchRequest(
            words="migraine", age_years=30, sex="FEMALE", statuses=("RECRUITING",), page=2, page_size=2
        ),
        now=NOW,
    )

    assert result.is_rebuilding
    assert result.total == 5
    assert numbers(result) == [made[2].number, made[1].number]
    by_number = search(SearchRequest(words=f" {made[0].number.lower()} "), now=NOW)
    assert by_number.number == made[0].number
    assert numbers(by_number) == [made[0].number]


@pytest.mark.django_db(transaction=True)
def test_a_build_that_fails_is_not_begun_again_by_every_search(
    add_study: AddStudy, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[int] = []

    def fail() -> bool:
        begun.append(1)
        return False

    monkeypatch.setattr(upkeep, "rebuild_unless_another_does", fail)
    add_study("Migraine")

    for seconds in (0, 1, 29, 30, 31):
        assert search(SearchRequest(), now=NOW + timedelta(seconds=seconds)).is_rebuilding
        serving.wait_for_rebuild(10)

    assert len(begun) == 2


@pytest.mark.django_db(transaction=True)
def test_only_one_build_runs_at_a_time(add_study: AddStudy, index_folder: Path) -> None:
    add_study("Migraine")

    with generation.sole_builder(index_folder, wait=True) as first:
        assert first
        assert not upkeep.rebuild_unless_another_does()

    assert upkeep.rebuild_unless_another_does()


@pytest.mark.django_db(transaction=True)
def test_searches_never_fail_while_indexes_are_switched(add_study: AddStudy, index_folder: Path) -> None:
    wanted = add_study("Migraine in teachers")
    upkeep.rebuild()
    failures: list[Exception] = []
    totals: set[int] = set()
    is_done = threading.Event()

    def keep_searching() -> None:
        try:
            while not is_done.is_set():
                result = search(SearchRequest(words="migraine"), now=NOW)
                assert not result.is_rebuilding
                assert wanted.number in numbers(result)
                totals.add(result.total)
        except Exception as error:  # noqa: BLE001 - told to the test's own thread
            failures.append(error)
        finally:
            connection.close()

    searchers = [threading.Thread(target=keep_searching) for _ in range(3)]
    for searcher in searchers:
        searcher.start()
    for place in range(8):
        add_study(f"Migraine {place}")
        upkeep.update()
    is_done.set()
    for searcher in searchers:
        searcher.join(30)

    assert failures == []
    assert 9 in totals | {search(SearchRequest(words="migraine"), now=NOW).total}


BUILD_SLOWLY = """
import os, sys, django
django.setup()
from django.conf import settings
from django.db import connections
connections.databases["default"]["NAME"] = sys.argv[1]
connections["default"].settings_dict["NAME"] = sys.argv[1]
from pathlib import Path
settings.SEARCH_INDEX = Path(sys.argv[2])
from gravida.find.search import upkeep
moment = getattr(upkeep, sys.argv[3])
def and_then_wait(*arguments, **named):
    result = moment(*arguments, **named)
    print("now", flush=True)
    import time
    time.sleep(60)
    return result
setattr(upkeep, sys.argv[3], and_then_wait)
upkeep.rebuild()
"""


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("moment", ["new_folder", "_writer", "write_about", "switch_to"])
def test_a_build_killed_at_any_moment_leaves_the_served_index_whole(
    add_study: AddStudy, index_folder: Path, moment: str
) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("the killed process is given the test database as a SQLite file")
    wanted = add_study("Migraine in teachers")
    upkeep.rebuild()
    before = served(index_folder)
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "gravida.settings"}
    command = [
        sys.executable,
        "-c",
        BUILD_SLOWLY,
        str(connection.settings_dict["NAME"]),
        str(index_folder),
        moment,
    ]
    builder = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
    assert builder.stdout
    assert builder.stdout.readline() == "now\n"

    builder.send_signal(signal.SIGKILL)
    builder.wait(10)
    builder.stdout.close()

    result = search(SearchRequest(words="migraine"), now=NOW)
    assert not result.is_rebuilding
    assert numbers(result) == [wanted.number]
    assert (served(index_folder) == before) == (moment != "switch_to")
    serving.forget()
    assert upkeep.rebuild() == 1
    assert len(list(index_folder.glob("g-*"))) == 1


@pytest.mark.django_db(transaction=True)
def test_a_newer_index_is_noticed_without_a_restart(add_study: AddStudy) -> None:
    add_study("Migraine")
    upkeep.rebuild()
    assert search(SearchRequest(words="migraine"), now=NOW).total == 1

    add_study("Migraine")
    upkeep.rebuild()

    assert search(SearchRequest(words="migraine"), now=NOW).total == 2


def test_a_note_of_thousands_of_signs_takes_no_more_than_its_share(add_study: AddStudy, find: Find) -> None:
    for place in range(50):
        add_study(f"Migraine {place}", summary="women with migraine and sleep " * 20)
    find()

    hostile = [
        '"a ' * 3000,
        "migraine " * 1000,
        "recurrent pregnancy " * 500,
        "miscariagex" * 900,
        "é" * 9000,
    ]
    hostile += [" ".join(f"unknownword{place}" for place in range(2000)), "« " * 5000, '"' * 10_000]
    for words in hostile:
        assert growth(find, words) < 8

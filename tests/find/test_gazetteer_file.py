"""The file of places is small, sourced, read-only, and looked up fast from every thread."""

import hashlib
import random
import sqlite3
import string
import subprocess
import sys
import threading
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gravida.find import gazetteer_file
from gravida.find.gazetteer import find_places
from gravida.find.places import spelling_key


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("Saint-Étienne", "st etienne"),
        ("L’Haÿ-les-Roses", "L'Hay les Roses"),
        ("Œuilly", "oeuilly"),
        ("Tromsø", "Tromso"),
        ("Łódź", "lodz"),
        ("Straße", "STRASSE"),
        ("Châlons s/ Marne", "chalons-sur-marne"),
        ("Sankt Gallen", "St. Gallen"),
    ],
)
def test_spellings_of_one_name_have_one_key(a: str, b: str) -> None:
    assert spelling_key(a) == spelling_key(b)


@given(st.text(max_size=40))
def test_a_key_is_its_own_key(text: str) -> None:
    assert spelling_key(spelling_key(text)) == spelling_key(text)


def test_the_file_is_small_names_its_sources_and_is_whole() -> None:
    assert gazetteer_file.FILE.stat().st_size <= 8_300_000
    with sqlite3.connect(gazetteer_file.FILE) as database:
        sources = " ".join(text for (text,) in database.execute("SELECT text FROM source"))
        (check,) = database.execute("PRAGMA integrity_check").fetchone()

    assert "CC BY 4.0" in sources
    assert "Licence Ouverte" in sources
    assert check == "ok"


def test_looking_things_up_leaves_the_file_as_it_is() -> None:
    before = hashlib.sha256(gazetteer_file.FILE.read_bytes()).hexdigest()

    find_places("Lyon")

    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        gazetteer_file.connection().execute("DELETE FROM place")
    assert hashlib.sha256(gazetteer_file.FILE.read_bytes()).hexdigest() == before
    assert [file.name for file in gazetteer_file.FILE.parent.glob("places.sqlite*")] == ["places.sqlite"]


def test_threads_look_up_side_by_side() -> None:
    answers: list[str] = []

    def look_up() -> None:
        answers.extend(find_places(text)[0].name for text in ["Lyon", "75012", "Marselle"] * 20)

    threads = [threading.Thread(target=look_up) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert Counter(answers) == {"Lyon": 80, "Paris 12e Arrondissement": 80, "Marseille": 80}


def database_steps(text: str) -> int:
    """Steps of the database's machine for one look-up, to the next ten: the same on every computer."""
    tens = 0

    def count() -> None:
        nonlocal tens
        tens += 1

    gazetteer_file.connection().set_progress_handler(count, 10)
    find_places(text)
    gazetteer_file.connection().set_progress_handler(None, 0)
    return 10 * tens


def test_no_lookup_reads_the_whole_table() -> None:
    # given names and postcodes at random, and names with a letter lost in their middle
    with sqlite3.connect(gazetteer_file.FILE) as database:
        ((number_of_places,),) = database.execute("SELECT COUNT(*) FROM place")
        rows = database.execute(
            "SELECT name, code FROM posted WHERE population > 2000 ORDER BY id, code"
        ).fetchall()
    chosen = random.Random(20).sample(rows, 300)  # noqa: S311
    mistyped = [name[: len(name) // 2] + name[len(name) // 2 + 1 :] for name, _ in chosen[:100]]

    # when each is looked up
    exact = [database_steps(text) for pair in chosen for text in pair]
    guessed = [database_steps(text) for text in mistyped]

    # then a line of the table costs several steps: none of them looked at more than a small part of it
    assert max(exact) < number_of_places / 50
    assert max(guessed) < number_of_places / 2


def test_a_worker_that_looked_things_up_has_not_grown_by_the_whole_world() -> None:
    script = (
        "import resource; from gravida.find.gazetteer import find_places\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "find_places('Lyon'), find_places('75012'), find_places('Marselle')\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)"
    )
    grown_kib = int(
        subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    )

    assert grown_kib < 24 * 1024


def test_words_of_every_letter_are_looked_up_without_an_error() -> None:
    for letter in string.ascii_letters + string.punctuation + string.whitespace:
        find_places(letter * 5)

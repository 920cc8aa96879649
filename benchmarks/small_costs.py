"""What the small steps of a page cost: one look-up of a place, one record read, one hostile text.

`python -m benchmarks.small_costs` prints a table and writes results/small_costs.json. Milliseconds of CPU;
a hostile text is of the longest that its reader is ever given, and the dearest of several is shown. That a
text of four times the length costs about four times as much is held by the tests.
"""

import json
import random
import sqlite3
import sys
import time
from collections.abc import Callable, Iterator

from benchmarks.__main__ import GOAL_MISSED
from benchmarks.search_corpus import own_database, sample
from benchmarks.search_quality import RESULTS

Row = tuple[str, float, float]  # what, ms of CPU, ms allowed


def main() -> None:
    """Print and write the figures."""
    folder = own_database()
    rows = [*_places(), _record(), *_hostile_texts(), _overview_again()]
    print(f"{'':<62}{'CPU ms':>9}{'allowed':>9}")
    for what, spent, allowed in rows:
        print(f"{what:<62}{spent:>9.3f}{allowed:>9g}{'' if spent <= allowed else '  missed'}")
    RESULTS.mkdir(exist_ok=True)
    told = {what: {"cpu_ms": round(spent, 4), "allowed_ms": allowed} for what, spent, allowed in rows}
    (RESULTS / "small_costs.json").write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    folder.cleanup()
    sys.exit(GOAL_MISSED if any(spent > allowed for _what, spent, allowed in rows) else 0)


def _cpu_ms(act: Callable[[], object]) -> float:
    begun = time.process_time()
    act()
    return (time.process_time() - begun) * 1000


def _places() -> Iterator[Row]:
    """Names and postcodes at random, and names with a letter lost in their middle."""
    from gravida.find import gazetteer_file  # noqa: PLC0415
    from gravida.find.gazetteer import find_places  # noqa: PLC0415

    with sqlite3.connect(gazetteer_file.FILE) as database:
        rows = database.execute(
            "SELECT name, code FROM posted WHERE population > 2000 ORDER BY id, code"
        ).fetchall()
    chosen = random.Random(20).sample(rows, 300)
    mistyped = [name[: len(name) // 2] + name[len(name) // 2 + 1 :] for name, _code in chosen[:100]]
    find_places("Marselle")
    exact = sorted(_cpu_ms(lambda: find_places(text)) for pair in chosen for text in pair)  # noqa: B023
    guessed = sorted(_cpu_ms(lambda: find_places(text)) for text in mistyped)  # noqa: B023
    yield "a place or postcode, 99 of 100", exact[int(len(exact) * 0.99)], 1
    yield "a mistyped place, 95 of 100", guessed[int(len(guessed) * 0.95)], 20


def _record() -> Row:
    from gravida.find.record import read_record  # noqa: PLC0415

    raws = list(sample())
    spent = _cpu_ms(lambda: [read_record(raw) for raw in raws])
    return f"a registry record read, mean of {len(raws):,}", spent / len(raws), 0.3


def _hostile_texts() -> Iterator[Row]:
    from gravida.find.criteria import read_criteria  # noqa: PLC0415
    from gravida.find.glossary.marking import Marker  # noqa: PLC0415
    from gravida.find.glossary.site_glossary import finders_of  # noqa: PLC0415
    from gravida.find.plain.fact_guard import check_facts  # noqa: PLC0415
    from gravida.find.plain.reading import reading_of  # noqa: PLC0415
    from gravida.find.record import StudyRecord  # noqa: PLC0415
    from gravida.find.search.words import quoted_and_free  # noqa: PLC0415

    record = StudyRecord(number="NCT00000001", brief_title="A study", eligibility="* Age 16 to 39 years")
    finders = finders_of()

    def mark(text: str) -> str:
        return Marker(finders=finders, language="en", address=str).markup(text)

    told: dict[str, tuple[Callable[[str], object], list[str], float]] = {
        "50 kB of a text to be read for its grade": (
            lambda text: reading_of(text, language="fr"),
            ["A\n" * 25_000, "a. " * 16_000, "- " * 25_000],
            2000,
        ),
        "50 kB of an overview held against its record": (
            lambda text: check_facts(text, language="en", record=record),
            ["1 " * 10_000, "3-" * 10_000, "no " * 15_000, "A." * 25_000, "a@" * 25_000],
            4000,
        ),
        "90 kB of criteria split": (
            read_criteria,
            ["Inclusion Criteria" + " " * 90_000 + ":", "(" * 90_000, ". " * 45_000 + "Inclusion Criteria"],
            1000,
        ),
        "288 kB searched for words to explain": (
            lambda text: list(finders["en"].find(text)),
            ["weeks of " * 32_000, "weeks" + " " * 200_000 + "of"],
            1000,
        ),
        "half a million signs of a page with words marked": (
            mark,
            ["<p>early miscarriages in a cohort < " * 15_000],
            5000,
        ),
        "10 kB typed into the search, cut into phrases": (
            quoted_and_free,
            ["« " * 5000, '"a ' * 3000, "miscariagex" * 900],
            1000,
        ),
    }
    for what, (read, texts, allowed) in told.items():
        yield what, max(_cpu_ms(lambda: read(text)) for text in texts), allowed  # noqa: B023


def _overview_again() -> Row:
    """A page that shows an overview made by rules: after the first time it is remembered."""
    from django.conf import settings  # noqa: PLC0415

    from gravida.find.models import Study  # noqa: PLC0415
    from gravida.find.overviews.automatic import automatic_overview  # noqa: PLC0415
    from gravida.find.registry.bundled import load_bundled  # noqa: PLC0415

    load_bundled(settings.STUDIES)
    study = Study.objects.numbered("NCT05557201")
    if study is None:
        raise SystemExit("FALCO's bundled record is not there")
    automatic_overview(study, language="en")
    spent = _cpu_ms(lambda: [automatic_overview(study, language="en") for _ in range(100)])
    return "an overview made by rules, shown again", spent / 100, 2


if __name__ == "__main__":
    main()

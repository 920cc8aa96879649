"""Overviews built from the fields of real records: how easy they read, and whether the fact guard agrees.

`python -m benchmarks.overviews [RECORDS]` prints a table and writes results/overviews.json; a number builds
only a sample. Goals: grade <= 8 and mean sentence <= 15 words for at least 95 % of the records in each
language, no finding of the guard and no word to avoid in any. The guard itself is measured on sentences of
the records: as they stand it must find nothing, with one fact changed it must find it.
"""

import gzip
import json
import random
import statistics
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

from benchmarks.__main__ import GOAL_MISSED
from benchmarks.overviews_mutations import mutations
from gravida.find.plain.builder import build_overview
from gravida.find.plain.fact_guard import check_facts
from gravida.find.plain.guard_names import NEVER
from gravida.find.plain.guard_source import source_of
from gravida.find.plain.lexicon import LANGUAGES, findings
from gravida.find.plain.reading import reading_of
from gravida.find.plain.sentences import Language
from gravida.find.record import StudyRecord, UnreadableRecord, read_record

DATA = Path(__file__).resolve().parents[2] / "shared" / "data" / "registry"
FILES = ("ctgov_2023_6786.jsonl.gz", "real_v2_240.jsonl.gz")
RESULTS = Path(__file__).with_name("results")
WANTED_SHARE = 0.95
LONGEST_IN_SHORT = 120  # words
SHOWN = 2  # findings of one record, for whoever mends them
WANTED_FOUND, MUTATED_RECORDS, SENTENCES_OF_EACH = 0.95, 400, 3


def records(many: int | None = None) -> Iterator[StudyRecord]:
    """The sample's readable records, or some drawn from them."""
    lines: list[str] = []
    for name in FILES:
        with gzip.open(DATA / name, "rt", encoding="utf-8") as file:
            lines += file
    if many is not None and many < len(lines):
        lines = random.Random(1).sample(lines, many)
    for line in lines:
        try:
            yield read_record(json.loads(line))
        except UnreadableRecord:
            continue


def built_in(language: Language, sample: list[StudyRecord]) -> dict[str, Any]:
    """The figures of one language over the sample."""
    grades, means, lengths, found = [], [], [], Counter[str]()
    good, building, guarding = 0, 0.0, 0.0
    hurtful = 0
    for record in sample:
        begun = time.process_time()
        overview = build_overview(record, language=language)
        building += time.process_time() - begun
        reading = reading_of(overview.text, language=language)
        begun = time.process_time()
        differences = check_facts(overview.text, language=language, record=record)
        guarding += time.process_time() - begun
        grades.append(reading.grade)
        means.append(reading.mean_sentence_words)
        lengths.append(len((overview.section("in_short") or "").split()))
        good += reading.meets_target
        found.update(one.kind for one in differences)
        for one in differences[:SHOWN]:
            print(
                f"{language} {record.number} {one.kind}: {one.found!r} in {one.sentence[:90]!r}",
                file=sys.stderr,
            )
        hurtful += _own_words_that_hurt(overview.text, record, language)
    quantiles = statistics.quantiles(grades, n=20)
    return {
        "records": len(sample),
        "easy_share": good / len(sample),
        "grade_median": statistics.median(grades),
        "grade_p95": quantiles[-1],
        "grade_max": max(grades),
        "sentence_words_median": statistics.median(means),
        "in_short_longest_words": max(lengths),
        "guard_findings": dict(found),
        "words_to_avoid": hurtful,
        "build_cpu_ms": 1000 * building / len(sample),
        "guard_cpu_ms": 1000 * guarding / len(sample),
    }


def _own_words_that_hurt(text: str, record: StudyRecord, language: Language) -> int:
    """Words to avoid in the text; names that the record itself gives are not our own."""
    names = " ".join(
        (*record.conditions, *(one.name for one in record.interventions), record.sponsor)
    ).lower()
    return sum(one.word.lower() not in names for one in findings(text, language=language))


def guard_on_sentences(sample: list[StudyRecord]) -> dict[str, Any]:
    """False alarms on sentences as they stand; the share found of each kind of changed fact."""
    draw = random.Random(5)
    clean, alarms = 0, 0
    tried, found = Counter[str](), Counter[str]()
    for record in sample:
        told = [one.text for one in source_of(record).sentences if not one.is_field]
        fit = [text for text in told if 6 <= len(text.split()) <= 40 and not _never_allowed(text)]
        for text in draw.sample(fit, min(SENTENCES_OF_EACH, len(fit))):
            clean += 1
            alarms += bool(check_facts(text, language="en", record=record))
            for kind, changed in mutations(text, draw):
                if changed in told or _holds_what_is_added(kind, changed, record):
                    continue
                tried[kind] += 1
                found[kind] += bool(check_facts(changed, language="en", record=record))
    return {
        "sentences": clean,
        "false_alarms": alarms,
        "found": {kind: [found[kind], tried[kind]] for kind in tried},
        "found_share": sum(found.values()) / max(sum(tried.values()), 1),
    }


def _never_allowed(text: str) -> bool:
    return any(pattern.search(text) for pattern in NEVER.values())


def _holds_what_is_added(kind: str, changed: str, record: StudyRecord) -> bool:
    """Whether the record names the added drug or test somewhere: then adding it changes no name."""
    if kind not in ("drug added", "test added"):
        return False
    added = changed.rstrip(".").rsplit(" with ", 1)[1]
    return not check_facts(f"There is {added}.", language="en", record=record)


def _table(figures: dict[str, Any]) -> str:
    rows = [f"{'':34}{'English':>12}{'French':>12}"]
    for key, label, form in (
        ("records", "records", ",.0f"),
        ("easy_share", "grade <= 8 and sentence <= 15 words", ".2%"),
        ("grade_median", "grade, median", ".1f"),
        ("grade_p95", "grade, 95th of 100", ".1f"),
        ("grade_max", "grade, highest", ".1f"),
        ("sentence_words_median", "words in a sentence, median", ".1f"),
        ("in_short_longest_words", "longest summary in short, words", ".0f"),
        ("words_to_avoid", "words to avoid", ".0f"),
        ("build_cpu_ms", "building one, CPU ms", ".2f"),
        ("guard_cpu_ms", "guarding one, CPU ms", ".1f"),
    ):
        values = "".join(f"{figures[language][key]:>12{form}}" for language in LANGUAGES)
        rows.append(f"{label:36}{values[2:]}")
    alarms = [sum(figures[language]["guard_findings"].values()) for language in LANGUAGES]
    rows.append(f"{'guard findings in built overviews':36}{alarms[0]:>10}{alarms[1]:>12}")
    guard = figures["guard"]
    rows.append(
        f"\nguard on {guard['sentences']:,} sentences of records: {guard['false_alarms']} false alarms"
    )
    rows += [f"  {kind:24}{hit:>6} of {all_:>6} found" for kind, (hit, all_) in guard["found"].items()]
    rows.append(f"  {'all changed facts':24}{guard['found_share']:>16.2%} found")
    return "\n".join(rows)


def goals_missed(figures: dict[str, Any]) -> list[str]:
    """The goals that were not reached, in words."""
    missed = []
    for language in LANGUAGES:
        one = figures[language]
        if one["easy_share"] < WANTED_SHARE:
            missed.append(f"{language}: {one['easy_share']:.1%} easy to read, wanted {WANTED_SHARE:.0%}")
        if one["guard_findings"] or one["words_to_avoid"]:
            missed.append(f"{language}: findings {one['guard_findings']}, words {one['words_to_avoid']}")
        if one["in_short_longest_words"] > LONGEST_IN_SHORT:
            missed.append(f"{language}: {one['in_short_longest_words']} words in short")
    if figures["guard"]["false_alarms"] or figures["guard"]["found_share"] < WANTED_FOUND:
        missed.append(
            f"guard: {figures['guard']['false_alarms']} false alarms, {figures['guard']['found_share']:.1%}"
        )
    return missed


def main() -> int:
    """Print and write the figures; GOAL_MISSED when one falls short."""
    if not DATA.is_dir():
        print(f"no records: {DATA.name} stands not beside this checkout")
        return 1
    many = int(sys.argv[1]) if len(sys.argv) > 1 else None
    sample = list(records(many))
    mutated = random.Random(3).sample(sample, min(MUTATED_RECORDS, len(sample)))
    with ProcessPoolExecutor(max_workers=3) as workers:
        told = {language: workers.submit(built_in, language, sample) for language in LANGUAGES}
        guard = workers.submit(guard_on_sentences, mutated)
        figures: dict[str, Any] = {language: one.result() for language, one in told.items()}
        figures["guard"] = guard.result()
    print(_table(figures))
    if many is None:
        RESULTS.joinpath("overviews.json").write_text(json.dumps(figures, indent=1), encoding="utf-8")
    missed = goals_missed(figures)
    print("\n" + ("\n".join(f"GOAL MISSED: {one}" for one in missed) or "all goals reached"))
    return GOAL_MISSED if missed else 0


if __name__ == "__main__":
    sys.exit(main())

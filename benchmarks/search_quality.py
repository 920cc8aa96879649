"""How well the search ranks, on judged patient notes, beside SQLite's FTS5 in the same run.

`python -m benchmarks.search_quality` prints a table and writes results/search_quality.json.
Each of the judged notes of 2021 is asked in three forms: one phrase, three phrases (both written by a
language model from the note), and the note itself. nDCG@10 with the judgments' own grades; differences with
a paired bootstrap over the notes. The judgments are cut to the sample, so only differences mean anything.
FTS5 gets the same stop words, each word once, joined by OR, and BM25 column weights 3/1/3/1/0.5, in two
layouts of the same record: the reference's, and the strongest of the layouts tried.
"""

import csv
import json
import math
import re
import sqlite3
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt

from benchmarks.search_corpus import JUDGED, fill, own_database, sample

RESULTS = Path(__file__).with_name("results")
WEIGHTS = (3, 1, 3, 1, 0.5)
FORMS = ("one phrase", "three phrases", "whole note")
RESAMPLES = 10_000

Search = Callable[[str], list[str]]
Scores = npt.NDArray[np.float64]


def judgments() -> dict[str, dict[str, int]]:
    """Note -> study -> grade (2 eligible, 1 excluded, 0 not relevant); only notes with a relevant one."""
    grades: dict[str, dict[str, int]] = {}
    with (JUDGED / "qrels.tsv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            grades.setdefault(row["query-id"], {})[row["corpus-id"]] = int(row["score"])
    return {note: studies for note, studies in sorted(grades.items()) if any(studies.values())}


def asked(note: dict[str, object], form: str) -> str:
    """A note in one of the three forms."""
    if form == "whole note":
        return str(note["raw"])
    phrases: list[str] = note["gpt-4-turbo"]["conditions"]  # type: ignore[index]
    return phrases[0] if form == "one phrase" else " ".join(phrases[:3])


def ndcg_at_10(ranked: list[str], grades: dict[str, int]) -> float:
    """Normalised discounted cumulative gain of the first ten."""
    gain = sum(grades.get(study, 0) / math.log2(place + 2) for place, study in enumerate(ranked[:10]))
    best = sorted(grades.values(), reverse=True)[:10]
    return gain / sum(grade / math.log2(place + 2) for place, grade in enumerate(best))


def evaluated(search: Search, notes: dict[str, dict[str, object]]) -> dict[str, Scores]:
    """nDCG@10 of every judged note, by form."""
    return {
        form: np.array(
            [ndcg_at_10(search(asked(notes[id], form)), grades) for id, grades in judgments().items()]
        )
        for form in FORMS
    }


def difference(ours: Scores, theirs: Scores) -> tuple[float, float, float]:
    """Mean difference with its 95 % interval, by a paired bootstrap over the notes."""
    differences = ours - theirs
    draws = np.random.default_rng(20211).integers(0, len(differences), (RESAMPLES, len(differences)))
    low, high = np.quantile(differences[draws].mean(axis=1), [0.025, 0.975])
    return float(differences.mean()), float(low), float(high)


def fts5(layout: Callable[[dict[str, str]], tuple[str, ...]]) -> Search:
    """FTS5 with the porter stemmer over five columns."""
    from gravida.find.search.words import STOP_WORDS  # noqa: PLC0415

    database = sqlite3.connect(":memory:")
    database.execute(
        "CREATE VIRTUAL TABLE studies USING fts5(number UNINDEXED, a, b, c, d, e,"
        " tokenize='porter unicode61 remove_diacritics 2')"
    )
    rows = ((texts["number"], *layout(texts)) for texts in map(_texts, sample()))
    database.executemany("INSERT INTO studies VALUES (?, ?, ?, ?, ?, ?)", rows)
    order = f"bm25(studies, 0, {', '.join(map(str, WEIGHTS))}), number"

    def search(text: str) -> list[str]:
        words = dict.fromkeys(re.findall(r"[^\W_]+", text.lower()))
        match = " OR ".join(f'"{word}"' for word in words if word not in STOP_WORDS)
        found = database.execute(
            f"SELECT number FROM studies WHERE studies MATCH ? ORDER BY {order} LIMIT 10", (match,)
        )
        return [number for (number,) in found]

    return search


def _texts(raw: dict[str, object]) -> dict[str, str]:
    from gravida.find.record import read_record  # noqa: PLC0415

    record = read_record(raw)
    return {
        "number": record.number,
        "titles": " ".join((record.brief_title, record.official_title, record.acronym)),
        "summary": record.brief_summary,
        "description": record.detailed_description,
        "conditions": " ".join((*record.conditions, *record.keywords)),
        "mesh": " ".join(record.condition_ancestors),
        "interventions": " ".join(f"{one.name} {one.description}" for one in record.interventions),
        "eligibility": record.eligibility,
    }


def _reference_layout(texts: dict[str, str]) -> tuple[str, ...]:
    return tuple(texts[name] for name in ("titles", "summary", "conditions", "interventions", "eligibility"))


def _strongest_layout(texts: dict[str, str]) -> tuple[str, ...]:
    return (
        texts["titles"],
        texts["summary"],
        texts["conditions"],
        f"{texts['interventions']} {texts['mesh']}",
        f"{texts['description']} {texts['eligibility']}",
    )


def gravida_search() -> Search:
    """Gravida's own search over the sample."""
    fill(sample())
    from django.conf import settings  # noqa: PLC0415

    from gravida.find.search import upkeep  # noqa: PLC0415
    from gravida.find.search.engine import answer  # noqa: PLC0415
    from gravida.find.search.generation import current_folder, open_generation  # noqa: PLC0415
    from gravida.find.search.request import SearchRequest  # noqa: PLC0415

    upkeep.rebuild()
    index = open_generation(current_folder(settings.SEARCH_INDEX))
    return lambda text: [hit.number for hit in answer(SearchRequest(words=text), index).hits]


def main() -> None:
    """Print and write the comparison."""
    folder = own_database()
    notes = json.loads((JUDGED / "id2queries.json").read_text(encoding="utf-8"))
    ours = evaluated(gravida_search(), notes)
    peers = {
        "FTS5 porter, reference layout": evaluated(fts5(_reference_layout), notes),
        "FTS5 porter, strongest layout": evaluated(fts5(_strongest_layout), notes),
    }
    count = len(judgments())
    told: dict[str, object] = {"notes": count, "sample": 6786, "measure": "nDCG@10"}
    print(f"nDCG@10 on {count} judged notes of 2021, 6,786 studies\n")
    print(f"{'form':<15}{'Gravida':>9}   " + "   ".join(f"{name:<42}" for name in peers))
    for form in FORMS:
        line, row = f"{form:<15}{ours[form].mean():>9.3f}   ", {"gravida": round(float(ours[form].mean()), 4)}
        for name, scores in peers.items():
            mean, low, high = difference(ours[form], scores[form])
            cell = f"{scores[form].mean():.3f}, we {mean:+.3f} [{low:+.3f}, {high:+.3f}]"
            line += f"{cell:<45}"
            row[name] = {  # type: ignore[assignment]
                "ndcg": round(float(scores[form].mean()), 4),
                "difference": round(mean, 4),
                "interval": [round(low, 4), round(high, 4)],
            }
        told[form] = row
        print(line)
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "search_quality.json").write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    folder.cleanup()


if __name__ == "__main__":
    main()

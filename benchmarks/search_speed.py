"""How fast the search is on 100,000 studies, how long its index takes to build, and what it holds in memory.

`python -m benchmarks.search_speed [studies]` prints a table and writes results/search_speed.json.
The studies are the 6,786 records of the shared sample, copied under new numbers: every word is as common
among 100,000 as among 6,786, and each query finds fifteen times as many. All times are CPU seconds of this
process, threads included.
"""

import json
import os
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.search_corpus import JUDGED, copies, fill, own_database
from benchmarks.search_quality import RESULTS, asked, judgments

PARIS, BOSTON = (48.8566, 2.3522), (42.3601, -71.0589)
KINDS = (
    "plain",
    "near Paris 50 km",
    "near Boston 200 km",
    "any distance, nearest",
    "with filters",
    "place and filters",
)


def main() -> None:
    """Print and write the figures."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    folder = own_database()
    from django.conf import settings  # noqa: PLC0415

    from gravida.find.search import upkeep  # noqa: PLC0415
    from gravida.find.search.generation import current_folder, open_generation  # noqa: PLC0415

    fill(copies(count))
    told: dict[str, object] = {"studies": count, "of": "6,786 records copied under new numbers"}
    before = _resident_mb()
    build = _cpu(upkeep.rebuild)
    told["build"] = {"cpu_seconds": round(build, 1), "ms_per_record": round(1000 * build / count, 3)}
    told["build_memory_mb"] = round(_resident_mb() - before)
    told["disk_mb"] = round(sum(path.stat().st_size for path in Path(settings.SEARCH_INDEX).rglob("*")) / 1e6)
    told["update_without_change_cpu_seconds"] = round(_cpu(upkeep.update), 2)
    before = _resident_mb()
    began = time.process_time()
    index = open_generation(current_folder(settings.SEARCH_INDEX))
    told["open_cpu_seconds"] = round(time.process_time() - began, 2)
    queries = _queries()
    told["calls"] = {name: _timed(made, index) for name, made in queries.items()}
    told["search_memory_mb"] = round(_resident_mb() - before)
    _print(told)
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "search_speed.json").write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    del index
    folder.cleanup()


def _queries() -> "dict[str, list[object]]":
    """Requests by kind: each note's one and three phrases under each set of criteria; and no words."""
    from gravida.find.search.request import Near, SearchRequest  # noqa: PLC0415

    notes = json.loads((JUDGED / "id2queries.json").read_text(encoding="utf-8"))
    filters = {"age_years": 34, "sex": "FEMALE", "statuses": ("RECRUITING", "COMPLETED")}
    paris = Near(latitude=PARIS[0], longitude=PARIS[1], radius_km=50)
    boston = Near(latitude=BOSTON[0], longitude=BOSTON[1], radius_km=200)
    anywhere = Near(latitude=PARIS[0], longitude=PARIS[1], radius_km=None)
    kinds: tuple[dict[str, Any], ...] = (
        {},
        {"near": paris},
        {"near": boston},
        {"near": anywhere, "sort": "nearest"},
        filters,
        {"near": paris, **filters},
    )
    made: dict[str, list[object]] = {}
    for kind, criteria in zip(KINDS, kinds, strict=True):
        for form in ("one phrase", "three phrases"):
            made[f"{form}, {kind}"] = [
                SearchRequest(words=asked(notes[id], form), **criteria) for id in judgments()
            ]
        made[f"no words, {kind}"] = [SearchRequest(**criteria)] * 20
    made["whole note, plain"] = [SearchRequest(words=asked(notes[id], "whole note")) for id in judgments()]
    typed = (
        "fausse couche",
        "fausses couches à répétition",
        "recurrent miscarriage",
        "endometriose",
        "FIV",
        "RIF",
    )
    made["her words, near Paris 50 km"] = [
        SearchRequest(words=words, near=paris) for words in typed for _ in "12345"
    ]
    wrong = ("miscariage", "fause couche", "implentation", "endometriosi", "progestrone")
    made["misspelt"] = [SearchRequest(words=words) for words in wrong for _ in "12345"]
    return made


def _timed(requests: list[object], index: object) -> dict[str, float]:
    from gravida.find.search.engine import answer  # noqa: PLC0415

    for request in requests[:3]:
        answer(request, index)  # type: ignore[arg-type]
    times = []
    for request in requests:
        began = time.process_time()
        answer(request, index)  # type: ignore[arg-type]
        times.append(1000 * (time.process_time() - began))
    return {"calls": len(times), "p50_ms": round(float(np.median(times)), 1), "p95_ms": _p95(times)}


def _p95(times: list[float]) -> float:
    return round(float(np.quantile(times, 0.95)), 1)


def _cpu(act: Callable[[], object]) -> float:
    began = time.process_time()
    act()
    return time.process_time() - began


def _resident_mb() -> float:
    """Memory of this process that is not a mapped file, in MB."""
    status = Path(f"/proc/{os.getpid()}/status").read_text(encoding="utf-8")
    return next(int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("RssAnon"))


def _print(told: dict[str, object]) -> None:
    print(f"{datetime.now(UTC):%Y-%m-%d}  {told['studies']} studies: {told['of']}\n")
    for name, figure in told.items():
        if name not in ("studies", "of", "calls"):
            print(f"{name:<36}{figure}")
    print(f"\n{'call':<40}{'n':>5}{'p50 ms':>9}{'p95 ms':>9}")
    calls: dict[str, dict[str, float]] = told["calls"]  # type: ignore[assignment]
    for name, figures in calls.items():
        print(f"{name:<40}{figures['calls']:>5}{figures['p50_ms']:>9}{figures['p95_ms']:>9}")


if __name__ == "__main__":
    main()

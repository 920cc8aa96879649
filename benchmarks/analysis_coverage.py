"""Do 95 % intervals hold the truth 95 times in 100, and do marker screens find nothing where nothing is?

`python -m benchmarks.analysis_coverage [cohorts]` prints a table and writes results/analysis_coverage.json.
Every estimator sees so many simulated cohorts (1,000) of known truth; the share of intervals that hold it
must lie between 93 and 97 %, give or take two Monte-Carlo errors of a true share on that border. Panels of 80
correlated markers without any effect are screened at a false discovery rate of 10 %: finding anything at all
must not happen in more than 10 % of panels; stability selection must select no more on average than it says.
"""

import json
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.coverage_estimators import STUDIES, Study, Truth
from gravida.analysis.fit import DidNotConverge, NotEstimable
from gravida.analysis.markers.multiplicity import Adjustment, adjusted_p_values
from gravida.analysis.markers.score_test import score_tests
from gravida.analysis.markers.stability import stability_selection
from gravida.analysis.simulate_markers import PanelTruth, simulate_panel

RESULTS = Path(__file__).resolve().parent / "results"
COHORTS, SEED = 1000, 20_263
LOWEST, HIGHEST = 0.93, 0.97
RATE = 0.10
STABILITY_SHARE = 10  # one panel in so many: it fits a hundred lasso paths each time


def main() -> int:
    """Print and write the figures; 1 where a share is out of its bounds."""
    cohorts = int(sys.argv[1]) if len(sys.argv) > 1 else COHORTS
    told: dict[str, Any] = {"cohorts": cohorts, "coverage": {}, "markers": {}}
    for name, study in STUDIES.items():
        began = time.process_time()
        told["coverage"][name] = coverage(study, cohorts=cohorts, seed=SEED)
        told["coverage"][name]["seconds"] = round(time.process_time() - began, 1)
        print(f"{name}: {told['coverage'][name]}", file=sys.stderr, flush=True)
    told["markers"] = {
        "screen, BH 10 %": screened(panels=cohorts, seed=SEED),
        "stability selection": selected(panels=max(10, cohorts // STABILITY_SHARE), seed=SEED),
    }
    _print(told)
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "analysis_coverage.json").write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    parts = [each for by_name in told["coverage"].values() for each in by_name["terms"].values()]
    return int(not all(each["within"] for each in [*parts, *told["markers"].values()]))


def coverage(study: Study, *, cohorts: int, seed: int) -> dict[str, Any]:
    """The share of cohorts whose interval holds the truth, by term; cohorts without an answer are counted."""
    held: dict[str, list[bool]] = {}
    without = 0
    for generator in np.random.default_rng(seed).spawn(cohorts):
        try:
            found: list[Truth] = list(study(generator))
        except (NotEstimable, DidNotConverge):
            without += 1
            continue
        for each in found:
            held.setdefault(each.name, []).append(each.is_covered)
    terms = {name: _share(np.array(values)) for name, values in held.items()}
    return {"terms": terms, "without_answer": without}


def _share(held: np.ndarray) -> dict[str, Any]:
    share = float(held.mean())
    slack = 2 * np.sqrt(LOWEST * (1 - LOWEST) / len(held))
    return {
        "share": round(share, 4),
        "error": round(float(np.sqrt(share * (1 - share) / len(held))), 4),
        "within": bool(LOWEST - slack <= share <= HIGHEST + slack),
    }


def screened(*, panels: int, seed: int, truth: PanelTruth | None = None) -> dict[str, Any]:
    """How often anything is found among markers of which none matters."""
    any_found = []
    for generator in np.random.default_rng(seed).spawn(panels):
        panel = simulate_panel(rows=150, generator=generator, truth=truth or PanelTruth())
        names = [f"m{at}" for at in range(panel.truth.markers)]
        tests = score_tests(
            outcome=panel.loss,
            markers=panel.markers,
            marker_names=names,
            adjusters=panel.adjusters,
            adjuster_names=("age", "losses"),
            clusters=panel.woman,
        )
        any_found.append(
            bool((adjusted_p_values(tests.p_values, method=Adjustment.BENJAMINI_HOCHBERG) <= RATE).any())
        )
    share = float(np.mean(any_found))
    error = float(np.sqrt(RATE * (1 - RATE) / panels))
    return {
        "found": round(share, 4),
        "error": round(error, 4),
        "bound": RATE,
        "within": share <= RATE + 2 * error,
    }


def selected(*, panels: int, seed: int) -> dict[str, Any]:
    """How many markers stability selection keeps on average where none matters, against its own bound."""
    counts, bound = [], 0.0
    for generator in np.random.default_rng(seed + 1).spawn(panels):
        panel = simulate_panel(rows=150, generator=generator)
        found = stability_selection(
            outcome=panel.loss,
            markers=panel.markers,
            marker_names=[f"m{at}" for at in range(panel.truth.markers)],
            adjusters=panel.adjusters,
            adjuster_names=("age", "losses"),
            clusters=panel.woman,
            chosen_per_half=5,
            generator=generator,
        )
        counts.append(len(found.selected))
        bound = found.expected_false
    mean, error = float(np.mean(counts)), float(np.std(counts) / np.sqrt(panels))
    return {
        "found": round(mean, 4),
        "error": round(error, 4),
        "bound": bound,
        "within": mean <= bound + 2 * error,
    }


def _print(told: dict[str, Any]) -> None:
    print(f"{told['cohorts']} simulated cohorts; share of 95 % intervals that hold the truth, in %\n")
    for name, found in told["coverage"].items():
        shares = "  ".join(
            f"{term} {100 * each['share']:.1f} (±{100 * each['error']:.1f}){'' if each['within'] else ' OUT'}"
            for term, each in found["terms"].items()
        )
        without = f"  without an answer: {found['without_answer']}" if found["without_answer"] else ""
        print(f"{name:<28}{shares}{without}")
    print("\nmarkers of which none matters, 150 rows, 80 markers in blocks")
    for name, each in told["markers"].items():
        verdict = "" if each["within"] else " OUT"
        print(f"{name:<28}{each['found']:.3f} (±{each['error']:.3f}), bound {each['bound']:.3f}{verdict}")


if __name__ == "__main__":
    sys.exit(main())

"""What the obstetric rules cost: a cohort of FALCO's size, and 100,000 women in one process.

`python -m benchmarks.protocol_rules [women]` prints a table and writes results/protocol_rules.json. Every
rule runs on every woman: facts and dating, counts, twelve definitions with what would settle them, types,
implantation failures, contradictions, work-up under every profile with the antiphospholipid criteria,
eligibility. Times are CPU seconds of the rules alone: making the invented women is not counted. They come
one at a time and none is kept, so that memory stays flat. Without a number of women, 100,000 are run where
that can meet the limit, and otherwise 20,000 with their figure scaled; the output says which.
"""

import gc
import json
import resource
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from benchmarks.protocol_cohort import cohort
from gravida.protocol.all_rules import Rules, past_results
from gravida.protocol.check import read_whole_study
from gravida.protocol.consistency_all import contradictions
from gravida.protocol.eligibility import assess
from gravida.protocol.implantation import implantation_failures
from gravida.protocol.obstetrics_counts import early_losses
from gravida.protocol.record import WomanRecord
from gravida.protocol.spans import Held, Span
from gravida.protocol.workup_pregnancies import Past
from gravida.protocol.workup_record import workups_of

FALCO = Path(__file__).resolve().parent.parent / "studies" / "falco"
RESULTS = Path(__file__).resolve().parent / "results"
COHORT, WOMEN, FEWER_WOMEN = 700, 100_000, 20_000
COHORT_LIMIT_SECONDS, WOMEN_LIMIT_SECONDS = 1.0, 120.0
NEAR_THE_LIMIT = 1.5  # from how many times the limit on it is enough to scale

Part = Callable[[WomanRecord], object]


@dataclass(frozen=True, kw_only=True)
class Cost:
    """CPU seconds of each part over so many women, and the largest memory of the process by then."""

    women: int
    seconds: dict[str, float]
    peak_mb: float

    @property
    def total(self) -> float:
        return sum(self.seconds.values())

    def scaled(self, women: int) -> float:
        """CPU seconds of all parts for another number of women."""
        return self.total * women / self.women


def parts_of(rules: Rules) -> dict[str, Part]:
    """What `all_rules` does, part by part; each shares what the first has read."""

    def eligible(record: WomanRecord) -> object:
        past = Past.of(record)
        losses = early_losses(past.history.pregnancies)
        failures = implantation_failures(past.transfers).good_transfer
        facts: dict[str, Held] = {
            "age_years": 34,
            "early_losses_before_14w": Span.of_numbers(losses.fewest, losses.most),
            "implantation_failures": Span.of_numbers(failures.fewest, failures.most),
        }
        return assess(rules.criteria, facts)

    return {
        "facts and dating": Past.of,
        "definitions, counts, types, implantation": lambda record: past_results(Past.of(record), rules),
        "contradictions": lambda record: contradictions(record, ranges=rules.ranges),
        "work-up and antiphospholipid criteria": lambda record: workups_of(
            record, rules.workup, rules.definitions, past=Past.of(record)
        ),
        "eligibility": eligible,
    }


def cost(women: Iterable[WomanRecord], parts: dict[str, Part]) -> Cost:
    """What each part costs over all women, one woman after the other as a server meets them."""
    spent_ns: Counter[str] = Counter()
    number = 0
    for record in women:
        number += 1
        for name, part in parts.items():
            began = time.process_time_ns()
            part(record)
            spent_ns[name] += time.process_time_ns() - began
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return Cost(
        women=number, seconds={name: spent / 1e9 for name, spent in spent_ns.items()}, peak_mb=peak_mb
    )


def verdict(seconds: float, limit: float) -> str:
    """Whether a limit is met, said plainly."""
    if seconds <= limit:
        return f"limit met: {seconds:.2f} s of {limit:g} s"
    return f"limit missed: {seconds:.2f} s, {seconds / limit:.2f} times {limit:g} s"


def printed(small: Cost, many: Cost) -> None:
    """The table, a column for each cohort."""
    print(f"{'':44}{small.women:>12,}{many.women:>12,}")
    for name in small.seconds:
        print(f"{name:44}{small.seconds[name]:12.2f}{many.seconds[name]:12.1f}")
    print(f"{'all rules':44}{small.total:12.2f}{many.total:12.1f}")
    print(f"{'largest memory, MB':44}{small.peak_mb:12.0f}{many.peak_mb:12.0f}")


def main() -> int:
    """Print and write the figures; a limit missed is said, no failure. 1 where the study is damaged."""
    study, mistakes = read_whole_study(FALCO)
    if mistakes:
        print(*mistakes, sep="\n")
        return 1
    parts = parts_of(Rules.of(study))
    small_women = list(cohort(COHORT))
    pregnancies = sum(len(record.of("PRG")) for record in small_women)
    rows = sum(len(record.rows) for record in small_women)
    cost(cohort(20, seed=2), parts)  # imports and tables that are made once
    gc.freeze()  # as each server process does once it has loaded: see serve.py
    small = cost(small_women, parts)
    del small_women
    is_near = small.scaled(WOMEN) <= NEAR_THE_LIMIT * WOMEN_LIMIT_SECONDS
    women = int(sys.argv[1]) if len(sys.argv) > 1 else WOMEN if is_near else FEWER_WOMEN
    print(f"{COHORT} women, {pregnancies:,} pregnancies, {rows:,} rows; then {women:,} women. CPU seconds:\n")
    many = cost(cohort(women, seed=1), parts)
    printed(small, many)
    how = "measured" if women == WOMEN else f"scaled from {women:,}"
    of_small, of_many = (
        verdict(small.total, COHORT_LIMIT_SECONDS),
        verdict(many.scaled(WOMEN), WOMEN_LIMIT_SECONDS),
    )
    print(f"\n{COHORT:,} women, measured: {of_small}\n{WOMEN:,} women, {how}: {of_many}")
    told = {
        "women": [small.women, many.women],
        "pregnancies": pregnancies,
        "rows": rows,
        "cpu_seconds": {
            name: [round(small.seconds[name], 3), round(many.seconds[name], 2)] for name in parts
        },
        "total_cpu_seconds": [round(small.total, 3), round(many.total, 2)],
        "limits": {f"{COHORT} women": of_small, f"{WOMEN} women, {how}": of_many},
        "peak_mb": [round(small.peak_mb), round(many.peak_mb)],
    }
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "protocol_rules.json").write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

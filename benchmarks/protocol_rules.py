"""What the obstetric rules cost: a cohort of FALCO's size, and 100,000 women in one process.

`python -m benchmarks.protocol_rules [women]` prints a table and writes results/protocol_rules.json. Every
rule runs on every woman: facts and dating, counts, twelve definitions with what would settle them, types,
implantation failures, contradictions, work-up under every profile with the antiphospholipid criteria,
eligibility. Times are CPU seconds of the rules alone: making the invented women is not counted.
"""

import json
import resource
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path

from benchmarks.protocol_cohort import cohort
from gravida.protocol.check import Study, read_whole_study
from gravida.protocol.consistency_all import contradictions
from gravida.protocol.consistency_units import ranges_of
from gravida.protocol.definitions_counting import side_by_side
from gravida.protocol.eligibility import assess
from gravida.protocol.implantation import implantation_failures, meets
from gravida.protocol.obstetrics_counts import early_losses, obstetric_counts
from gravida.protocol.obstetrics_type import BirthBasis, possible_types
from gravida.protocol.record import WomanRecord
from gravida.protocol.record_facts import history_of, transfers_of
from gravida.protocol.spans import Held, Span
from gravida.protocol.workup_record import workups_of

FALCO = Path(__file__).resolve().parent.parent / "studies" / "falco"
RESULTS = Path(__file__).resolve().parent / "results"
COHORT, WOMEN = 700, 100_000
COHORT_LIMIT_SECONDS, WOMEN_LIMIT_SECONDS = 1.0, 120.0

Rule = Callable[[WomanRecord], object]


def rules_of(study: Study) -> dict[str, Rule]:
    """Every rule of the protocol, each taking one woman's record."""
    definitions, workup = study.definitions, study.workup
    if definitions is None or workup is None:
        raise ValueError(f"{FALCO}: found no definitions.toml or no workup.toml")
    in_force, ranges, criteria = (
        definitions.named(definitions.in_force),
        ranges_of(study.dictionary),
        study.criteria,
    )

    def counted(record: WomanRecord) -> object:
        past, transfers = history_of(record), transfers_of(record)
        return (
            obstetric_counts(past),
            side_by_side(definitions.losses, past, transfers),
            [possible_types(in_force, past, basis=basis) for basis in BirthBasis],
            implantation_failures(transfers, definitions.chances),
            [meets(transfers, row.rule, definitions.chances) for row in definitions.implantation],
        )

    def eligible(record: WomanRecord) -> object:
        past = history_of(record)
        losses = early_losses(past.pregnancies)
        failures = implantation_failures(transfers_of(record)).good_transfer
        facts: dict[str, Held] = {
            "age_years": 34,
            "early_losses_before_14w": Span.of_numbers(losses.fewest, losses.most),
            "implantation_failures": Span.of_numbers(failures.fewest, failures.most),
        }
        return assess(criteria, facts)

    return {
        "definitions, counts, types, implantation": counted,
        "contradictions": lambda record: contradictions(record, ranges=ranges),
        "work-up and antiphospholipid criteria": lambda record: workups_of(record, workup, definitions),
        "eligibility": eligible,
    }


def measured(women: Iterable[WomanRecord], rules: dict[str, Rule]) -> Counter[str]:
    """CPU seconds of each rule over all women, one woman after the other as a server meets them."""
    spent: Counter[str] = Counter()
    for record in women:
        for name, rule in rules.items():
            began = time.process_time_ns()
            rule(record)
            spent[name] += time.process_time_ns() - began
    return spent


def _seconds(spent_ns: Counter[str]) -> dict[str, float]:
    return {name: spent / 1e9 for name, spent in spent_ns.items()}


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> int:
    """Print and write the figures; 1 where a limit is passed."""
    women = int(sys.argv[1]) if len(sys.argv) > 1 else WOMEN
    study, mistakes = read_whole_study(FALCO)
    if mistakes:
        print(*mistakes, sep="\n")
        return 1
    rules = rules_of(study)
    small = list(cohort(COHORT))
    pregnancies = sum(len(record.of("PRG")) for record in small)
    measured(small[:20], rules)  # imports and tables that are made once
    small_seconds, small_mb = _seconds(measured(small, rules)), _peak_mb()
    many_seconds, many_mb = _seconds(measured(cohort(women, seed=1), rules)), _peak_mb()
    rows = sum(len(record.rows) for record in small)
    print(f"{COHORT} women, {pregnancies:,} pregnancies, {rows:,} rows; then {women:,} women. CPU seconds:\n")
    print(f"{'':44}{COHORT:>12,}{women:>12,}")
    for name in rules:
        print(f"{name:44}{small_seconds[name]:12.2f}{many_seconds[name]:12.1f}")
    print(f"{'all rules':44}{sum(small_seconds.values()):12.2f}{sum(many_seconds.values()):12.1f}")
    print(f"{'limit':44}{COHORT_LIMIT_SECONDS:12.2f}{WOMEN_LIMIT_SECONDS * women / WOMEN:12.1f}")
    print(f"{'largest memory, MB':44}{small_mb:12.0f}{many_mb:12.0f}")
    told = {
        "women": [COHORT, women],
        "pregnancies": pregnancies,
        "rows": rows,
        "cpu_seconds": {
            name: [round(small_seconds[name], 3), round(many_seconds[name], 2)] for name in rules
        },
        "total_cpu_seconds": [round(sum(small_seconds.values()), 3), round(sum(many_seconds.values()), 2)],
        "peak_mb": [round(small_mb), round(many_mb)],
    }
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "protocol_rules.json").write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    return int(
        sum(small_seconds.values()) > COHORT_LIMIT_SECONDS
        or sum(many_seconds.values()) > WOMEN_LIMIT_SECONDS * women / WOMEN
    )


if __name__ == "__main__":
    raise SystemExit(main())

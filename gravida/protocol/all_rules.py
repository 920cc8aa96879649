"""Every rule of a study on one woman: her rows are read into facts once, and all rules share them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from msgspec import Struct

from gravida.protocol.check import Study
from gravida.protocol.consistency import Finding
from gravida.protocol.consistency_all import contradictions
from gravida.protocol.consistency_units import Ranges, ranges_of
from gravida.protocol.criteria import Criteria
from gravida.protocol.definitions import Definition
from gravida.protocol.definitions_counting import Verdict, side_by_side
from gravida.protocol.definitions_file import Definitions
from gravida.protocol.eligibility import Eligibility, assess
from gravida.protocol.eligibility_record import recorded_facts
from gravida.protocol.implantation import ImplantationFailures, implantation_failures, meets
from gravida.protocol.obstetrics_counts import ObstetricCounts, obstetric_counts
from gravida.protocol.obstetrics_type import BirthBasis, LossType, possible_types
from gravida.protocol.record import WomanRecord
from gravida.protocol.spans import Held
from gravida.protocol.values import Answer
from gravida.protocol.workup_pregnancies import Past
from gravida.protocol.workup_record import workups_of
from gravida.protocol.workup_results import WorkupResult
from gravida.protocol.workup_rules import Workup


@dataclass(frozen=True, kw_only=True)
class Rules:
    """What the rules of one study need, prepared once for all women."""

    definitions: Definitions
    in_force: Definition
    workup: Workup
    criteria: Criteria
    ranges: Ranges

    @classmethod
    def of(cls, study: Study) -> "Rules":
        """ValueError where the study has no definitions.toml or no workup.toml."""
        definitions, workup = study.definitions, study.workup
        if definitions is None or workup is None:
            missing = "definitions.toml" if definitions is None else "workup.toml"
            raise ValueError(f"{study.folder}: found no {missing}, wanted one that can be read")
        return cls(
            definitions=definitions,
            in_force=definitions.named(definitions.in_force),
            workup=workup,
            criteria=study.criteria,
            ranges=ranges_of(study.dictionary),
        )


class PastResults(Struct, frozen=True, kw_only=True, gc=False):
    """What her pregnancies and transfers come to.

    `types`: the types of recurrent loss that are possible under the definition in force, by what counts as a
    birth. `by_failures`: whether she meets each definition of implantation failure, by its name.
    """

    counts: ObstetricCounts
    verdicts: tuple[Verdict, ...]
    types: dict[BirthBasis, frozenset[LossType]]
    failures: ImplantationFailures
    by_failures: dict[str, Answer]


class WomanResults(Struct, frozen=True, kw_only=True, gc=False):
    """Every rule on one woman; `workups` by profile."""

    past: PastResults
    contradictions: Sequence[Finding]
    workups: dict[str, WorkupResult]
    eligibility: Eligibility


def all_rules(record: WomanRecord, rules: Rules, *, facts: Mapping[str, Held] | None = None) -> WomanResults:
    """Every rule of a study on one woman, on the day of her record.

    `facts`: what the criteria ask, where it is known from elsewhere than her screening form. ValueError where
    a value of the record cannot be read.
    """
    past = Past.of(record)
    known = recorded_facts(rules.criteria, record) if facts is None else facts
    return WomanResults(
        past=past_results(past, rules),
        contradictions=contradictions(record, ranges=rules.ranges),
        workups=workups_of(record, rules.workup, rules.definitions, past=past),
        eligibility=assess(rules.criteria, known),
    )


def past_results(past: Past, rules: Rules) -> PastResults:
    """Counts, definitions side by side, types and implantation failures of one woman."""
    definitions, history, transfers = rules.definitions, past.history, past.transfers
    return PastResults(
        counts=obstetric_counts(history),
        verdicts=side_by_side(definitions.losses, history, transfers),
        types={basis: possible_types(rules.in_force, history, basis=basis) for basis in BirthBasis},
        failures=implantation_failures(transfers, definitions.chances),
        by_failures={
            row.id: meets(transfers, row.rule, definitions.chances) for row in definitions.implantation
        },
    )

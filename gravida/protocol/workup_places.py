"""Where a study's record keeps what the work-up reads: variables of rows, of samples, of the history."""

from dataclasses import dataclass, field
from functools import cached_property

from gravida.protocol.antiphospholipid import Assay
from gravida.protocol.samples import Circumstance
from gravida.protocol.values import Missing


@dataclass(frozen=True, kw_only=True)
class Place:
    """Variables in the row of a result that tell more of it; empty where the form has none.

    `only`: rows whose variables have these codes. `partner`: the number of the partner whose result it is.
    `absent_by` and `absent`: a variable whose codes tell why there is no result. `per_ten`: the value is a
    count over so many, and is read per ten of them.
    """

    on: str = ""
    only: dict[str, str] = field(default_factory=dict)
    partner: str = ""
    absent_by: str = ""
    absent: dict[str, Missing] = field(default_factory=dict)
    methods: str = ""
    details: str = ""
    lower_limit: str = ""
    upper_limit: str = ""
    confirmed: str = ""
    per_ten: str = ""
    assay: str = ""
    percentile_99: str = ""


@dataclass(frozen=True, kw_only=True)
class CircumstanceRule:
    """A code of a sample's variable, and the circumstance it stands for."""

    variable: str
    codes: frozenset[str]
    circumstance: Circumstance


@dataclass(frozen=True, kw_only=True)
class SamplePlace:
    """The form that is parent of laboratory results, with their day and circumstances."""

    form: str = ""
    place: Place = field(default_factory=Place)
    circumstances: tuple[CircumstanceRule, ...] = ()

    @cached_property
    def variables(self) -> tuple[str, ...]:
        """The variables that tell the circumstances."""
        return tuple(dict.fromkeys(rule.variable for rule in self.circumstances))


@dataclass(frozen=True, kw_only=True)
class HistoryPlace:
    """Where one clinical finding of ClinicalHistory stands; codes in neither list mean that it is absent."""

    variable: str
    codes: frozenset[str]
    unknown: frozenset[str] = frozenset()
    on: str = ""
    high_risk: str = ""


@dataclass(frozen=True, kw_only=True)
class Places:
    """All places of one work-up, those of results by test."""

    tests: dict[str, Place] = field(default_factory=dict)
    sample: SamplePlace = field(default_factory=SamplePlace)
    history: dict[str, HistoryPlace] = field(default_factory=dict)
    assays: dict[str, Assay] = field(default_factory=dict)

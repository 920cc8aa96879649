"""What a search asks and what it answers: the agreement between the pages and the index."""

from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class Near:
    """A point to measure from. Degrees; radius in km, None for any distance (nearest first, none dropped)."""

    latitude: float
    longitude: float
    radius_km: float | None = 50


@dataclass(frozen=True, kw_only=True)
class SearchRequest:
    """One search. Every criterion is optional; an absent one removes nothing."""

    words: str = ""
    near: Near | None = None
    age_years: int | None = None
    sex: str = ""  # FEMALE or MALE: studies open to that sex, those open to all included
    statuses: tuple[str, ...] = ()  # any of these, as RECRUITING
    study_type: str = ""  # INTERVENTIONAL, OBSERVATIONAL, EXPANDED_ACCESS
    no_treatment_tested: bool = False  # observational studies only, expanded access and trials left out
    team_language: str = ""  # code of a language a centre of the study speaks
    without_synonyms: frozenset[str] = frozenset()  # expansions the visitor removed, as shown to her
    as_typed: bool = False  # no spelling correction: "search for X instead"
    sort: str = "best"  # best, nearest (needs near), newest
    page: int = 1
    page_size: int = 10


@dataclass(frozen=True, kw_only=True)
class Hit:
    """A study found.

    `location` is the index of its nearest placed location: in the record's locations and, after them, in the
    centres of its study folder.
    """

    number: str
    distance_km: float | None = None
    location: int | None = None
    locations_within: int = 0  # locations inside the radius
    # Synonyms of the visitor's words that this study carries where her own words are absent.
    because: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Synonym:
    """An expansion that was searched too: for which of her words, and what."""

    of: str
    term: str


@dataclass(frozen=True, kw_only=True)
class Correction:
    """A search done with other words than typed, because the typed ones are hardly in the index, or not."""

    typed: str
    searched: str


@dataclass(frozen=True, kw_only=True)
class Removal:
    """A criterion, and how many studies the same search finds without it and those named beside it."""

    criterion: str  # words, near, age, sex, status, study_type, no_treatment, team_language
    total_without: int
    also: tuple[str, ...] = ()  # further criteria, dropped together with it


@dataclass(frozen=True, kw_only=True)
class SearchResult:
    """What a search found.

    With `near`, `hits` are the studies with a location inside the radius; studies with no placeable
    location that fit every other criterion are `unplaced_hits` (first page only), counted in
    `unplaced_total`.
    """

    hits: list[Hit]
    total: int
    unplaced_hits: list[Hit] = field(default_factory=list)
    unplaced_total: int = 0
    also_searched: list[Synonym] = field(default_factory=list)
    removed_synonyms: list[Synonym] = field(default_factory=list)
    correction: Correction | None = None
    # Only when nothing was found: criteria whose removal would find most, most first, zero left out. Where no
    # single one is to blame, the best pairs, those that keep the words first; else all but the words.
    removals: list[Removal] = field(default_factory=list)
    # Options of each filter with the studies they would leave, under the other criteria. Filters: status,
    # study_type, sex (FEMALE and MALE, studies open to all in both), no_treatment (the only option is "yes").
    # Options that would leave none may be absent. Empty while the index is being made again.
    counts: dict[str, dict[str, int]] = field(default_factory=dict)
    # The words are the registry, sponsor's or secondary number of exactly one study we hold: go there.
    number: str = ""
    is_rebuilding: bool = False  # the index was missing or broken; answered from the database meanwhile

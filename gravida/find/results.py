"""A list of results as its page shows it: the studies, and addresses that change the search."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Max
from django.utils.text import get_text_list
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from gravida.find import words
from gravida.find.asked import PARAMETER_OF, Asked, team_languages
from gravida.find.cards import StudyCard, cards
from gravida.find.forms import ANY_STATUS
from gravida.find.gazetteer import Place, country_in
from gravida.find.models import ImportRun, Study


@dataclass(frozen=True, kw_only=True)
class Link:
    """Somewhere to go, and what it says."""

    text: str
    address: str


@dataclass(frozen=True, kw_only=True)
class Option:
    """A choice of a filter, with how many studies it would leave; None where that was not counted."""

    id: str
    name: str
    value: str
    label: str
    checked: bool
    count: int | None


@dataclass(frozen=True, kw_only=True)
class Results:
    """Everything the page of a search shows beside its form."""

    asked: Asked
    cards: list[StudyCard]
    unplaced: list[StudyCard]
    total: int
    unplaced_total: int
    first: int
    last: int
    place: str
    other_places: list[Link]
    also_searched: list[Link]
    put_back: list[Link]
    searched_instead: str
    search_as_typed: Link | None
    removals: list[Link]
    has_pages: bool
    previous: str
    next: str
    keep: str  # the query that a study's page hands back
    statuses: list[Option]
    sexes: list[Option]
    types: list[Option]
    is_rebuilding: bool
    is_start: bool
    radius: str  # the choice that holds, typed or not
    sort: str
    has_languages: bool
    nothing_held: bool
    records_of: datetime | None


def results_of(asked: Asked) -> Results:
    """The page of a search."""
    result, query = asked.result, asked.query
    size = asked.request.page_size
    last = min(asked.page * size, result.total)
    correction = result.correction
    keep = query.urlencode()
    return Results(
        asked=asked,
        cards=cards(result.hits),
        unplaced=cards(result.unplaced_hits),
        total=result.total,
        unplaced_total=result.unplaced_total,
        first=(asked.page - 1) * size + 1,
        last=last,
        place=_place_name(asked.form.place),
        other_places=[
            Link(text=_place_name(place), address=asked.address(near=_place_query(place)))
            for place in asked.form.places[1:4]
        ],
        also_searched=[
            Link(text=found.term, address=asked.address(x=[*asked.removed, found.term]))
            for found in result.also_searched
        ],
        put_back=[
            Link(text=term, address=asked.address(x=[other for other in asked.removed if other != term]))
            for term in asked.removed
        ],
        searched_instead=correction.searched if correction else "",
        search_as_typed=Link(text=correction.typed, address=asked.address(exact="1")) if correction else None,
        removals=list(_removals(asked)),
        has_pages=result.total > size,
        previous=asked.address(page=str(asked.page - 1)) if asked.page > 1 else "",
        next=asked.address(page=str(asked.page + 1)) if last < result.total else "",
        keep=f"?{keep}" if keep else "",
        statuses=_options(asked, "status"),
        sexes=_options(asked, "sex"),
        types=_options(asked, "type", counted="study_type"),
        is_rebuilding=result.is_rebuilding,
        is_start=not query,
        radius=query.get("km") or "50",
        sort=asked.request.sort,
        has_languages=bool(team_languages()),
        nothing_held=not result.total and not Study.objects.listed().exists(),
        records_of=_records_of(),
    )


def _options(asked: Asked, name: str, *, counted: str = "") -> list[Option]:
    """The choices of one filter with what is chosen and what each would leave."""
    counts = asked.result.counts.get(counted or name, {})
    chosen = asked.form.data.getlist(name) if hasattr(asked.form.data, "getlist") else []
    field = asked.form.fields[name]
    return [
        Option(
            id=f"id_{name}_{index}",
            name=name,
            value=str(value),
            label=str(label),
            checked=str(value) in chosen or (not value and not chosen),
            count=sum(counts.get(code, 0) for code in _codes(name, value)) if counts and value else None,
        )
        for index, (value, label) in enumerate(field.choices)  # type: ignore[attr-defined]
        if value != ANY_STATUS
    ]


def _codes(name: str, value: object) -> tuple[str, ...]:
    """The registry's codes that a choice stands for."""
    return words.STATUS_CHOICE.get(str(value), ()) if name == "status" else (str(value),)


def _removals(asked: Asked) -> Iterator[Link]:
    """For a search without result: what to leave out, and how many studies that would bring."""
    for removal in asked.result.removals:
        left_out = (removal.criterion, *removal.also)
        changes: dict[str, str | list[str] | None] = {PARAMETER_OF[criterion]: None for criterion in left_out}
        said = get_text_list([words.of(words.CRITERION, criterion) for criterion in left_out], _("and"))
        yield Link(
            text=_("Leave out %(criterion)s (%(n)s found)") % {"criterion": said, "n": removal.total_without},
            address=asked.address(**changes),
        )


def _place_name(place: Place | None) -> str:
    """A place in words; coordinates are the visitor's own position."""
    if place is None:
        return ""
    if not place.name:
        return _("your position")
    country = "" if place.country == "France" else country_in(get_language() or "en", place.country)
    region = "" if place.region == place.name else place.region
    return ", ".join(part for part in (place.name, region, country) if part)


def _place_query(place: Place) -> str:
    """What to type for exactly this place."""
    return f"{place.latitude:.4f},{place.longitude:.4f}" if not place.name else _place_name(place)


def _records_of() -> datetime | None:
    """When the newest records came in from the registry or a file; None when none ever did."""
    newest: datetime | None = ImportRun.objects.exclude(source="bundled").aggregate(newest=Max("ended_at"))[
        "newest"
    ]
    return newest

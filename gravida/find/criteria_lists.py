"""Who may take part, as two lists: in the words of the study's folder, else of its record."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gravida.find import criteria as registry_criteria
from gravida.find.outline import Criterion
from gravida.find.record import StudyRecord
from gravida.find.site_studies import in_language
from gravida.protocol.criteria import CriterionKind
from gravida.protocol.study import StudyFolder

# More text than this in two columns would be two narrow towers.
LONG = 1200


@dataclass(frozen=True, kw_only=True)
class Item:
    """One line of a list, with the lines under it."""

    text: str
    items: tuple["Item", ...] = ()


@dataclass(frozen=True, kw_only=True)
class CriteriaLists:
    """The two lists; or, where the record's text cannot be split honestly, that text whole."""

    is_split: bool
    is_registry_text: bool  # in English, whatever the language of the page
    is_long: bool = False
    before: tuple[Item, ...] = ()  # what the record says under neither heading
    possible: tuple[Item, ...] = ()
    not_possible: tuple[Item, ...] = ()
    whole: str = ""


def criteria_lists(record: StudyRecord, folder: StudyFolder | None) -> CriteriaLists | None:
    """The criteria of a study; None when neither its folder nor its record has any."""
    if folder and folder.criteria.criteria:
        return _of_folder(folder)
    return _of_record(record.eligibility) if record.eligibility else None


def _of_folder(folder: StudyFolder) -> CriteriaLists:
    lists: dict[CriterionKind, list[Item]] = {kind: [] for kind in CriterionKind}
    for criterion in folder.criteria.criteria:
        parts = criterion.parts if len(criterion.parts) > 1 else ()
        under = tuple(Item(text=in_language(part.text)) for part in parts)
        lists[criterion.kind].append(Item(text=in_language(criterion.text), items=under))
    return CriteriaLists(
        is_split=True,
        is_registry_text=False,
        possible=tuple(lists[CriterionKind.INCLUSION]),
        not_possible=tuple(lists[CriterionKind.EXCLUSION]),
    )


def _of_record(text: str) -> CriteriaLists:
    found = registry_criteria.read_criteria(text)
    if found.unsplit:
        return CriteriaLists(is_split=False, is_registry_text=True, whole=text)
    return CriteriaLists(
        is_split=True,
        is_registry_text=True,
        is_long=len(text) > LONG,
        before=_items(list(_under_neither(found))),
        possible=_items(found.inclusion),
        not_possible=_items(found.exclusion),
    )


def _under_neither(found: registry_criteria.Criteria) -> Iterator[Criterion]:
    """What stands before the first heading, and under headings that name neither side or both."""
    for part in found.parts:
        if part.side is not registry_criteria.Side.NEITHER:
            continue
        if part.heading:
            yield Criterion(words=part.heading, children=part.criteria)
        else:
            yield from part.criteria


def _items(criteria: Sequence[Criterion]) -> tuple[Item, ...]:
    return tuple(Item(text=criterion.words, items=_items(criterion.children)) for criterion in criteria)

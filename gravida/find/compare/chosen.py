"""Which studies an address asks to compare: three at most are shown, nothing typed is lost in silence."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse

from gravida.find.clean import clean_line
from gravida.find.models import Study
from gravida.find.record import NUMBER

AT_MOST = 3
# Of an address: what is beyond was never made by our pages.
READ_AT_MOST = 20
LONGEST_SHOWN = 40


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """What an address asks for: the studies shown, and what could not be."""

    studies: tuple[Study, ...]
    waiting: tuple[Study, ...]  # beyond three: shown as soon as one is removed
    unknown: tuple[str, ...]  # as typed
    near: str  # as typed

    @property
    def numbers(self) -> tuple[str, ...]:
        """Registry numbers, those that wait included."""
        return tuple(study.number for study in (*self.studies, *self.waiting))

    def without(self, number: str) -> str:
        """The address of the same comparison without one study."""
        return address_of([one for one in self.numbers if one != number], near=self.near)

    def with_also(self, number: str) -> str:
        """The address of the same comparison with one more study."""
        return address_of([*self.numbers, number], near=self.near)


def address_of(numbers: Sequence[str], *, near: str = "") -> str:
    """The address of a comparison."""
    query: list[tuple[str, str]] = [("study", number) for number in numbers]
    query += [("near", near)] if near else []
    return f"{reverse('compare:page')}?{urlencode(query)}" if query else reverse("compare:page")


def chosen_in(query: QueryDict) -> Chosen:
    """The studies of an address, in its order, each once; one field may hold several numbers, in any case."""
    typed = [clean_line(value)[0] for value in query.getlist("study")[:READ_AT_MOST]]
    numbers = list(dict.fromkeys(word.upper() for text in typed for word in text.replace(",", " ").split()))
    numbers = numbers[:READ_AT_MOST]
    held = {
        study.number: study
        for study in Study.objects.with_record().filter(
            number__in=[number for number in numbers if NUMBER.fullmatch(number)],
            current_version__isnull=False,
        )
    }
    found = [held[number] for number in numbers if number in held]
    return Chosen(
        studies=tuple(found[:AT_MOST]),
        waiting=tuple(found[AT_MOST:]),
        unknown=tuple(number[:LONGEST_SHOWN] for number in numbers if number not in held),
        near=clean_line(query.get("near", ""))[0][:100].strip(),
    )

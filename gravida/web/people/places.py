"""The studies and centres where a role can be held: those of this site's study folders."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.utils.translation import get_language

from gravida.protocol.study import StudyFolder, Texts, read_studies
from gravida.web.people.actions_people import Place


@dataclass(frozen=True, kw_only=True)
class NamedPlace:
    """A place as forms and lists name it."""

    place: Place
    name: str

    @property
    def code(self) -> str:
        """As a form carries it: `NCT05557201` or `NCT05557201/centre-1`; empty for the whole site."""
        return "/".join(part for part in self.place if part)


def studies() -> dict[str, StudyFolder]:
    """Every study folder by registry number, read again when one changes."""
    newest = max((file.stat().st_mtime_ns for file in settings.STUDIES.glob("*/study.toml")), default=0)
    return _read(settings.STUDIES, newest)


@lru_cache(maxsize=2)
def _read(root: Path, newest: int) -> dict[str, StudyFolder]:
    """`newest` only tells the cache that a file has changed."""
    return read_studies(root)


def named_places() -> list[NamedPlace]:
    """Every study, and under each its centres."""
    found = []
    for number, study in sorted(studies().items()):
        title = study.id.upper()
        found.append(NamedPlace(place=Place(study=number), name=title))
        found += [
            NamedPlace(
                place=Place(study=number, centre=centre.id), name=f"{title}, {_in_language(centre.name)}"
            )
            for centre in study.centres
        ]
    return found


def name_of(place: Place) -> str:
    """A place's name; its codes when no folder knows it any more; empty for the whole site."""
    names = {named.place: named.name for named in named_places()}
    return names.get(place, ", ".join(part for part in place if part))


def _in_language(texts: Texts) -> str:
    language = (get_language() or "en").split("-")[0]
    return texts.get(language) or texts.get("en") or next(iter(texts.values()), "")

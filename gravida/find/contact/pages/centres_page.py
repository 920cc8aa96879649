"""Step 1, the choice of a centre; what was typed before goes along."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from gravida.find.contact.pages.card import is_far
from gravida.find.contact.pages.centres import CentreRow
from gravida.find.contact.pages.form_mark import MARK_NAME
from gravida.find.contact.pages.forms import MessageForm
from gravida.find.forms import SearchForm
from gravida.find.models import Study

AT_ONCE = 12  # centres before a fold


@dataclass(frozen=True, kw_only=True)
class CentresPage:
    """The centres to choose from."""

    number: str
    address: str
    first: list[CentreRow]
    others: list[CentreRow]
    near: str
    typed_near: str
    is_far: bool
    nearest_distance: str
    others_near: str
    kept: list[tuple[str, str]]  # fields typed before, as names and values
    asked: list[str]  # codes of questions that the address brought


def centres_page(
    study: Study, *, rows: list[CentreRow], place: SearchForm, typed: QueryDict, asked: list[str]
) -> CentresPage:
    """The page; `typed` holds a form that was filled already, or nothing."""
    typed_near = place.data.get("near", "") if place.place else ""
    keep = (*MessageForm.base_fields, MARK_NAME)
    nearest = next((row for row in rows if row.is_open), None)
    return CentresPage(
        number=study.number,
        address=reverse("contact:write", args=[study.number]),
        first=rows[:AT_ONCE],
        others=rows[AT_ONCE:],
        near=(place.place.name or _("your position")) if place.place else "",
        typed_near=typed_near,
        is_far=is_far(rows),
        nearest_distance=nearest.distance if nearest else "",
        others_near=f"{reverse('find:search')}?{urlencode({'near': typed_near})}" if typed_near else "",
        kept=[(name, value) for name in keep for value in typed.getlist(name)],
        asked=[] if typed else asked,
    )

"""A search as an Atom feed and as JSON: the same search, fifty studies at a time."""

import datetime

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gravida.find.asked import ask
from gravida.find.cards import StudyCard, cards
from gravida.find.models import Study
from gravida.web.frame import absolute

PAGE_SIZE = 50


@require_safe
def atom(request: HttpRequest) -> HttpResponse:
    """The first fifty studies of a search, those without a known place after the others."""
    asked = ask(request, page_size=PAGE_SIZE)
    page = absolute(request, reverse("find:search")) + asked.address()
    feed = Atom1Feed(
        title=_("Studies: %(words)s") % {"words": asked.request.words or _("all")},
        link=page,
        description="",
        language=get_language(),
        feed_url=absolute(request, request.get_full_path()),
        feed_guid=page,
    )
    shown = cards([*asked.result.hits, *asked.result.unplaced_hits])
    updated = dict(
        Study.objects.filter(number__in=[card.number for card in shown]).values_list("number", "updated_on")
    )
    for card in shown:
        address = absolute(request, reverse("find:study", args=[card.number]))
        day = updated.get(card.number)
        feed.add_item(
            title=card.title,
            link=address,
            unique_id=address,
            description=_sentence(card),
            updateddate=datetime.datetime.combine(day, datetime.time(), datetime.UTC) if day else None,
        )
    return HttpResponse(feed.writeString("utf-8"), content_type="application/atom+xml; charset=utf-8")


def _sentence(card: StudyCard) -> str:
    """What a study is, in one line."""
    return " · ".join(
        part for part in (*(badge.text for badge in card.badges), card.place, card.sponsor) if part
    )


@require_safe
def json(request: HttpRequest) -> JsonResponse:
    """A page of a search as data; `next` is absent on the last one."""
    asked = ask(request, page_size=PAGE_SIZE)
    result = asked.result
    errors = {name: [str(error) for error in found] for name, found in asked.form.errors.items()}
    more = asked.page * PAGE_SIZE < result.total
    data = {
        "total": result.total,
        "distance_unknown": result.unplaced_total,
        "page": asked.page,
        "next": absolute(request, request.path + asked.address(page=str(asked.page + 1))) if more else None,
        "errors": errors or None,
        "also_searched": [found.term for found in result.also_searched] or None,
        "is_rebuilding": result.is_rebuilding or None,
        "studies": [_as_data(request, card) for card in cards(result.hits)],
        "studies_distance_unknown": [_as_data(request, card) for card in cards(result.unplaced_hits)],
    }
    return JsonResponse(
        {key: value for key, value in data.items() if value is not None},
        json_dumps_params={"ensure_ascii": False},
    )


def _as_data(request: HttpRequest, card: StudyCard) -> dict[str, object]:
    data: dict[str, object] = {
        "number": card.number,
        "title": card.title,
        "address": absolute(request, reverse("find:study", args=[card.number])),
        "status": card.status,
        "sponsor": card.sponsor,
        "conditions": list(card.conditions),
        "nearest_place": card.place,
        "distance_km": card.distance_km,
    }
    return {key: value for key, value in data.items() if value not in (None, "", [])}

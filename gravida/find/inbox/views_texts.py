"""The ready texts of a centre: listed, written, looked at, taken out of use and put back."""

from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gravida.find.contact.letters import ChangedMeanwhile
from gravida.find.contact.models import Team
from gravida.find.inbox import words
from gravida.find.inbox.actions_texts import NameTaken, change_text, put_back_text, retire_text, write_text
from gravida.find.inbox.forms_texts import ReadyTextForm
from gravida.find.inbox.merge_fields import fill
from gravida.find.inbox.models import ReadyText
from gravida.find.inbox.ready_texts import common_texts, example_values
from gravida.find.inbox.wish import number_in
from gravida.web.people.access import SeeOther, staff_page
from gravida.web.people.permissions import within
from gravida.web.people.request import StaffRequest
from gravida.web.people.roles import Permission

EDIT = Permission.EDIT_TEXTS
GET_AND_POST = ["GET", "HEAD", "POST"]


def _teams(request: StaffRequest) -> QuerySet[Team]:
    return Team.objects.filter(within(request.person, EDIT), gone_since=None).order_by(
        "study", "source", "id"
    )


def _own(request: StaffRequest, number: int) -> ReadyText:
    return get_object_or_404(ReadyText.objects.get_for(request.person, EDIT), pk=number)


@staff_page(EDIT)
@require_safe
def texts(request: StaffRequest) -> HttpResponse:
    """The texts of the person's centres, and those that every centre has."""
    mine = ReadyText.objects.get_for(request.person, EDIT).select_related("changed_by").order_by("name")
    by_team = [
        (team, [text for text in mine if (text.study, text.centre) == (team.study, team.centre)])
        for team in _teams(request)
    ]
    context = {"by_team": by_team, "common": [common_texts(language) for language in ("fr", "en")]}
    return render(request, "inbox/texts.html", context)


@staff_page(EDIT)
@require_http_methods(GET_AND_POST)
def new(request: StaffRequest, team: int) -> HttpResponse:
    """A new text of a centre."""
    of = get_object_or_404(_teams(request), pk=team)
    form = ReadyTextForm(request.POST if request.method == "POST" else None)
    if not form.is_bound or not form.is_valid() or request.POST.get("do") != "save":
        return _page(request, form, of)
    try:
        write_text(
            study=of.study, centre=of.centre, wording=form.wording, by=request.person, at=request.received_at
        )
    except NameTaken:
        return _name_taken(request, form, of)
    return SeeOther(reverse("inbox:texts"))


@staff_page(EDIT)
@require_http_methods(GET_AND_POST)
def change(request: StaffRequest, number: int) -> HttpResponse:
    """Other words for a text; 409 with both where somebody was first."""
    text = _own(request, number)
    of = Team.objects.filter(study=text.study, centre=text.centre).first()
    initial = {"name": text.name, "text_en": text.text_en, "text_fr": text.text_fr}
    form = ReadyTextForm(request.POST if request.method == "POST" else None, initial=initial)
    if not form.is_bound or not form.is_valid() or request.POST.get("do") != "save":
        return _page(request, form, of, text=text)
    try:
        change_text(
            text=text, version=number_in(request.POST.get("version", "")), wording=form.wording,
            by=request.person, at=request.received_at,
        )  # fmt: skip
    except NameTaken:
        return _name_taken(request, form, of, text=text)
    except ChangedMeanwhile:
        text.refresh_from_db()
        return _page(request, form, of, text=text, is_conflict=True, status=409)
    return SeeOther(reverse("inbox:texts"))


@staff_page(EDIT)
@require_POST
def act(request: StaffRequest, number: int, what: str) -> HttpResponse:
    """Take a text out of use, or put it back."""
    acts = {"retire": retire_text, "put-back": put_back_text}
    if what not in acts:
        raise Http404(what)
    text = _own(request, number)
    try:
        acts[what](text=text, by=request.person, at=request.received_at)
    except NameTaken:
        return SeeOther(f"{reverse('inbox:texts')}?name=taken")
    return SeeOther(reverse("inbox:texts"))


def _name_taken(
    request: StaffRequest, form: ReadyTextForm, of: Team | None, *, text: ReadyText | None = None
) -> HttpResponse:
    form.add_error("name", _("Another text of this centre has this name."))
    return _page(request, form, of, text=text, status=400)


def _page(
    request: StaffRequest, form: ReadyTextForm, of: Team | None, *, text: ReadyText | None = None,
    is_conflict: bool = False, status: int = 0,
) -> HttpResponse:  # fmt: skip
    previews = []
    if form.is_bound and form.is_valid():
        languages = (("fr", form.cleaned_data["text_fr"]), ("en", form.cleaned_data["text_en"]))
        previews = [(code, fill(words_, example_values()).text) for code, words_ in languages if words_]
    context = {
        "form": form,
        "team": of,
        "text": text,
        "previews": previews,
        "fields": [(f"{{{name}}}", label) for name, label in words.FIELD.items()],
        "is_conflict": is_conflict,
    }
    return render(request, "inbox/text.html", context, status=status or (400 if form.errors else 200))

"""Signing up: of a study's page, of a search's results, of the page after a message.

No session and no cookie: the form carries a signed mark. Whatever address is typed, the answer is the same.
"""

from dataclasses import dataclass
from datetime import datetime

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from gravida.find.alerts import words
from gravida.find.alerts.actions_sign_up import Wish, ask_for_alert
from gravida.find.alerts.forms import AlertForm
from gravida.find.alerts.stored_search import StoredSearch
from gravida.find.asked import known_parameters, team_languages
from gravida.find.contact.anti_abuse import suspicion
from gravida.find.contact.pages.form_mark import MARK_NAME, TRAP_NAME, new_mark, read_mark
from gravida.find.contact.pages.private import private
from gravida.find.contact.pages.receipts import email_of_receipt
from gravida.find.forms import SearchForm
from gravida.find.models import Study
from gravida.find.search.request import SearchRequest
from gravida.find.site_studies import in_language, site_studies
from gravida.web.network import network_of

# Of the search's address, what does not change which studies it finds.
_ORDER_ONLY = ("sort", "page")


@dataclass(frozen=True, kw_only=True)
class SignUpPage:
    """Everything the page of a sign-up shows beside its form."""

    heading: str
    of_what: str
    of_what_language: str  # empty: the page's own
    back: str
    back_text: str
    address: str
    mark: str
    mark_name: str = MARK_NAME
    trap_name: str = TRAP_NAME


@dataclass(frozen=True, kw_only=True)
class _Asked:
    """What an alert would be for."""

    page: SignUpPage
    study: str = ""
    search: StoredSearch | None = None


_methods = require_http_methods(["GET", "HEAD", "POST"])


@csrf_exempt
@sensitive_post_parameters()
@_methods
def study(request: HttpRequest, number: str) -> HttpResponse:
    """Hear when a study opens or changes."""
    found = Study.objects.numbered(number)
    if found is None:
        raise Http404
    folder = site_studies().get(found.number)
    plain = in_language(folder.title) if folder else ""
    page = SignUpPage(
        heading=_("Hear of this study"),
        of_what=plain or found.title or found.number,
        of_what_language="" if plain else "en",
        back=reverse("find:study", args=[found.number]),
        back_text=_("Back to the study"),
        address=request.path,
        mark=_mark(request),
    )
    return _answer(request, _Asked(page=page, study=found.number))


@csrf_exempt
@sensitive_post_parameters()
@_methods
def search(request: HttpRequest) -> HttpResponse:
    """Hear of what is new for a search: the one that stands in the address."""
    query = known_parameters(request)
    for name in _ORDER_ONLY:
        query.pop(name, None)
    form = SearchForm(query, languages=team_languages())
    form.is_valid()
    asked = form.request(removed=frozenset(query.getlist("x")), as_typed="exact" in query, page=1)
    if form.errors or _is_everything(asked):
        return render(request, "alerts/search_first.html", {"search": _results(query.urlencode())})
    stored = StoredSearch(request=asked, query=query.urlencode())
    page = SignUpPage(
        heading=_("Hear of new studies for this search"),
        of_what=words.described(stored),
        of_what_language="",
        back=_results(stored.query),
        back_text=_("Back to the results"),
        address=f"{request.path}?{stored.query}",
        mark=_mark(request),
    )
    return _answer(request, _Asked(page=page, search=stored))


@require_safe
def asked(request: HttpRequest) -> HttpResponse:
    """After signing up; the same for everybody."""
    return private(render(request, "alerts/asked.html"))


def _is_everything(asked: SearchRequest) -> bool:
    """Whether nothing is asked for: every study of the world would be news."""
    return SearchRequest(sort=asked.sort, page_size=asked.page_size) == asked


def _results(query: str) -> str:
    return f"{reverse('find:search')}?{query}" if query else reverse("find:search")


def _mark(request: HttpRequest) -> str:
    given = request.POST.get(MARK_NAME, "")
    return given if read_mark(given) else new_mark(at=timezone.now())


def _answer(request: HttpRequest, asked: _Asked) -> HttpResponse:
    """The form; or, sent and in order, the wish kept and the page that says so."""
    at = timezone.now()
    is_search = asked.search is not None
    if request.method != "POST":
        # Who has just written to a team has typed her address already.
        receipt = request.GET.get("receipt", "")
        known = {"email": email_of_receipt(receipt, at=at)} if receipt else {}
        shown = _form(request, asked, AlertForm(is_search=is_search, initial=known))
        return private(shown) if receipt else shown
    form = AlertForm(request.POST, is_search=is_search)
    if not form.is_valid():
        return private(_form(request, asked, form))
    if notice := _doubts(request, at=at):
        return private(_form(request, asked, form, notice=notice))
    mark = read_mark(request.POST.get(MARK_NAME, ""))
    wish = Wish(
        email=form.cleaned_data["email"],
        language=(get_language() or "en").split("-")[0],
        frequency=form.cleaned_data["frequency"],
        topics=form.chosen,
        study=asked.study,
        search=asked.search,
    )
    # The mark and what was typed: who goes back and corrects her address asks anew.
    key = f"{mark.key if mark else ''} {wish.email} {wish.study}"
    ask_for_alert(wish=wish, form_key=key, network=network_of(request), at=at)
    return private(redirect("alerts:asked"))


def _doubts(request: HttpRequest, *, at: datetime) -> tuple[str, ...]:
    """What to say where the form looks as if a program had sent it; the same form sent again passes."""
    mark = read_mark(request.POST.get(MARK_NAME, ""))
    found = suspicion(form=mark, honeypot=request.POST.get(TRAP_NAME, ""), at=at)
    if not found:
        return ()
    return (
        _("Nothing was kept yet: this form looked as if a program had sent it, or it has grown too old."),
        _("If you are a person, please wait a few seconds and press the button once more."),
    )


def _form(
    request: HttpRequest, asked: _Asked, form: AlertForm, *, notice: tuple[str, ...] = ()
) -> HttpResponse:
    return render(request, "alerts/sign_up.html", {"page": asked.page, "form": form, "notice": notice})

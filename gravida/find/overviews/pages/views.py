"""How easy was this to understand? Asked in the page, answered without a cookie, thanked for."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from gravida.find.models import Study
from gravida.find.overviews.actions_ratings import is_mark, mark_of, rate
from gravida.find.overviews.pages.forms import RatingForm
from gravida.find.overviews.rated import RATED
from gravida.web.limits import TooMany
from gravida.web.network import network_of

TRAP_NAME = "website"  # a field that people do not see


@csrf_exempt
@sensitive_post_parameters("comment")
@require_http_methods(["GET", "HEAD", "POST"])
def how_easy(request: HttpRequest, number: str) -> HttpResponse:
    """The form of one section on a page of its own; where it is sent from the study's page, too.

    No cookie: the form carries the mark of the day. A foreign page could at most send an answer of its own
    making, limited like any other.
    """
    study = _study(number)
    if request.method != "POST":
        section = request.GET.get("section", "")
        if section not in RATED:
            raise Http404(section)
        return _page(request, study, RatingForm(initial={"section": section}))
    form = RatingForm(request.POST)
    now = timezone.now()
    if not form.is_valid():
        return _page(request, study, form, status=400)
    if not is_mark(request.POST.get("mark", ""), study=study.number, at=now):
        notice = _("This form is from another day. Please look at it once more and send it again.")
        return _page(request, study, form, notice=notice)
    if not request.POST.get(TRAP_NAME, "").strip():
        try:
            rate(
                study=study.number,
                language=_language(),
                answer=form.answer,
                network=network_of(request),
                browser=request.headers.get("user-agent", "")[:300],
                at=now,
            )
        except TooMany as limit:
            notice = _("Too many answers came from your network: please try again later.")
            answer = _page(request, study, form, notice=notice, status=429)
            answer["Retry-After"] = str(limit.retry_after_seconds)
            return answer
    return redirect(f"{reverse('understood:thanks', args=[study.number])}?section={form.answer.section}")


@require_safe
def thanks(request: HttpRequest, number: str) -> HttpResponse:
    """The answer has arrived, and the way back."""
    section = request.GET.get("section", "")
    context = {"study": _study(number), "section": section if section in RATED else ""}
    return render(request, "overviews/thanks.html", context)


def _study(number: str) -> Study:
    study = Study.objects.numbered(number)
    if study is None:
        raise Http404(number)
    return study


def _language() -> str:
    return (get_language() or "en").split("-")[0]


def _page(
    request: HttpRequest, study: Study, form: RatingForm, *, notice: str = "", status: int = 200
) -> HttpResponse:
    mark = mark_of(study.number, timezone.localdate())
    section = str(form["section"].value() or "")
    context = {"study": study, "form": form, "mark": mark, "notice": notice, "section": section}
    answer = render(request, "overviews/how_easy_page.html", context, status=status)
    if request.method == "POST":
        answer["Cache-Control"] = "no-store"
    return answer

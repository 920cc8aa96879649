"""Pages of questions: of a study, of a kind of study, and the list of kinds."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from gravida.find.contact.pages.typed import typed_line
from gravida.find.models import Study
from gravida.find.questions.faq_page import MOST_SIGNS, kind_faq_page, kind_links, study_faq_page
from gravida.find.questions.kinds import KINDS, kind_of


def _typed(request: HttpRequest) -> str:
    return typed_line(request.GET.get("q", ""))[:MOST_SIGNS]


@require_safe
def study_faq(request: HttpRequest, number: str) -> HttpResponse:
    """The questions on a study; `q` keeps those that hold its words."""
    study = Study.objects.numbered(number)
    if study is None:
        raise Http404
    if number != study.number:
        return redirect("questions:study", number=study.number, permanent=True)
    kind = kind_of(study.record)
    if not kind:
        return redirect("questions:kinds")
    page = study_faq_page(study, kind=kind, typed=_typed(request), request=request)
    return render(request, "questions/faq.html", {"page": page})


@require_safe
def kind_faq(request: HttpRequest, kind: str) -> HttpResponse:
    """The questions on a kind of study."""
    if kind not in KINDS:
        raise Http404
    page = kind_faq_page(kind, typed=_typed(request), request=request)
    return render(request, "questions/faq.html", {"page": page})


@require_safe
def kinds(request: HttpRequest) -> HttpResponse:
    """The kinds of study, each leading to its questions."""
    return render(request, "questions/kinds.html", {"kinds": kind_links()})

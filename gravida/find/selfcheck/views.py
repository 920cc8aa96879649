"""The self-check on its own page; answers come by POST, are judged, and are kept by nobody."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from gravida.find.contact.pages.card import contact_card
from gravida.find.contact.pages.private import private
from gravida.find.models import Study
from gravida.find.selfcheck.form import given_in
from gravida.find.selfcheck.page import self_check_page
from gravida.find.selfcheck.rules import has_self_check
from gravida.find.site_studies import site_studies


# No cookie, no session and nothing kept: a foreign page that posts here gets nothing and changes nothing.
@csrf_exempt
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest, number: str) -> HttpResponse:
    """The form; by POST what the answers come to. A study without structured criteria has no such page."""
    folder = site_studies().get(number.upper())
    study = Study.objects.numbered(number)
    if folder is None or study is None or not has_self_check(folder):
        raise Http404
    if number != study.number:
        return redirect("selfcheck:page", number=study.number, permanent=True)
    card = contact_card(study, near=None, typed_near="", at=timezone.now())
    given = given_in(request.POST, folder.criteria) if request.method == "POST" else None
    shown = self_check_page(folder, given=given, can_write=bool(card.write))
    answer = render(request, "selfcheck/page.html", {"page": shown, "card": card})
    return private(answer) if given is not None else answer

"""The private page of a message: asks for the code, then shows each step and takes each wish.

GET changes nothing. The page stays open for half an hour by a cookie of its own; each of its forms carries a
mark that only the opened page has.
What is typed into a page that has closed meanwhile is kept and shown again.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from gravida.find.contact import actions_person, reads
from gravida.find.contact.letters import ChangedMeanwhile, FormClosed, WrongCode
from gravida.find.contact.models import Access, Team
from gravida.find.contact.pages import opened, when
from gravida.find.contact.pages.download import as_json, as_text
from gravida.find.contact.pages.form_mark import is_private_mark, private_mark
from gravida.find.contact.pages.forms import AddForm, CodeForm, DetailsForm
from gravida.find.contact.pages.private import private
from gravida.find.contact.pages.private_page import erased_page, initial_details, private_page
from gravida.find.contact.pages.views_write import details_of
from gravida.find.contact.states import IllegalStep
from gravida.web.limits import TooMany
from gravida.web.network import network_of

# In the address after the code: whoever is asked for it once more refuses cookies.
JUST_OPENED = "open"
# Fields that a closed page keeps until its code has been typed again.
KEPT = (*AddForm.base_fields, *DetailsForm.base_fields)
# The part of the page where a form stands: what is in its way is said there, not out of sight above.
AT = {"add": "messages", "change": "details"}


@dataclass
class Wish:
    """One sending of the private page: who, what, when; and what the page has to say afterwards."""

    request: HttpRequest
    token: str
    access: Access
    at: datetime
    notices: list[str] = field(default_factory=list)
    trouble: list[str] = field(default_factory=list)
    add_form: AddForm | None = None
    details_form: DetailsForm | None = None

    @property
    def version(self) -> int:
        """The version of the message that the page showed; 0 where it says none."""
        typed = self.request.POST.get("version", "")
        return int(typed) if typed.isdecimal() and len(typed) < 9 else 0

    @property
    def network(self) -> str:
        """Where it comes from, for the limits."""
        return network_of(self.request)


@csrf_exempt
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def status(request: HttpRequest, token: str) -> HttpResponse:
    """The private page where this browser has opened it, else the question for its code."""
    now = timezone.now()
    found = opened.key_of(request, token=token)
    if request.method != "POST":
        return _page(Wish(request, token, found, now)) if found else _asked_again(request)
    do = request.POST.get("do", "")
    if do == "open":
        return _open(request, token, at=now)
    if found is None or not is_private_mark(request.POST.get("mark", ""), token=token):
        if do == "new_code":
            return _new_code(request, token, at=now)
        notice = _(
            "This page has closed meanwhile, to keep it private. Nothing was changed. What you "
            "typed is kept: type your code to go on."
        )
        return ask_code(request, notice=notice, is_closed=True)
    return _do(do, Wish(request, token, found, now))


def _asked_again(request: HttpRequest) -> HttpResponse:
    """The question for the code; it says what helps a browser that refuses what keeps the page open."""
    if JUST_OPENED not in request.GET:
        return ask_code(request)
    notice = _(
        "Please type your code once more. If this question comes back at once, your browser refuses the one "
        "cookie that keeps the page open for half an hour: please allow cookies for this site."
    )
    return ask_code(request, notice=notice)


def ask_code(
    request: HttpRequest, *, notice: str = "", form: CodeForm | None = None, is_closed: bool = False
) -> HttpResponse:
    """The question for the code: the same for every address."""
    kept = [(name, value) for name in KEPT for value in request.POST.getlist(name)]
    context = {"form": form or CodeForm(), "notice": notice, "kept": kept, "is_closed": is_closed}
    return private(render(request, "contact/code.html", context))


def _open(request: HttpRequest, token: str, *, at: datetime) -> HttpResponse:
    """The page where address and code fit; one answer for everything else."""
    form = CodeForm(request.POST)
    if not form.is_valid():
        return ask_code(request, form=form)
    try:
        access = actions_person.open_page(
            token=token, code=form.cleaned_data["code"], network=network_of(request), at=at
        )
    except WrongCode:
        form.add_error(
            "code",
            _("Address and code do not fit, or the message is no longer kept. Please look at each sign."),
        )
        return ask_code(request, form=form)
    except TooMany as limit:
        notice = _("Too many codes were tried. Please try again in %(wait)s.") % {
            "wait": when.wait(limit.retry_after_seconds)
        }
        answer = ask_code(request, notice=notice)
        answer.status_code = 429
        answer["Retry-After"] = str(limit.retry_after_seconds)
        return answer
    reads.read_by_her(access.request, at=at)
    if any(name in request.POST for name in KEPT):
        return _with_kept(Wish(request, token, access, at))
    answer = redirect(f"{reverse('contact:status', args=[token])}?{JUST_OPENED}")
    answer.status_code = 303
    opened.keep_open(answer, access, token=token)
    return private(answer)


def _with_kept(wish: Wish) -> HttpResponse:
    """The page with what had been typed before it closed."""
    typed = wish.request.POST
    wish.notices.append(_("What you had typed is below. Nothing of it was sent yet."))
    if "first_name" in typed:
        wish.details_form = DetailsForm(typed)
    else:
        wish.add_form = AddForm(initial={"message": typed.get("message", "")})
    return _page(wish)


def _new_code(request: HttpRequest, token: str, *, at: datetime) -> HttpResponse:
    """A new code by mail; the answer is the same whether or not there is anything behind the address."""
    notice = _("If this address belongs to a message with an e-mail address, a new code is on its way there.")
    try:
        actions_person.new_code_by_mail(token=token, network=network_of(request), at=at)
    except TooMany as limit:
        notice = _("A new code was asked for too often. Please try again in %(wait)s.") % {
            "wait": when.wait(limit.retry_after_seconds)
        }
    return ask_code(request, notice=notice)


def _page(wish: Wish, *, status_code: int = 200) -> HttpResponse:
    """The page as it stands now."""
    page = private_page(
        reads.status_page(wish.access, at=wish.at),
        mark=private_mark(wish.token),
        notices=wish.notices,
        trouble=wish.trouble,
        typed=wish.request.POST if wish.details_form else None,
        at=wish.at,
    )
    context = {
        "page": page,
        "add_form": wish.add_form or AddForm(),
        "trouble_at": AT.get(wish.request.POST.get("do", ""), ""),
        "details_form": wish.details_form or DetailsForm(initial=initial_details(page.source)),
    }
    answer = render(wish.request, "contact/status.html", context, status=status_code)
    opened.keep_open(answer, wish.access, token=wish.token)
    return private(answer)


def _do(do: str, wish: Wish) -> HttpResponse:
    """One act; what stands in its way is said on the page, beside everything typed."""
    act = ACTS.get(do)
    if act is None:
        return _page(wish)
    try:
        return act(wish)
    except ChangedMeanwhile:
        wish.access.request.refresh_from_db()
        wish.trouble += [
            _(
                "Something has changed since you opened this page. What you see now is new; what "
                "you typed is kept."
            ),
            _("Please look, and press the button again if you still wish it."),
        ]
        return _page(wish, status_code=409)
    except TooMany as limit:
        wish.trouble.append(
            _("That was often within a short time. Please try again in %(wait)s; what you typed is kept.")
            % {"wait": when.wait(limit.retry_after_seconds)}
        )
        return _page(wish, status_code=429)
    except (IllegalStep, WrongCode):
        wish.trouble.append(
            _("This is not possible any more at this point. The page shows where things stand now.")
        )
        return _page(wish, status_code=409)


def _again(wish: Wish, *, part: str = "") -> HttpResponse:
    """The page anew, so that reloading it does nothing again."""
    answer = redirect(reverse("contact:status", args=[wish.token]) + part)
    answer.status_code = 303
    opened.keep_open(answer, wish.access, token=wish.token)
    return private(answer)


def _add(wish: Wish) -> HttpResponse:
    wish.add_form = AddForm(wish.request.POST)
    if not wish.add_form.is_valid():
        return _page(wish)
    actions_person.add_message(
        access=wish.access,
        text=wish.add_form.cleaned_data["message"],
        idempotency_key=wish.request.POST.get("key", "")[:100],
        network=wish.network,
        at=wish.at,
    )
    return _again(wish, part="#messages")


def _change(wish: Wish) -> HttpResponse:
    wish.details_form = DetailsForm(wish.request.POST)
    if not wish.details_form.is_valid():
        return _page(wish)
    details = details_of(wish.details_form.cleaned_data)
    actions_person.change_details(access=wish.access, version=wish.version, details=details, at=wish.at)
    return _again(wish, part="#details")


def _called(wish: Wish) -> HttpResponse:
    actions_person.say_they_called(access=wish.access, at=wish.at)
    wish.notices.append(_("Thank you. It helps to know how soon people are called."))
    return _page(wish)


def _not_called(wish: Wish) -> HttpResponse:
    actions_person.say_nobody_called(access=wish.access, at=wish.at)
    wish.notices.append(_("Thank you for telling us. The team is reminded, and told that you are waiting."))
    return _page(wish)


def _move(wish: Wish) -> HttpResponse:
    key = wish.request.POST.get("centre", "")
    team = Team.objects.of(wish.access.request.study).filter(centre=key).first()
    try:
        if team is not None:
            actions_person.write_to_other_centre(
                access=wish.access, version=wish.version, team=team, at=wish.at
            )
            return _again(wish)
    except FormClosed:
        wish.trouble.append(_("That centre has just closed its form. Your message stays where it is."))
        return _page(wish, status_code=409)
    wish.trouble.append(_("Please choose a centre."))
    return _page(wish)


def _mail_copy(wish: Wish) -> HttpResponse:
    if actions_person.mail_full_copy(access=wish.access, at=wish.at):
        wish.notices.append(_("The full text is on its way to your e-mail address."))
    else:
        wish.trouble.append(
            _(
                "There is no confirmed e-mail address to send it to. Confirm yours by the link in "
                "our mail first."
            )
        )
    return _page(wish)


def _new_code_inside(wish: Wish) -> HttpResponse:
    actions_person.new_code_by_mail(token=wish.token, network=wish.network, at=wish.at)
    wish.notices.append(_("A new code is on its way to your e-mail address."))
    return _page(wish)


def _confirm_again(wish: Wish) -> HttpResponse:
    if actions_person.confirm_again(access=wish.access, at=wish.at):
        wish.notices.append(_("A new link is on its way to your e-mail address."))
    return _page(wish)


def _download_text(wish: Wish) -> HttpResponse:
    return private(as_text(actions_person.download(access=wish.access, at=wish.at)))


def _download_json(wish: Wish) -> HttpResponse:
    return private(as_json(actions_person.download(access=wish.access, at=wish.at)))


def _withdraw(wish: Wish) -> HttpResponse:
    erased = erased_page(reads.status_page(wish.access, at=wish.at))
    actions_person.withdraw(access=wish.access, at=wish.at)
    answer = render(wish.request, "contact/withdrawn.html", {"page": erased})
    opened.close(answer, token=wish.token)
    return private(answer)


def _leave(wish: Wish) -> HttpResponse:
    answer = redirect("contact:left")
    answer.status_code = 303
    opened.close(answer, token=wish.token)
    return private(answer)


ACTS: dict[str, Callable[[Wish], HttpResponse]] = {
    "add": _add,
    "change": _change,
    "called": _called,
    "not_called": _not_called,
    "move": _move,
    "mail_copy": _mail_copy,
    "new_code": _new_code_inside,
    "confirm_again": _confirm_again,
    "download_text": _download_text,
    "download_json": _download_json,
    "withdraw": _withdraw,
    "leave": _leave,
}

"""What the frame of every page needs: this page's address in each language, and its canonical one."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import translate_url
from django.utils.translation import get_language


@dataclass(frozen=True, kw_only=True)
class LanguageOfPage:
    """This page in one language."""

    code: str
    name: str  # in that language
    address: str  # with the query, for the reader's switch
    absolute: str  # without the query, for search engines


@dataclass(frozen=True, kw_only=True)
class Frame:
    """Addresses of a page, absolute ones with scheme and host."""

    canonical: str = ""
    default: str = ""  # the address that answers in the visitor's own language
    languages: tuple[LanguageOfPage, ...] = ()
    language: str = "en"  # the page's own


NAMES = {"en": "English", "fr": "Français"}


def absolute(request: HttpRequest, path: str) -> str:
    """`path` with scheme and host: the configured base address, else the request's own."""
    return settings.BASE_URL + path if settings.BASE_URL else request.build_absolute_uri(path)


def page_frame(request: HttpRequest) -> dict[str, Any]:
    """Context of every template: `frame`. A page that does not exist has no other addresses."""
    if request.resolver_match is None:
        return {"frame": Frame(language=_language())}
    languages = tuple(
        LanguageOfPage(
            code=code,
            name=NAMES.get(code, code),
            address=translate_url(request.get_full_path(), code),
            absolute=absolute(request, translate_url(request.path, code)),
        )
        for code, _ in settings.LANGUAGES
    )
    here = next((page.absolute for page in languages if page.code == _language()), "")
    default = absolute(request, _without_language(request.path))
    return {"frame": Frame(canonical=here, default=default, languages=languages, language=_language())}


def _language() -> str:
    """The page's language, as `en`."""
    return (get_language() or settings.LANGUAGE_CODE).split("-")[0]


def _without_language(path: str) -> str:
    """`/fr/studies/` as `/studies/`, which answers in the visitor's language."""
    for code, _ in settings.LANGUAGES:
        if path.startswith(f"/{code}/"):
            return path[len(code) + 1 :]
    return path

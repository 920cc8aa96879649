"""Every address: the public ones, and the staff's, which another process may serve (GRAVIDA_PARTS).

An address without a language (`/studies/`) answers in the visitor's own; `/en/` and `/fr/` before it fix one.
Links are written with the language, so that a shared page stays what it was.
"""

from collections.abc import Collection

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.contrib.sitemaps.views import index as sitemap_index
from django.contrib.sitemaps.views import sitemap
from django.urls import URLPattern, URLResolver, include, path

from gravida.find.sitemap import SITEMAPS
from gravida.web import views

public: list[URLPattern | URLResolver] = [
    path("", include("gravida.find.urls")),
    path("", include("gravida.find.glossary.urls")),
    path("", include("gravida.find.compare.urls")),
    path("", include("gravida.find.sheet.urls")),
    path("", include("gravida.find.contact.pages.urls")),
    path("", include("gravida.find.alerts.pages.urls")),
    path("", include("gravida.find.overviews.pages.urls")),
    path("", include("gravida.find.selfcheck.urls")),
    path("", include("gravida.find.questions.urls")),
    path("", include("gravida.find.notes.pages.urls")),
]
if settings.DEBUG:
    public.append(path("styleguide/", views.style_guide, name="style_guide"))

crawlers: list[URLPattern | URLResolver] = [
    path("robots.txt", views.robots, name="robots"),
    path(
        "sitemap.xml",
        sitemap_index,
        {"sitemaps": SITEMAPS, "sitemap_url_name": "sitemap"},
        name="sitemap_index",
    ),
    path("sitemap-<section>.xml", sitemap, {"sitemaps": SITEMAPS}, name="sitemap"),
]

# Addresses that stand in one form only, so that a link says nothing, not even whose language it was made in.
language_free: list[URLPattern | URLResolver] = [path("n/", include("gravida.find.notes.pages.urls_sealed"))]


def addresses(parts: Collection[str]) -> list[URLPattern | URLResolver]:
    """The addresses of these parts, `public` and `staff`; a part that is not served is not even loaded."""
    found: list[URLPattern | URLResolver] = []
    if "public" in parts:
        found += [*crawlers, *language_free, *i18n_patterns(*public, prefix_default_language=True), *public]
    if "staff" in parts:
        from gravida.staff_urls import staff  # noqa: PLC0415

        found += [*i18n_patterns(*staff, prefix_default_language=True), *staff]
    return found


urlpatterns = addresses(settings.PARTS)

handler400 = views.bad_request
handler403 = views.forbidden
handler404 = views.not_found
handler500 = views.server_error

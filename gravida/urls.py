"""The public addresses.

An address without a language (`/studies/`) answers in the visitor's own; `/en/` and `/fr/` before it fix one.
Links are written with the language, so that a shared page stays what it was.
"""

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.contrib.sitemaps.views import index as sitemap_index
from django.contrib.sitemaps.views import sitemap
from django.urls import URLPattern, URLResolver, include, path

from gravida.find.sitemap import SITEMAPS
from gravida.web import views

public: list[URLPattern | URLResolver] = [
    path("", include("gravida.find.urls")),
    path("", include("gravida.find.contact.pages.urls")),
]
if settings.DEBUG:
    public.append(path("styleguide/", views.style_guide, name="style_guide"))

urlpatterns: list[URLPattern | URLResolver] = [
    path("robots.txt", views.robots, name="robots"),
    path(
        "sitemap.xml",
        sitemap_index,
        {"sitemaps": SITEMAPS, "sitemap_url_name": "sitemap"},
        name="sitemap_index",
    ),
    path("sitemap-<section>.xml", sitemap, {"sitemaps": SITEMAPS}, name="sitemap"),
    *i18n_patterns(*public, prefix_default_language=True),
    *public,
]

handler400 = views.bad_request
handler403 = views.forbidden
handler404 = views.not_found
handler500 = views.server_error

"""The addresses of the staff's part, all below /staff/. Each part of Gravida adds its own line."""

from django.urls import URLPattern, URLResolver, include, path

staff: list[URLPattern | URLResolver] = [
    path("staff/", include("gravida.web.people.urls")),
    path("staff/", include("gravida.web.mail.urls")),
    path("staff/", include("gravida.find.inbox.urls")),
    path("staff/", include("gravida.find.overviews.urls")),
]

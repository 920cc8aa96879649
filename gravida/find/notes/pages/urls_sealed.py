"""Addresses below /n/, the same in every language: a shared link says nothing, not even which one."""

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from gravida.find.notes.pages import views_open, views_owner
from gravida.find.notes.sealing import TOKEN_SIGNS


class LinkTokenConverter(StringConverter):
    """The token of a shared link."""

    regex = f"[A-Za-z0-9_-]{{{TOKEN_SIGNS}}}"


register_converter(LinkTokenConverter, "linktoken")

app_name = "sealed"
urlpatterns = [
    path("owner", views_owner.owner, name="owner"),
    path("report", views_open.report, name="report"),
    path("<linktoken:token>", views_open.open_link, name="open"),
    # Some programs write a slash behind every address.
    path("<linktoken:token>/", views_open.open_link),
]

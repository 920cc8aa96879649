"""Addresses of getting in touch; mails link to `status`, `confirm`, `acknowledge` and `not_recruiting`.

No address but `write` names a study: what reaches a mailbox or a history says nothing.
"""

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from gravida.find.contact.pages import views


class TokenConverter(StringConverter):
    """An unguessable part of an address, as `gravida.web.tokens` makes them."""

    regex = "[A-Za-z0-9_-]{20,100}"


register_converter(TokenConverter, "token")

app_name = "contact"
urlpatterns = [
    path("studies/<number:number>/contact/", views.write, name="write"),
    path("message/<token:token>/", views.status, name="status"),
    path("message/<token:token>/sent/", views.sent, name="sent"),
    path("message/<token:token>/confirm/", views.confirm, name="confirm"),
    path("message/<token:token>/received/", views.acknowledge, name="acknowledge"),
    path("message/<token:token>/not-recruiting/", views.not_recruiting, name="not_recruiting"),
]

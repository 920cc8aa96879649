"""Addresses of getting in touch; mails link to `status`, `confirm`, `acknowledge` and `not_recruiting`.

No address but `write` and `portrait` names a study: what reaches a mailbox or a history says nothing.
"""

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from gravida.find.contact.pages import views_links, views_portrait, views_private, views_write


class TokenConverter(StringConverter):
    """An unguessable part of an address, as `gravida.web.tokens` makes them."""

    regex = "[A-Za-z0-9_-]{20,100}"


register_converter(TokenConverter, "token")

app_name = "contact"
urlpatterns = [
    path("studies/<number:number>/contact/", views_write.write, name="write"),
    path("studies/<number:number>/contact/<int:address>/portrait/", views_portrait.portrait, name="portrait"),
    path("message/left/", views_links.left, name="left"),
    path("message/<token:token>/", views_private.status, name="status"),
    path("message/<token:token>/sent/", views_write.sent, name="sent"),
    path("message/<token:token>/confirm/", views_links.confirm, name="confirm"),
    path("message/<token:token>/received/", views_links.acknowledge, name="acknowledge"),
    path("message/<token:token>/not-recruiting/", views_links.not_recruiting, name="not_recruiting"),
]

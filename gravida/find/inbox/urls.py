"""Addresses of the inbox, all below /staff/: messages, centres, ready texts."""

from django.urls import path, register_converter

from gravida.find.inbox import (
    views_answer,
    views_bulk,
    views_card,
    views_centres,
    views_export,
    views_list,
    views_texts,
)


class Reference:
    """A message's reference in an address, as G-7K2Q."""

    regex = "G(?:-[0-9A-Z]{4}){1,2}"

    def to_python(self, value: str) -> str:
        """As it stands."""
        return value

    def to_url(self, value: str) -> str:
        """As it stands."""
        return value


register_converter(Reference, "reference")

app_name = "inbox"
urlpatterns = [
    path("messages/", views_list.messages, name="list"),
    path("messages/several/", views_bulk.several, name="several"),
    path("messages/export/", views_export.take_out, name="export"),
    path("messages/export/<int:number>/deleted/", views_export.deleted, name="export_deleted"),
    path("messages/<reference:reference>/", views_card.message, name="message"),
    path("messages/<reference:reference>/do/<slug:act>/", views_card.do, name="do"),
    path("messages/<reference:reference>/sure/<slug:act>/", views_card.sure, name="sure"),
    path("messages/<reference:reference>/answer/", views_answer.answer, name="answer"),
    path("messages/<reference:reference>/not-possible/", views_answer.not_possible, name="not_possible"),
    path("messages/<reference:reference>/offer/", views_answer.offer, name="offer"),
    path("centres/", views_centres.centres, name="centres"),
    path("centres/addresses/", views_centres.addresses, name="addresses"),
    path("centres/addresses/<int:number>/<slug:what>/", views_centres.decide, name="decide"),
    path("centres/<int:number>/", views_centres.centre, name="centre"),
    path("centres/<int:number>/close/", views_centres.sure, name="centre_sure"),
    path("centres/<int:number>/do/<slug:what>/", views_centres.act, name="centre_do"),
    path("texts/", views_texts.texts, name="texts"),
    path("texts/new/<int:team>/", views_texts.new, name="text_new"),
    path("texts/<int:number>/", views_texts.change, name="text"),
    path("texts/<int:number>/<slug:what>/", views_texts.act, name="text_do"),
]

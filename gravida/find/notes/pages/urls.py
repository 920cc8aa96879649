"""Addresses of notes in the reader's language: what happens to them, and making a link."""

from django.urls import path

from gravida.find.notes.pages import views_share

app_name = "notes"
urlpatterns = [
    path("notes/", views_share.about, name="about"),
    path("notes/share/", views_share.share, name="share"),
]

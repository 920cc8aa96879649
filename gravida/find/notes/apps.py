"""Private notes as a Django application."""

from django.apps import AppConfig


class NotesConfig(AppConfig):
    name = "gravida.find.notes"
    label = "notes"

"""Getting in touch as a Django application."""

from django.apps import AppConfig


class ContactConfig(AppConfig):
    name = "gravida.find.contact"
    label = "contact"

"""Staff as a Django application."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "gravida.web.people"
    label = "people"

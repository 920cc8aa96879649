"""FIND as a Django application."""

from django.apps import AppConfig


class FindConfig(AppConfig):
    name = "gravida.find"
    label = "find"

"""The shared pages as a Django application."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "gravida.web"
    label = "web"

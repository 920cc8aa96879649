"""Alerts as a Django application."""

from django.apps import AppConfig


class AlertsConfig(AppConfig):
    name = "gravida.find.alerts"
    label = "alerts"

    def ready(self) -> None:
        """Hear of mails that fail."""
        from gravida.find.alerts.failures import listen  # noqa: PLC0415 - models are there only now

        listen()

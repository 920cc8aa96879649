"""Getting in touch as a Django application."""

from django.apps import AppConfig


class ContactConfig(AppConfig):
    name = "gravida.find.contact"
    label = "contact"

    def ready(self) -> None:
        """Hear of mails that fail."""
        from gravida.find.contact.failures import listen  # noqa: PLC0415 - models are there only now

        listen()

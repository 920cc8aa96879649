"""How Django names this part."""

from django.apps import AppConfig


class InboxConfig(AppConfig):
    """The team's inbox."""

    name = "gravida.find.inbox"
    label = "inbox"

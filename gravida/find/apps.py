"""FIND as a Django application."""

from django.apps import AppConfig


class FindConfig(AppConfig):
    name = "gravida.find"
    label = "find"

    def ready(self) -> None:
        """No mail may name a study of this site: who sees it would know why somebody wrote."""
        from gravida.find.site_studies import names_of_site_studies  # noqa: PLC0415 - settings are there only now
        from gravida.web.mail.neutral import forbid  # noqa: PLC0415

        forbid(names_of_site_studies())

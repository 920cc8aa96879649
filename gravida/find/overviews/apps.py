"""How Django names this part."""

from django.apps import AppConfig


class OverviewsConfig(AppConfig):
    """Plain-language overviews of studies."""

    name = "gravida.find.overviews"
    label = "overviews"

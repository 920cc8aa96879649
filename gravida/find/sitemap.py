"""The sitemap: the start page and every listed study, in every language."""

from datetime import date

from django.contrib.sitemaps import Sitemap
from django.db.models import QuerySet
from django.urls import reverse

from gravida.find.models import Study


class StartSitemap(Sitemap):  # type: ignore[type-arg]  # generic in its types only
    """The pages that are not studies."""

    i18n = True
    alternates = True

    def items(self) -> list[str]:
        return ["find:home", "find:search", "glossary:page", "questions:kinds"]

    def location(self, item: str) -> str:
        return reverse(item)


class StudySitemap(Sitemap):  # type: ignore[type-arg]  # generic in its types only
    """Every study that the registry lists."""

    i18n = True
    alternates = True
    limit = 5000

    def items(self) -> QuerySet[Study]:
        return Study.objects.listed().order_by("number").only("number", "updated_on")

    def location(self, item: Study) -> str:
        return reverse("find:study", args=[item.number])

    def lastmod(self, item: Study) -> date | None:
        return item.updated_on


SITEMAPS = {"start": StartSitemap, "studies": StudySitemap}

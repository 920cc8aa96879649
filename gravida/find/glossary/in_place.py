"""Definitions in place: the words of a text that the glossary explains, marked as links to their entries."""

from django.urls import reverse
from django.utils.safestring import SafeData, SafeString, mark_safe

from gravida.find.glossary.marking import Marker
from gravida.find.glossary.site_glossary import finders_of


def with_definitions(
    text_or_html: str,
    *,
    language: str,
    seen: set[str],
    used: dict[str, None] | None = None,
    study: str = "",
) -> SafeString:
    """The text with the first mention of each term marked as <dfn>; a plain text is escaped.

    `language` is that of the text; inside HTML an attribute `lang` says otherwise. `seen` holds the terms
    that this section has explained already, and takes up those marked now; each <section> and each
    <details> inside is one of its own. `used` takes up every term marked. `study` adds the entries of
    that study's folder.
    """
    page = reverse("glossary:page")
    marker = Marker(
        finders=finders_of(study),
        language=language.partition("-")[0],
        address=lambda key: f"{page}#{key}",
        seen=seen,
        used={} if used is None else used,
    )
    is_html = isinstance(text_or_html, SafeData)
    marked = marker.markup(text_or_html) if is_html else marker.text(text_or_html)
    return mark_safe(marked)  # noqa: S308 - Marker escapes every text, and tags come from our templates only

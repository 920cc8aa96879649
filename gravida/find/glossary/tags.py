"""Template tags: explain the words of a part of a page, and show what was explained."""

from typing import Any, cast

from django import template
from django.http import HttpRequest
from django.template.base import FilterExpression, Node, NodeList, Parser, Token
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from gravida.find.glossary.in_place import with_definitions
from gravida.find.glossary.site_glossary import glossary_of

register = template.Library()
_USED = "_words_explained"  # on the request: the terms of this page, by key


class ExplainWords(Node):
    """A part of a page whose words are explained."""

    def __init__(self, inside: NodeList, study: FilterExpression | None) -> None:
        self.inside = inside
        self.study = study

    def render(self, context: template.Context) -> SafeString:
        """What stands inside, with the first mention of each term in each section marked."""
        markup = self.inside.render(context)
        return with_definitions(
            mark_safe(markup),  # noqa: S308 - rendered by a template: its values are escaped
            language=get_language() or "en",
            seen=set(),
            used=_used(context),
            study=str(self.study.resolve(context)) if self.study else "",
        )


@register.tag
def explain_words(parser: Parser, token: Token) -> ExplainWords:
    """`{% explain_words [registry number] %} ... {% end_explain_words %}`."""
    _name, *arguments = token.split_contents()
    if len(arguments) > 1:
        raise template.TemplateSyntaxError("explain_words takes a registry number or nothing")
    inside = parser.parse(("end_explain_words",))
    parser.delete_first_token()
    return ExplainWords(inside, parser.compile_filter(arguments[0]) if arguments else None)


@register.inclusion_tag("glossary/definitions.html", takes_context=True)
def definitions(context: template.Context, study: str = "") -> dict[str, Any]:
    """The definitions of the terms marked so far on this page, for its script to show beside them."""
    glossary = glossary_of(study)
    language = get_language() or "en"
    return {
        "definitions": [
            {"key": key, "wording": glossary.entries[key].in_language(language)} for key in _used(context)
        ]
    }


@register.inclusion_tag("glossary/switch.html")
def words_switch() -> dict[str, Any]:
    """The switch that puts explanations on and off; it shows itself where scripts run."""
    return {}


def _used(context: template.Context) -> dict[str, None]:
    """The terms marked on this page so far: kept on its request, for a part included alone has it too."""
    request = cast("HttpRequest | None", getattr(context, "request", None))
    if request is None:
        return {}
    if not hasattr(request, _USED):
        setattr(request, _USED, {})
    return cast(dict[str, None], getattr(request, _USED))

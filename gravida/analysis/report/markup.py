"""HTML and SVG as escaped text: what is not markup already is escaped, always."""

import re
from html import escape

Child = "Markup | str | None"
_VOID = frozenset({"br", "hr", "img", "meta", "link", "col"})
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9:-]*")


class Markup(str):
    """Text that is markup and is not escaped again."""

    __slots__ = ()


def el(name: str, /, *children: "Markup | str | None", **attributes: "str | float | bool | None") -> Markup:
    """An element with its attributes and children; None is left out. `class_` is class, `_` is a hyphen.

    ValueError for a name that is none.
    """
    if not _NAME.fullmatch(name):
        raise ValueError(f"element {name!r}: wanted a name")
    told = "".join(_attribute(key, value) for key, value in attributes.items())
    if name in _VOID:
        return Markup(f"<{name}{told}>")
    return Markup(f"<{name}{told}>{join(*children)}</{name}>")


def join(*children: "Markup | str | None") -> Markup:
    """Children one after the other."""
    return Markup("".join(_child(child) for child in children))


def _child(child: "Markup | str | None") -> str:
    if child is None:
        return ""
    return str(child) if isinstance(child, Markup) else escape(child, quote=False)


def _attribute(key: str, value: "str | float | bool | None") -> str:
    if value is None or value is False:
        return ""
    name = key.rstrip("_").replace("_", "-")
    if name == "viewbox":
        name = "viewBox"
    if value is True:
        return f" {name}"
    text = f"{value:.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)
    return f' {name}="{escape(text)}"'

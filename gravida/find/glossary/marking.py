"""A text with the first mention of each glossary term marked, everything else escaped or kept as it was.

Pure: no Django, no network, no database. Linear in the length of the text.
"""

import html
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from gravida.find.glossary.finder import Finder

TAG = re.compile(r"(/?)([a-zA-Z][a-zA-Z0-9]*)")
LANG = re.compile(r"""\slang=["']([a-zA-Z]{2})""")
# What holds no text to explain: it acts, it heads, or it is shown letter for letter.
UNTOUCHED = frozenset(
    {
        "a", "button", "h1", "h2", "h3", "h4", "h5", "h6", "summary", "label", "legend", "form", "nav", "dfn",
        "abbr", "pre", "code", "kbd", "script", "style", "textarea", "select", "option", "title", "svg",
        "math", "template", "noscript", "figcaption",
    }
)  # fmt: skip
# A folded answer is read by itself.
SECTIONS = frozenset({"section", "details"})
WITHOUT_END = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
)


@dataclass(kw_only=True)
class _Open:
    """An element that is open: its name, the language inside and whether its text may be marked."""

    name: str
    language: str
    is_untouched: bool
    seen_before: set[str] | None = None  # of the section around, to go on with after this one


@dataclass(kw_only=True)
class Marker:
    """Marks terms; remembers what it has marked.

    `seen` holds the keys that this section has explained already: each is marked once. Each <section> and
    each <details> is a section of its own. `used` gathers the keys of every mark.
    """

    finders: Mapping[str, Finder]
    language: str
    address: Callable[[str], str]  # where the entry of a key stands
    seen: set[str] = field(default_factory=set)
    used: dict[str, None] = field(default_factory=dict)  # in the order of the text
    _open: list[_Open] = field(default_factory=list)
    _open_names: dict[str, int] = field(default_factory=dict)

    def text(self, text: str) -> str:
        """Plain text as HTML: everything escaped, terms marked."""
        return self._marked(text, self.language)

    def markup(self, markup: str) -> str:
        """HTML of our own making, every value in it escaped: its tags as they are, terms marked."""
        first, *others = markup.split("<")
        parts = [self._inside(first)]
        for piece in others:
            tag, end, text = piece.partition(">")
            self._tag(tag)
            parts += ["<", tag, end, self._inside(text)]
        return "".join(parts)

    def _tag(self, tag: str) -> None:
        named = TAG.match(tag)
        if not named:
            return
        name = named[2].lower()
        if named[1]:
            self._close(name)
        elif name not in WITHOUT_END and not tag.endswith("/"):
            self._enter(name, tag)

    def _inside(self, escaped: str) -> str:
        """A text between two tags."""
        inside = self._open[-1] if self._open else None
        if not escaped or (inside and inside.is_untouched):
            return escaped
        return self._marked(html.unescape(escaped), inside.language if inside else self.language)

    def _enter(self, name: str, tag: str) -> None:
        around = self._open[-1] if self._open else None
        language = LANG.search(tag)
        element = _Open(
            name=name,
            language=language[1].lower() if language else (around.language if around else self.language),
            is_untouched=name in UNTOUCHED or bool(around and around.is_untouched) or "data-no-words" in tag,
        )
        if name in SECTIONS:
            element.seen_before, self.seen = self.seen, set()
        self._open.append(element)
        self._open_names[name] = self._open_names.get(name, 0) + 1

    def _close(self, name: str) -> None:
        """Ends the innermost element of this name, and what stands open inside it."""
        if not self._open_names.get(name):
            return
        while True:
            element = self._open.pop()
            self._open_names[element.name] -= 1
            if element.seen_before is not None:
                self.seen = element.seen_before
            if element.name == name:
                return

    def _marked(self, text: str, language: str) -> str:
        finder = self.finders.get(language)
        if finder is None:
            return html.escape(text)
        parts, done = [], 0
        for found in finder.find(text):
            if found.key in self.seen:
                continue
            self.seen.add(found.key)
            self.used[found.key] = None
            parts += [
                html.escape(text[done : found.start]),
                self._mark(found.key, text[found.start : found.end]),
            ]
            done = found.end
        return "".join((*parts, html.escape(text[done:])))

    def _mark(self, key: str, words: str) -> str:
        address = html.escape(self.address(key))
        return f'<dfn class="word"><a href="{address}" data-word="{key}">{html.escape(words)}</a></dfn>'

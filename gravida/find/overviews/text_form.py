"""The plain form of an overview in a file or an answer: `name: value` lines, then `## section`s. Pure."""

import re
from dataclasses import dataclass

from gravida.find.overviews.sections import SECTIONS, tidy

_HEAD = re.compile(r"([a-z][a-z-]{0,30}):[ \t]*(.*)")
_SECTION = re.compile(r"#{1,3}[ \t]*([a-z_]{2,30})[ \t]*:?")


class NotInForm(Exception):
    """A text that is not in the form. Carries the line, what was found and what was wanted."""

    def __init__(self, *, line: int, found: str, wanted: str) -> None:
        super().__init__(f"line {line}: found {found!r}, wanted {wanted}")
        self.line, self.found, self.wanted = line, found, wanted


@dataclass(frozen=True, kw_only=True)
class WrittenForm:
    """What a text in the form says."""

    head: dict[str, str]
    texts: dict[str, str]  # section code -> plain text


def read_form(text: str) -> WrittenForm:
    """The head and the sections. NotInForm.

    Lines of one paragraph are joined; paragraphs are parted by one empty line.
    """
    head: dict[str, str] = {}
    sections: dict[str, list[str]] = {}
    now: list[str] | None = None
    for number, line in enumerate(text.removeprefix("\ufeff").splitlines(), start=1):
        stripped = line.strip()
        opened = _SECTION.fullmatch(stripped)
        if opened:
            now = _opened(opened[1], sections, number)
        elif now is not None:
            now.append(stripped)
        elif stripped:
            _add_head(stripped, head, number)
    return WrittenForm(head=head, texts=tidy({code: _joined(lines) for code, lines in sections.items()}))


def write_form(texts: dict[str, str], *, head: dict[str, str] | None = None) -> str:
    """The same as a text."""
    lines = [f"{name}: {value}" for name, value in (head or {}).items()]
    parts = ["\n".join(lines)] if lines else []
    parts += [f"## {code}\n\n{text}" for code, text in tidy(texts).items()]
    return "\n\n".join(parts) + "\n"


def _opened(code: str, sections: dict[str, list[str]], number: int) -> list[str]:
    if code not in SECTIONS:
        raise NotInForm(line=number, found=f"## {code}", wanted=f"one of {', '.join(SECTIONS)}")
    if code in sections:
        raise NotInForm(line=number, found=f"## {code} again", wanted="each section once")
    return sections.setdefault(code, [])


def _add_head(line: str, head: dict[str, str], number: int) -> None:
    found = _HEAD.fullmatch(line)
    if found is None:
        raise NotInForm(line=number, found=line[:80], wanted="name: value, or ## section")
    head[found[1]] = found[2].strip()


def _joined(lines: list[str]) -> str:
    paragraphs = "\n".join(lines).strip().split("\n\n")
    return "\n\n".join(" ".join(part.split()) for part in paragraphs if part.strip())

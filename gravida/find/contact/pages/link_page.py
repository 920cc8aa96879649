"""The page behind a link of a mail: looking at it changes nothing; one button acts."""

from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class FurtherLink:
    """Where to go on."""

    address: str
    text: str


@dataclass(frozen=True, kw_only=True)
class LinkPage:
    """What the link is for, and its button; without a button there is nothing to do."""

    heading: str
    lines: list[str]
    button: str = ""
    other_button: str = ""  # the other answer, as "I did not write this"
    is_done: bool = False
    links: list[FurtherLink] = field(default_factory=list)

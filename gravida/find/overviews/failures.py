"""Why an act on an overview was not done; each carries what was found and what was wanted."""

from collections.abc import Sequence


class ChangedMeanwhile(Exception):
    """Somebody else was first: another version is the newest, or it stands elsewhere."""

    def __init__(self, *, found: str, wanted: str) -> None:
        super().__init__(f"found {found}, wanted {wanted}")
        self.found, self.wanted = found, wanted


class NotYours(Exception):
    """This person may not do this for this study."""


class OwnWords(Exception):
    """Whoever wrote a version does not approve it."""


class RecordChanged(Exception):
    """The registry record is not the one that the words were compared with."""


class NeverApproved(Exception):
    """Only a version that was approved once comes back."""


class OpenFindings(Exception):
    """Findings that are neither mended nor resolved with a reason."""

    def __init__(self, found: Sequence[str]) -> None:
        super().__init__(", ".join(found))
        self.found = tuple(found)


class NothingSaid(Exception):
    """A text without words in any section."""


class NotPlain(Exception):
    """A text that holds what never stands in an overview: a link, an address, a number to call, markup ..."""

    def __init__(self, *, section: str, kind: str, found: str) -> None:
        super().__init__(f"{section}: {kind} {found!r}")
        self.section, self.kind, self.found = section, kind, found


class TooLong(Exception):
    """A section longer than it may be."""

    def __init__(self, *, section: str, found: int, wanted: int, is_words: bool = False) -> None:
        super().__init__(f"{section}: {found}, wanted at most {wanted}")
        self.section, self.found, self.wanted, self.is_words = section, found, wanted, is_words

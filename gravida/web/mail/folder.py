"""Mails written into a folder instead of sent, for development and for a site without a mail server."""

import os
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

from gravida.web.mail.attempt import Outcome, Verdict
from gravida.web.mail.message import Envelope


def file_name(number: int, kind: str) -> str:
    """What the file of a mail is called, without its ending."""
    return f"{number:08}-{kind}"


def forget_files(folder: Path, numbers: Iterable[int]) -> None:
    """Delete the files of these mails, where mails were written into the folder."""
    if folder.is_dir():
        for number in numbers:
            for file in folder.glob(f"{file_name(number, '')}*.eml"):
                file.unlink(missing_ok=True)


def write_into_folder(envelope: Envelope, *, folder: Path, name: str, may_go: Callable[[], bool]) -> Outcome:
    """The mail as <name>.eml, readable by its owner alone; the same file when it is written again."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not may_go():
        return Outcome(verdict=Verdict.GIVEN_UP)
    descriptor, part = tempfile.mkstemp(dir=folder, suffix=".part")
    with os.fdopen(descriptor, "wb") as file:
        file.write(envelope.message)
    Path(part).replace(folder / f"{name}.eml")
    return Outcome(verdict=Verdict.ACCEPTED)

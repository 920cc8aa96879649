"""What can be checked about an installation, by `gravida check` and at every start."""

from collections.abc import Callable
from dataclasses import dataclass

from gravida.web.mail.sender import WrongMailSettings
from gravida.web.seal_keys import WrongSealKeys
from gravida.web.sealed import LostKey

# What a command meets in settings, said as a sentence.
UNUSABLE = (WrongMailSettings, WrongSealKeys, LostKey)


@dataclass(frozen=True)
class Check:
    """One thing to check; `run` gives a sentence for each fault, none when all is well."""

    name: str
    help: str
    run: Callable[[], list[str]]
    at_start: bool = False  # the site does not start with this fault

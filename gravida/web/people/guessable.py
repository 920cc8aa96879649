"""Which passwords a guesser tries first: listed ones, and those that are made as people make them.

A password's worth is counted in signs that had to be thought of: a known word, a run along the keyboard or
the alphabet, a year, and a part of the person's own name count as two signs however long they are.
"""

import re
import unicodedata
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from django.conf import settings

from gravida.protocol.study import read_studies

LIST = Path(__file__).with_name("password_blocklist.txt")
COMMON, REPEATED, SEQUENCE, PERSONAL = "common", "repeated", "sequence", "personal"

LEAST_WORTH = 8
WORTH_OF_A_PART = 2
LEAST_RUN = 4
LEAST_WORD = 4
FEWEST_DIFFERENT_SIGNS = 5

# Letters written as figures and marks; 1 stands for i or for l, so that both readings are tried.
LEET = str.maketrans("@€$!03457891", "aesioeastbgi")
LEET_WITH_L = str.maketrans("@€$!03457891", "aesloeastbgl")

_ROWS = (
    "abcdefghijklmnopqrstuvwxyz", "01234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm", "azertyuiop",
    "qsdfghjklm", "wxcvbn", "qwertzuiop", "yxcvbnm", "1qaz2wsx3edc4rfv5tgb6yhn7ujm", "1aqw2zsx3edc4rfv5tgb",
    "qazwsxedcrfvtgbyhnujm", "q1w2e3r4t5y6u7i8o9p0", "a1z2e3r4t5y6u7i8o9p0", "1q2w3e4r5t6y7u8i9o0p",
    "1a2z3e4r5t6y7u8i9o0p",
)  # fmt: skip
NEIGHBOURS = frozenset(
    way[i : i + 2] for row in _ROWS for way in (row, row[::-1]) for i in range(len(way) - 1)
)
YEAR = re.compile(r"(?:19|20)\d\d")
PART_OF_A_NAME = re.compile(r"[^\W\d_]{3,}|\d{4,}")

# Words that people lengthen; the list holds their usual lengthenings, this finds the others.
_WORDS = """
    password passphrase passwort welcome letmein iloveyou sunshine princess football dragon master secret
    admin administrator hospital doctor nurse login computer internet access security hello qwerty azerty
    summer winter spring autumn motdepasse bonjour soleil jetaime chocolat doudou loulou hopital medecin
    infirmiere sagefemme secretaire bureau printemps automne hiver maison famille maman papa princesse
    bienvenue administrateur connexion ordinateur recherche research clinique clinic patiente patient sante
    service equipe study studies etude cohorte cohort gravida paris london lyon marseille france default
    changeme temporary provisoire
"""
WORDS = frozenset(_WORDS.split())


def normal(typed: str) -> str:
    """One form for all the ways of typing the same signs (NFKC)."""
    return unicodedata.normalize("NFKC", typed)


def reason(password: str, *, about: Iterable[str] = ()) -> str:
    """Why a guesser would find it soon, as a code; empty when nothing speaks against it.

    `about`: the person's name and address.
    """
    plain = _plain(password)
    readings = {plain, _folded(password, LEET), _folded(password, LEET_WITH_L)}
    if readings & _listed():
        return COMMON
    if len(set(plain)) < FEWEST_DIFFERENT_SIGNS or _unit(plain) != plain:
        return REPEATED
    own = _names(about)
    worth = {reading: _worth(reading, WORDS | _site_words() | own) for reading in readings}
    weakest = min(worth, key=lambda reading: worth[reading])
    if worth[weakest] >= LEAST_WORTH:
        return ""
    if any(name in weakest for name in own):
        return PERSONAL
    return COMMON if any(word in weakest for word in WORDS | _site_words()) else SEQUENCE


def _worth(text: str, known: Iterable[str]) -> int:
    """Signs that had to be thought of: known words, years and runs count two."""
    rest = text
    for word in sorted(known, key=len, reverse=True):
        rest = rest.replace(word, "\0")
    rest = YEAR.sub("\0", rest)
    return sum(
        WORTH_OF_A_PART if part == "\0" or len(part) >= LEAST_RUN else len(part) for part in _runs(rest)
    )


def _runs(text: str) -> list[str]:
    """The text cut where a sign is neither the neighbour of the one before, on a keyboard or in the
    alphabet, nor the same."""
    runs: list[str] = []
    for sign in text:
        before = runs[-1][-1] if runs else ""
        if runs and "\0" not in (sign, before) and (sign == before or before + sign in NEIGHBOURS):
            runs[-1] += sign
        else:
            runs.append(sign)
    return runs


def _unit(text: str) -> str:
    """The shortest piece of which the text is made by repeating it: itself for most."""
    at = (text + text).find(text, 1)
    return text[:at]


def _plain(text: str) -> str:
    """Small letters without accents, figures; nothing else."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(sign for sign in apart if sign.isalnum())


def _folded(text: str, leet: dict[int, int]) -> str:
    """As `_plain`, with figures and marks read as the letters they stand for."""
    return _plain(text.casefold().translate(leet))


@cache
def _listed() -> frozenset[str]:
    """The list, in every reading of each entry."""
    entries = LIST.read_text(encoding="utf-8").split()
    return frozenset(
        reading
        for entry in entries
        for reading in (_plain(entry), _folded(entry, LEET), _folded(entry, LEET_WITH_L))
    )


@cache
def _site_words() -> frozenset[str]:
    """Names of this site and its studies."""
    texts = [settings.BASE_URL.partition("://")[2], *settings.ALLOWED_HOSTS]
    for number, folder in read_studies(settings.STUDIES).items():
        texts += [number, folder.id]
    return _names(texts) - {"localhost", "org", "com", "www"}


def _names(texts: Iterable[str]) -> frozenset[str]:
    """The parts of names, addresses and hosts that are long enough to be recognised."""
    found = (part for text in texts for part in PART_OF_A_NAME.findall(text))
    plain = (_plain(part) for part in found)
    return frozenset(part for part in plain if len(part) >= LEAST_WORD)

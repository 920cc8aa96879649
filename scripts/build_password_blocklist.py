"""Make the list of long passwords that guessers try first: from rules, not from anybody's leaked list.

    .venv/bin/python scripts/build_password_blocklist.py

Public lists hold almost nothing of twelve signs or more, so that a site that asks for fifteen is left without
one. People who are asked for a long password lengthen a short one: they add figures, a year, the word once
more, or walk on along the keyboard. Those rules make this list.
"""

from collections.abc import Iterator
from itertools import product
from pathlib import Path

LEAST_SIGNS = 12
TARGET = Path(__file__).resolve().parents[1] / "gravida/web/people/password_blocklist.txt"

ENGLISH = """
password passphrase passwort welcome letmein iloveyou sunshine princess football baseball superman batman
monkey dragon master shadow michael jennifer charlie computer internet access admin administrator hospital
doctor nurse secret security login office summer winter spring autumn january monday friday freedom whatever
trustno changeme default temporary testing research clinic patient science laboratory medicine maternity
hello starwars pokemon chocolate butterfly flower purple orange london paris america england liverpool
chelsea arsenal blessed jesus forever family mother daughter sister lovely angel mypassword newpassword
passcode qwerty keyboard mobile samsung google facebook windows microsoft thisismypassword pleaseletmein
"""
FRENCH = """
motdepasse bonjour bonsoir azerty soleil jetaime chocolat doudou loulou marseille paris lyon toulouse
bordeaux nantes france francais hopital medecin infirmiere sagefemme secretaire secret bureau printemps
automne hiver vacances maison famille maman papa cheval chaton princesse etoile papillon coucou bienvenue
administrateur connexion ordinateur recherche clinique maternite patiente sante laboratoire service equipe
janvier lundi vendredi nicolas camille isabelle caroline julien thomas alexandre football olympique
saintetienne tintin monmotdepasse nouveaumotdepasse motdepasse nouveau provisoire changezmoi
liberte mercredi samedi dimanche
"""
PRODUCT = "gravida falco studies etude cohorte falcostudy etudefalco gravidafalco assistancepublique"

FIGURES = ["1", "12", "123", "1234", "12345", "123456", "1234567", "12345678", "123456789", "1234567890"]
YEARS = [str(year) for year in range(2018, 2031)]
SUFFIXES = [
    *FIGURES,
    *YEARS,
    "0000",
    "1111",
    "007",
    "azerty",
    "qwerty",
    "abc",
    "abcd",
    "admin",
    "aaaa",
    "xxxx",
]
ROWS = [
    "qwertyuiopasdfghjklzxcvbnm",
    "azertyuiopqsdfghjklmwxcvbn",
    "qwertzuiopasdfghjklyxcvbnm",
    "1234567890",
    "12345678901234567890",
    "0987654321098765",
    "abcdefghijklmnopqrstuvwxyz",
    "1qaz2wsx3edc4rfv5tgb6yhn",
    "1aqw2zsx3edc4rfv5tgb6yhn",
    "qazwsxedcrfvtgbyhn",
    "aqwzsxedcrfvtgbyhn",
    "zaq12wsxcde34rfv",
    "q1w2e3r4t5y6u7i8o9p0",
    "a1z2e3r4t5y6u7i8o9p0",
    "1q2w3e4r5t6y7u8i9o0p",
    "1a2z3e4r5t6y7u8i9o0p",
    "a1b2c3d4e5f6g7h8i9j0",
    "abc123def456ghi789",
]
LONGEST_WALK = 20


def entries() -> Iterator[str]:
    """Every entry, repeats included, some too short."""
    words = list(dict.fromkeys(f"{ENGLISH} {FRENCH} {PRODUCT}".split()))
    for word in words:
        yield from (word + suffix for suffix in SUFFIXES)  # marks and capitals are folded away by the check
        yield from (word * times for times in (2, 3, 4))
        yield from (word + word + figures for figures in FIGURES[:6])
        yield from (figures + word for figures in FIGURES + YEARS)
        yield from (word + year + figures for year, figures in product(YEARS[4:], ("1", "123")))
    for first, second in product(f"{PRODUCT} password motdepasse bonjour welcome admin".split(), words):
        yield from (first + second, first + second + "1", first + second + "123")
    yield from walks()


def walks() -> Iterator[str]:
    """Stretches of the keyboard, the alphabet and the figures, both ways; single signs repeated."""
    for row in ROWS:
        for way in (row, row[::-1]):
            for start in range(len(way) - LEAST_SIGNS + 1):
                for end in range(start + LEAST_SIGNS, min(len(way), start + LONGEST_WALK) + 1):
                    yield way[start:end]
    for sign in "abcdefghijklmnopqrstuvwxyz0123456789":
        yield from (sign * times for times in range(LEAST_SIGNS, 17))


def main() -> None:
    """Write the list: one entry a line, sorted, each once, none shorter than twelve signs."""
    kept = sorted({entry for entry in entries() if len(entry) >= LEAST_SIGNS})
    TARGET.write_text("".join(f"{entry}\n" for entry in kept), encoding="utf-8")
    print(f"{TARGET.name}: {len(kept)} entries of at least {LEAST_SIGNS} signs")


if __name__ == "__main__":
    main()

"""Passwords: length and what guessers try first, no rules of composition."""

import runpy
import sys
from pathlib import Path

import pytest

from gravida.web.people import guessable, passwords
from gravida.web.people.models import Person
from tests.cpu import cpu_seconds
from tests.web.people.making import make_person, with_second_factor

HOME = Path(__file__).resolve().parents[3]

REFUSED = """
password1234567 qwertyuiopasdfg motdepasse12345 PASSWORD1234567 P@ssw0rd1234567 M0tDeP@sse!2345
azertyuiopqsdfgh 123456789012345 987654321098765 abcdefghijklmnop aaaaaaaaaaaaaaaa abcabcabcabcabc
1qaz2wsx3edc4rfv q1w2e3r4t5y6u7i8 a1z2e3r4t5y6u7i8 gravidagravida1 Gravida-Falco-2026 falcoNCT05557201
bonjourbonjour12 soleil-soleil-12 passwordpassword password-password hospital-hospital welcome-welcome1
letmein12345678 iloveyou1234567 infirmiere12345 sagefemme2026!! paris-france-2024 qwerty-azerty-1234
0000000000000000 zzzzzzzzzzzzzzz-a admin-admin-2026 changeme-changeme recherche2026123
""".split()  # noqa: SIM905
TAKEN = [
    "tulip camion nuage 42",
    "correct-horse-battery",
    "thé vert le matin tôt",
    "x7Gk2mQp9LwzR4tB",
    "une girafe au plafond",
    "kZ9#vR2!qL5mTw8&",
    "lapluiedesouliersbleus",
    "🌵 cactus 🌵 trombone",
    "ελαιόλαδο στο τραπέζι",
]


@pytest.mark.parametrize("password", REFUSED)
def test_what_guessers_try_first_is_refused(password: str) -> None:
    assert guessable.reason(password) != ""


@pytest.mark.parametrize("password", TAKEN)
def test_words_that_nobody_expects_are_taken(password: str) -> None:
    assert guessable.reason(password) == ""


@pytest.mark.parametrize(
    "password", ["Jeanne-Dupont-1984", "jeannedupont2026!", "dupont.jeanne123", "DupontDupont1234"]
)
def test_a_password_made_of_ones_own_name_is_refused(password: str) -> None:
    about = ("Jeanne Dupont", "jeanne.dupont@example.org")
    assert guessable.reason(password, about=about) in {guessable.PERSONAL, guessable.REPEATED}


def test_the_list_holds_thousands_of_entries_of_twelve_signs_or_more() -> None:
    entries = guessable.LIST.read_text(encoding="utf-8").split()
    assert len(entries) >= 3000
    assert all(len(entry) >= 12 for entry in entries)
    assert sum(len(entry) >= 15 for entry in entries) >= 3000
    assert entries == sorted(set(entries))


def test_the_list_is_what_its_script_makes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["build"])
    script = runpy.run_path(str(HOME / "scripts/build_password_blocklist.py"))
    made = sorted({entry for entry in script["entries"]() if len(entry) >= script["LEAST_SIGNS"]})
    assert made == guessable.LIST.read_text(encoding="utf-8").split()


@pytest.mark.parametrize(
    ("signs", "has_app", "fault"),
    [
        (11, True, passwords.TOO_SHORT),
        (12, True, ""),
        (14, False, passwords.TOO_SHORT),
        (15, False, ""),
        (64, False, ""),
        (256, False, ""),
        (257, False, passwords.TOO_LONG),
    ],
)
def test_length_is_the_one_rule(db: None, signs: int, has_app: bool, fault: str) -> None:
    person = make_person()
    if has_app:
        with_second_factor(person)
    text = "une girafe violette plante douze clous au plafond de mon bureau vert; " * 5
    varied = "".join(sign if place % 7 else chr(0x3B1 + place % 23) for place, sign in enumerate(text))
    assert passwords.fault_of(varied[:signs], person=person) == fault


def test_an_accent_typed_in_two_ways_is_one_password(db: None) -> None:
    # given a password with a composed accent
    person = make_person(password="café bleu sur la lune")
    # when it is typed with the accent as a sign of its own
    assert passwords.is_right("cafe\u0301 bleu sur la lune", person=person)
    # and its length is counted once composed
    assert len(passwords.normal_password("e\u0301" * 15)) == 15


def test_the_present_password_is_no_new_one(db: None) -> None:
    person = make_person(password="tulip camion nuage 42")
    assert passwords.fault_of("tulip camion nuage 42", person=person) == passwords.SAME


def test_hashes_are_argon2id_at_the_cost_in_service(db: None, real_hashes: None) -> None:
    person = make_person(password="tulip camion nuage 42")
    assert person.password.startswith("argon2$argon2id$v=19$m=47104,t=2,p=1$")


@pytest.mark.slow
def test_known_and_unknown_people_cost_the_same(db: None, real_hashes: None) -> None:
    # given somebody known, somebody disabled, somebody invited, and nobody
    asked: dict[str, Person | None] = {
        "known": make_person(password="tulip camion nuage 42"),
        "disabled": make_person("d@example.org", password="x" * 20, disabled_at="2026-01-01T00:00Z"),
        "invited": make_person("i@example.org"),
        "nobody": None,
    }
    passwords.is_right("warm up", person=None)
    # when a wrong password is tried for each in turn
    spent: dict[str, list[float]] = {name: [] for name in asked}
    for _ in range(25):
        for name, person in asked.items():
            spent[name].append(cpu_seconds(lambda: passwords.is_right("wrong wrong wrong", person=person)))  # noqa: B023
    # then the medians lie within a tenth of one another
    medians = {name: sorted(times)[12] for name, times in spent.items()}
    assert max(medians.values()) <= 1.1 * min(medians.values()), medians

"""Centres and their contacts in a study folder: what is read, and which mistake is named."""

from pathlib import Path

import pytest

from gravida.protocol.centre import ContactKind
from gravida.protocol.check import read_whole_study
from gravida.protocol.study import read_study
from tests.protocol.studies import FALCO, edited

MISTAKES = [
    (
        "calendar of no country",
        ("study.toml", 'town = "Lille"\n', 'town = "Lille"\ncalendar = "France"\n'),
        "a country's code, as FR",
    ),
    (
        "calendar of no region",
        ("study.toml", 'town = "Lille"\n', 'town = "Lille"\ncalendar = "FR-59"\n'),
        "FR, or FR- and one of 57, 6AE",
    ),
    (
        "contact nobody can reach",
        ("study.toml", '[[fact]]\nid = "age_years"', '[[centre.contact]]\n[[fact]]\nid = "age_years"'),
        "a contact nobody can reach",
    ),
    (
        "contact with an address for two",
        (
            "study.toml",
            '[[fact]]\nid = "age_years"',
            '[[centre.contact]]\nemail = "a@example.org, b@example.org"\n[[fact]]\nid = "age_years"',
        ),
        "one address, as team@example.org",
    ),
    (
        "contacts without a main one",
        (
            "study.toml",
            '[[fact]]\nid = "age_years"',
            '[[centre.contact]]\nkind = "alternate"\nemail = "a@example.org"\n[[fact]]\nid = "age_years"',
        ),
        "one of kind main",
    ),
]


@pytest.mark.parametrize(
    ("edit", "expected"), [case[1:] for case in MISTAKES], ids=[case[0] for case in MISTAKES]
)
def test_each_mistake_of_a_centre_is_named(tmp_path: Path, edit: tuple[str, str, str], expected: str) -> None:
    folder = edited(tmp_path, edit)
    lines = [str(mistake) for mistake in read_whole_study(folder)[1]]
    assert [line for line in lines if expected in line], lines


def test_a_centre_names_its_contacts_and_its_calendar() -> None:
    (centre,) = read_study(FALCO).centres
    assert centre.calendar == "FR"
    assert [contact.kind for contact in centre.contacts] == [ContactKind.MAIN, ContactKind.ALTERNATE]
    assert all(contact.email.endswith("@example.org") for contact in centre.contacts)
    assert centre.contacts[0].role == {"en": "Study nurse", "fr": "Infirmière de recherche"}
    assert centre.is_recruiting


def test_a_centre_without_contacts_is_a_centre(tmp_path: Path) -> None:
    (centre,) = read_study(edited(tmp_path)).centres
    assert centre.contacts == ()

"""The glossary as data: complete in both languages, plain, sourced, its mistakes told."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gravida.find.glossary.entries import Glossary, UnreadableGlossary, read_glossary
from gravida.find.glossary.finder import Finder
from gravida.find.glossary.site_glossary import glossary_of
from gravida.find.plain.reading import reading_of

GLOSSARY = glossary_of()
HARDEST_GRADE = 8
WANTED = {
    "early miscarriage", "weeks of amenorrhoea", "weeks of pregnancy", "implantation failure",
    "embryo transfer", "cohort", "prospective", "observational", "placebo", "randomised", "blinded",
    "phase 2", "inclusion criteria", "exclusion criteria", "antiphospholipid antibodies",
    "antithyroid antibodies", "thrombophilia", "karyotype", "aneuploidy", "immunophenotyping", "cytokine",
    "hysteroscopy", "RCF", "RPL", "RFC", "RIF", "IF", "IVF", "ICSI", "AMH", "TSH", "AME", "MR-004", "RIPH",
    "CPP", "CNIL", "State Medical Aid", "social security", "non-opposition", "legal protection", "tutelle",
    "curatelle", "sauvegarde de justice", "affiliation",
}  # fmt: skip
HURTFUL = re.compile(
    r"\b(abortion|avortement|recidivism|récidive|habitual|victim|incompetent|failure of the woman)",
    re.IGNORECASE,
)


def _said() -> list[tuple[str, str, str]]:
    """Every definition and note: key, language, words."""
    return [
        (entry.key, language, text)
        for entry in GLOSSARY.entries.values()
        for language in ("en", "fr")
        for text in (entry.in_language(language).text, entry.in_language(language).note)
        if text
    ]


def test_at_least_eighty_terms_are_explained_in_both_languages() -> None:
    assert len(GLOSSARY.entries) >= 80
    assert all(set(entry.wordings) == {"en", "fr"} for entry in GLOSSARY.entries.values())


def test_the_words_that_records_use_and_readers_cannot_know_are_there() -> None:
    wordings = [entry.in_language("en") for entry in GLOSSARY.entries.values()]
    held = {text for one in wordings for text in (one.term, *one.forms, *one.short)}
    assert sorted(WANTED - held) == []


@pytest.mark.needs_shared
def test_what_the_source_page_leaves_unexplained_is_explained(shared_data: Path) -> None:
    text = (shared_data / "seed_page.txt").read_text(encoding="utf-8")
    found = {text[one.start : one.end] for one in Finder(GLOSSARY, language="en").find(text)}
    left = {"AME", "RCF", "RFC", "RPL", "RIF", "IF", "Recidivism"}
    left |= {"social security system", "have not objected"}
    assert sorted(left - found) == []


def test_every_definition_is_read_by_someone_with_eight_years_of_school() -> None:
    hard = {
        (key, language): round(reading.grade, 1)
        for key, language, text in _said()
        if (reading := reading_of(text, language=language)).grade > HARDEST_GRADE  # type: ignore[arg-type]
    }
    assert hard == {}


def test_no_definition_hurts_and_no_term_shown_does() -> None:
    shown = [text for _key, _language, text in _said()]
    shown += [
        entry.in_language(language).term for entry in GLOSSARY.entries.values() for language in ("en", "fr")
    ]
    assert [text for text in shown if HURTFUL.search(text)] == []


def test_the_three_abbreviations_of_one_thing_are_said_to_be_the_same() -> None:
    for key in ("rpl", "rcf", "rfc"):
        for language, same in (("en", "mean the same thing"), ("fr", "veulent dire la même chose")):
            text = GLOSSARY.entries[key].in_language(language).text
            assert same in text
            assert all(name in text for name in ("RPL", "RCF", "RFC"))


@pytest.mark.parametrize(
    ("key", "limits"),
    [
        ("early-loss", {"en": "before 14 weeks", "fr": "avant 14 semaines"}),
        (
            "late-miscarriage",
            {"en": "14 weeks to just before 22 weeks", "fr": "14 semaines et moins de 22 semaines"},
        ),
        ("stillbirth", {"en": "22 weeks", "fr": "22 semaines"}),
        ("parity", {"en": "22 weeks", "fr": "22 semaines"}),
        ("weeks-of-pregnancy", {"en": "two weeks fewer", "fr": "deux semaines de moins"}),
        ("weeks-of-amenorrhoea", {"en": "two weeks more", "fr": "deux semaines de plus"}),
        ("antiphospholipid-antibodies", {"en": "12 weeks", "fr": "12 semaines"}),
    ],
)
def test_limits_agree_with_the_glossary_of_the_code(key: str, limits: dict[str, str]) -> None:
    for language, limit in limits.items():
        wording = GLOSSARY.entries[key].in_language(language)
        assert limit in f"{wording.text} {wording.note}"


def test_every_entry_names_a_source_and_whether_it_was_reviewed() -> None:
    for entry in GLOSSARY.entries.values():
        assert all(entry.source.in_language(language) for language in ("en", "fr"))
        assert bool(entry.reviewed_by) == (entry.reviewed_on is not None)


def test_french_is_set_as_french_is() -> None:
    for _key, language, text in _said():
        if language == "fr":
            assert "'" not in text
            assert not re.search(r"[^\u00a0\u202f][;?!»]", text)
            assert not re.search(r"[^\u00a0]:", text)


def test_each_form_belongs_to_one_entry() -> None:
    for language in ("en", "fr"):
        owners: dict[str, set[str]] = {}
        for entry in GLOSSARY.entries.values():
            wording = entry.in_language(language)
            for text in (wording.term, *wording.forms, *wording.short):
                owners.setdefault(text, set()).add(entry.key)
        assert {text: keys for text, keys in owners.items() if len(keys) > 1} == {}


def _file(folder: Path, text: str) -> Path:
    file = folder / "glossary.toml"
    file.write_text(text, encoding="utf-8")
    return file


GOOD = """
[[entry]]
key = "falco-visit"
source = "The study team"
see = ["cohort"]
[entry.en]
term = "inclusion visit"
text = "The day you join."
[entry.fr]
term = "visite d’inclusion"
text = "Le jour de votre entrée."
"""


def test_a_study_may_add_words_and_replace_ours(tmp_path: Path) -> None:
    added = read_glossary(_file(tmp_path, GOOD), beside=GLOSSARY)
    whole = GLOSSARY.with_more(added)
    assert len(whole.entries) == len(GLOSSARY.entries) + 1
    assert whole.entries["falco-visit"].source.in_language("fr") == "The study team"


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("key = ", "key = 5 #"), "key 5"),
        (('key = "falco-visit"', 'key = "Falco visit"'), "small letters"),
        (("source = ", "sauce = "), "unknown field sauce"),
        (('source = "The study team"', ""), "no source"),
        (('see = ["cohort"]', 'see = ["nothing"]'), "see names nothing"),
        (('see = ["cohort"]', 'see = "cohort"'), "list of keys"),
        (("[entry.fr]", "[entry.de]"), "fr: wanted term and text"),
        (('text = "The day you join."', 'text = ""'), "en: no text"),
        (('term = "inclusion visit"', 'term = "inclusion visit"\nforms = "x"'), "forms: wanted a list"),
        (("see = ", 'reviewed_by = "midwife"\nsee = '), "belong together"),
        (("[[entry]]", "[entry]"), "wanted entry"),
        (("[[entry]]", "[[entry"), "glossary.toml"),
    ],
)
def test_a_mistake_is_told_with_its_place(tmp_path: Path, change: tuple[str, str], told: str) -> None:
    with pytest.raises(UnreadableGlossary, match=re.escape(told)):
        read_glossary(_file(tmp_path, GOOD.replace(*change, 1)), beside=GLOSSARY)


@given(text=st.text(max_size=200))
def test_no_file_breaks_the_reading(text: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("glossary")
    (folder / "glossary.toml").write_bytes(text.encode("utf-8", "surrogatepass"))
    with pytest.raises(UnreadableGlossary):
        read_glossary(folder / "glossary.toml", beside=Glossary())

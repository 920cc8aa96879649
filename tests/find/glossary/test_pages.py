"""The glossary's page and the words of a study's page: links, search, languages, a study's own words."""

import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils.html import strip_tags

from gravida.find.glossary.checks import faults
from gravida.find.glossary.page import folded, glossary_page
from gravida.find.glossary.site_glossary import glossary_of

STUDY = "/en/studies/NCT05557201/"
MARK = re.compile(r'<dfn class="word"><a href="([^"]+)" data-word="([^"]+)">([^<]+)</a></dfn>')


@pytest.fixture
def visitor() -> Client:
    return Client(headers={"accept-language": "en"})


@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_entry_stands_from_a_to_z_with_its_source_and_reviewer(visitor: Client, language: str) -> None:
    page = visitor.get(f"/{language}/glossary/").content.decode()
    entries = glossary_of().entries
    assert all(f'id="{key}"' in page for key in entries)
    terms = [strip_tags(one) for one in re.findall(r"<h3><dfn>(.*?)</dfn>", page)]
    assert [folded(term) for term in terms] == sorted(folded(term) for term in terms)
    assert page.count("Source") >= len(entries)
    said = {"en": "Not yet reviewed by a health professional", "fr": "Pas encore relu par un professionnel"}
    assert page.count(said[language]) == sum(not entry.reviewed_by for entry in entries.values())
    # and every link inside the page leads to an entry of it
    assert all(anchor in entries for anchor in re.findall(r'href="/\w\w/glossary/#([^"]+)"', page))


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("cohort", "cohort"),
        ("COHORTE", "cohort"),
        ("amenorrhee", "weeks-of-amenorrhoea"),
        ("RCF", "rcf"),
        ("aide medicale", "ame"),
        ("embryo frozen", "frozen-transfer"),
        ("abortion", "miscarriage"),
    ],
)
def test_a_word_is_found_however_it_is_typed(asked: str, found: str) -> None:
    page = glossary_page(glossary_of(), language="en", asked=asked)
    keys = [one.entry.key for letter in page.letters for one in letter.entries]
    assert found in keys
    assert page.found == len(keys) < page.total


@pytest.mark.parametrize("asked", ["zzz", "<script>alert(1)</script>", "\x00", "é" * 5000, "  "])
def test_a_search_without_result_says_so_and_shows_what_was_typed_as_text(
    visitor: Client, asked: str
) -> None:
    response = visitor.get("/en/glossary/", {"q": asked})
    page = response.content.decode()
    assert response.status_code == 200
    assert "<script>alert" not in page
    assert ("No entry speaks of" in page) == bool(asked.strip("\x00 "))


def test_the_search_engine_finds_the_glossary_and_no_comparison(visitor: Client, db: None) -> None:
    sitemap = visitor.get("/sitemap-start.xml").content.decode()
    assert "/en/glossary/" in sitemap
    assert "/compare/" not in sitemap
    assert "/page/" not in sitemap


@pytest.mark.usefixtures("bundled")
def test_words_of_a_study_lead_to_their_entries_once_in_each_section(visitor: Client) -> None:
    page = visitor.get(STUDY).content.decode()
    marks = MARK.findall(page)
    assert len(marks) >= 5
    assert all(address == f"/en/glossary/#{key}" for address, key, _words in marks)
    # given its sections, then none explains a word twice
    unfolded = re.sub(r"<details.*?</details>", "", page, flags=re.DOTALL)
    for section in re.findall(r"<section.*?</section>", unfolded, flags=re.DOTALL):
        keys = [key for _address, key, _words in MARK.findall(section)]
        assert len(keys) == len(set(keys))
    # and what the script shows beside them is there, once for each
    shown = re.findall(r'data-definition="([^"]+)"', page)
    assert sorted(shown) == sorted({key for _address, key, _words in marks})


@pytest.mark.usefixtures("bundled")
def test_nothing_is_explained_inside_a_link_a_heading_or_the_registry_text(visitor: Client) -> None:
    page = visitor.get(STUDY).content.decode()
    for pattern in (r"<h[1-6].*?</h[1-6]>", r"<summary.*?</summary>", r"<pre.*?</pre>", r"<form.*?</form>"):
        assert not any(MARK.search(part) for part in re.findall(pattern, page, flags=re.DOTALL))
    assert not re.search(r"<a [^>]*>[^<]*<dfn", page)


@pytest.mark.usefixtures("bundled")
def test_english_text_on_a_french_page_is_explained_in_french(visitor: Client) -> None:
    page = visitor.get("/fr/studies/NCT05557201/").content.decode()
    english = re.findall(r'lang="en".*?</div>', page, flags=re.DOTALL)
    words = [mark for part in english for mark in MARK.findall(part)]
    if words:  # where a checked overview stands in place of the registry's text there is none
        assert all(address.startswith("/fr/glossary/#") for address, _key, _words in words)
    shown = re.search(r'data-definition="ame"><strong>(.*?)</strong>', page)
    assert shown is not None
    assert shown[1] == "aide médicale de l’État (AME)"


@pytest.mark.usefixtures("bundled")
def test_a_study_adds_words_of_its_own_and_a_broken_file_is_told(
    visitor: Client, settings: Any, tmp_path: Path
) -> None:
    # given a folder that explains a word of its criteria in its own way
    shutil.copytree(settings.STUDIES, tmp_path / "studies")
    settings.STUDIES = tmp_path / "studies"
    file = tmp_path / "studies/falco/texts/glossary.toml"
    entry = (
        '[[entry]]\nkey = "embryo-transfer"\nsource = "The study team"\n'
        '[entry.en]\nterm = "good-quality embryo"\ntext = "As FALCO counts it."\n'
        '[entry.fr]\nterm = "embryon de bonne qualité"\ntext = "Comme FALCO le compte."\n'
    )
    file.write_text(entry, encoding="utf-8")
    # then its page says so, and no other does
    assert "As FALCO counts it." in visitor.get(STUDY).content.decode()
    assert "As FALCO counts it." not in visitor.get("/en/glossary/").content.decode()
    assert faults() == []
    # and a mistake is told while the page goes on
    file.write_text(entry.replace("[entry.fr]", "[entry.de]"), encoding="utf-8")
    assert "social security" in strip_tags(visitor.get(STUDY).content.decode())
    assert any("fr: wanted term and text" in fault for fault in faults())

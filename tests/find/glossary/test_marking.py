"""Texts with their terms marked: everything escaped, once a section, never where something acts or heads."""

import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gravida.find.glossary.finder import Finder
from gravida.find.glossary.marking import Marker
from tests.cpu import growth
from tests.find.glossary.small_glossary import GLOSSARY

FINDERS = {language: Finder(GLOSSARY, language=language) for language in ("en", "fr")}
HOSTILE = [
    "<script>alert(1)</script> cohort",
    '"><svg onload=alert(1)> cohort',
    "cohort <!-- cohort",
    "&lt;b&gt; cohort &amp; cohort",
    "' onmouseover='alert(1)' cohort",
    "]]> {{ 7*7 }} {% load %} cohort",
    "\u202ecohort\u0000",
]


def _marker(language: str = "en") -> Marker:
    return Marker(finders=FINDERS, language=language, address=lambda key: f"/en/glossary/#{key}")


def _words(markup: str) -> list[str]:
    return re.findall(r'<dfn class="word"><a href="[^"]*" data-word="[^"]*">([^<]*)</a></dfn>', markup)


def _unmarked(markup: str) -> str:
    return re.sub(r'</?dfn[^>]*>|<a href="/en/glossary/[^>]*>|</a>(?=</dfn>)', "", markup)


def test_the_first_mention_is_marked_with_the_address_of_its_entry() -> None:
    marked = _marker().text("A cohort, then another cohort.")
    assert marked == (
        'A <dfn class="word"><a href="/en/glossary/#cohort" data-word="cohort">cohort</a></dfn>, '
        "then another cohort."
    )


def test_what_a_section_has_explained_is_not_explained_again() -> None:
    marker = _marker()
    marker.text("A cohort.")
    assert "<dfn" not in marker.text("The cohort.")
    assert marker.seen == {"cohort"}


def test_a_longer_term_explained_already_hides_the_shorter_one_in_it() -> None:
    marker = _marker()
    assert _words(marker.text("early miscarriage, early miscarriage, miscarriage")) == [
        "early miscarriage",
        "miscarriage",
    ]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_stays_text(text: str) -> None:
    marked = _marker().text(text)
    assert "cohort" in _words(marked)
    # given the marks taken away, what is left is the text, escaped
    bare = re.sub(r'<dfn class="word"><a href="[^"]*" data-word="cohort">|</a></dfn>', "", marked)
    assert bare == html.escape(text)


@given(st.text(alphabet=st.sampled_from("cohrt <>&\"'\u00e9/=!-;#x27 earlymisg")))
def test_every_text_reads_as_it_was(text: str) -> None:
    marked = _marker().text(text)
    bare = re.sub(r'<dfn class="word"><a href="[^"]*" data-word="[a-z]*">|</a></dfn>', "", marked)
    assert html.unescape(bare) == html.unescape(html.escape(text)) == text
    assert "<" not in bare


@pytest.mark.parametrize(
    ("markup", "words"),
    [
        ("<p>A cohort</p>", ["cohort"]),
        ('<p>A <a href="/x">cohort</a></p>', []),
        ("<h2>A cohort</h2><p>text</p>", []),
        ("<details><summary>cohort</summary><p>a cohort</p></details>", ["cohort"]),
        ("<button>cohort</button><label>cohort</label><pre>cohort</pre>", []),
        ("<form><p>cohort</p></form>", []),
        ("<dfn>cohort</dfn>", []),
        ("<div data-no-words><p>cohort</p></div>", []),
        ("<script>cohort</script><style>cohort</style><textarea>cohort</textarea>", []),
        ("<p>A <b>cohort</b></p>", ["cohort"]),
        ("<h2>cohort <b>cohort</b></h2><p>cohort</p>", ["cohort"]),
        ("<p>one<br>cohort<img alt='cohort'></p>", ["cohort"]),
        ("<p>l&#x27;étude, weeks of&nbsp;amenorrhoea</p>", ["weeks of\u00a0amenorrhoea"]),
        ("<section><p>cohort</p></section><section><p>cohort cohort</p></section>", ["cohort", "cohort"]),
        ("<p>cohort</p><section>cohort</section><p>cohort</p>", ["cohort", "cohort"]),
        ('<p>cohorte</p><p lang="fr">cohorte</p>', ["cohorte"]),
        ('<div lang="fr"><p lang="en">cohort</p><p>cohort, cohorte</p></div>', ["cohort"]),
        ("</p></b>cohort</i>", ["cohort"]),
        ("<p>cohort", ["cohort"]),
        ("a < b cohort", []),
    ],
)
def test_markup_is_explained_in_its_texts_only(markup: str, words: list[str]) -> None:
    assert _words(_marker().markup(markup)) == words


def test_the_tags_of_markup_stay_as_they_are() -> None:
    markup = '<section id="overview" data-x="cohort &amp; more"><p id="p1">A &lt;b&gt; cohort</p></section>'
    assert _unmarked(_marker().markup(markup)) == markup


def test_a_section_inside_does_not_take_the_words_of_the_one_around_it() -> None:
    marker = _marker()
    marker.markup("<section>cohort <section>RPL</section></section>")
    assert marker.seen == set()
    assert list(marker.used) == ["cohort", "rpl"]


def test_a_page_of_half_a_million_signs_costs_no_more_for_each_than_a_shorter_one() -> None:
    markup = "<p>early miscarriages in a cohort < " * 15_000
    assert growth(lambda markup: _marker().markup(markup), markup) < 8

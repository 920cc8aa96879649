"""Where a note belongs after its text has changed: a table of edits, run in a real browser at once."""

# ruff: noqa: E501 - a table is read row by row

import unicodedata
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

pytestmark = pytest.mark.journey

SCRIPTS = Path(__file__).resolve().parents[2] / "gravida/static/js"

ONE = "The study follows women who have had at least three early losses before 14 weeks."
TWO = "Nothing about your treatment changes; the team reads your file and calls you each year."
THREE = "You may stop at any time, without giving a reason, and your care stays the same."
TEXT = f"{ONE} {TWO}\n\n{THREE}"
FRENCH = "L’étude suit des femmes ayant vécu au moins trois pertes précoces, « sans cause connue »."
OTHER = (
    "Une cohorte observe sans traiter. Les données restent à l’hôpital, sous la responsabilité du promoteur. "
    "Chaque participante peut s’opposer à tout moment. "
)
REPEATED = "It may help. " * 12
LOSSES = "three early losses"
FAMILY = "Family \U0001f469\u200d\U0001f467 and \U0001f49a hope, always."


def _edited(old: str, new: str, text: str = TEXT) -> str:
    assert old in text, old
    return text.replace(old, new)


# what was changed | text before | quote | text now | state | the words that are marked now
EDITS: list[tuple[str, str, str, str, str, str]] = [
    ("nothing", TEXT, LOSSES, TEXT, "ok", LOSSES),
    ("the first words", TEXT, "The study follows", TEXT, "ok", "The study follows"),
    ("the last words", TEXT, "care stays the same.", TEXT, "ok", "care stays the same."),
    ("the whole text", TEXT, TEXT, TEXT, "ok", TEXT),
    ("a sentence before", TEXT, LOSSES, "New: it has begun. " + TEXT, "ok", LOSSES),
    ("a long text before", TEXT, LOSSES, OTHER * 40 + TEXT, "ok", LOSSES),
    ("a sentence behind", TEXT, LOSSES, TEXT + " Write to us.", "ok", LOSSES),
    ("a text deleted before", TEXT, "without giving a reason", THREE, "ok", "without giving a reason"),
    ("a word inserted just before", TEXT, LOSSES, _edited("at least three", "at least, say, three"), "ok", LOSSES),
    ("a word inserted just behind", TEXT, LOSSES, _edited("losses before", "losses well before"), "ok", LOSSES),
    ("a word inside changed", TEXT, "without giving a reason", _edited("giving a", "saying a"), "drifted",
     "without saying a reason"),
    ("a number inside changed", TEXT, LOSSES, _edited("three early", "two early"), "drifted", "two early losses"),
    ("a word inside added", TEXT, LOSSES, _edited(LOSSES, "three or more early losses"), "drifted",
     "three or more early losses"),
    ("a word inside taken out", TEXT, LOSSES, _edited(LOSSES, "three losses"), "drifted", "three losses"),
    ("a spelling corrected", TEXT, "calls you each year", _edited("calls you", "cals you"), "drifted",
     "cals you each year"),
    ("two words of a long quote", TEXT, TWO, _edited("reads your file and calls", "looks at your file and rings"),
     "drifted", "Nothing about your treatment changes; the team looks at your file and rings you each year."),
    ("a negation put in", TEXT, "your treatment changes", _edited("treatment changes", "treatment never changes"),
     "drifted", "your treatment never changes"),
    ("the paragraph moved to the front", TEXT, "without giving a reason", f"{THREE}\n\n{ONE} {TWO}", "ok",
     "without giving a reason"),
    ("the paragraph moved to the end", TEXT, LOSSES, f"{TWO}\n\n{THREE}\n\n{ONE}", "ok", LOSSES),
    ("the sentences parted", TEXT, "reads your file", f"{ONE}\n\n{TWO}\n\n{OTHER}{THREE}", "ok", "reads your file"),
    ("the quote said twice, the first meant", f"{ONE} {TEXT}", LOSSES, f"{ONE} {TEXT}", "ok", LOSSES),
    ("the quote repeated before it", TEXT, LOSSES, f"Some had three early losses, others none. {TEXT}", "ok", LOSSES),
    ("one of many equal phrases", REPEATED, "It may help.", REPEATED, "ok", "It may help."),
    ("equal phrases, some before taken out", REPEATED, "It may help.", REPEATED[26:], "ok", "It may help."),
    ("the words gone", TEXT, LOSSES, f"{TWO} {THREE}", "gone", ""),
    ("the text gone", TEXT, LOSSES, "", "gone", ""),
    ("another text", TEXT, TWO, OTHER, "gone", ""),
    ("a short word in another text", TEXT, "three", "Room three is on the left.", "gone", ""),
    ("everything said otherwise", TEXT, ONE, "Women with repeated miscarriages are accompanied.", "gone", ""),
    ("spaces doubled", TEXT, LOSSES, _edited(LOSSES, "three  early   losses"), "ok", "three  early   losses"),
    ("a line broken", TEXT, LOSSES, _edited(LOSSES, "three\n early\nlosses"), "ok", "three\n early\nlosses"),
    ("a space that does not break", TEXT, LOSSES, _edited(LOSSES, "three\u00a0early\u202flosses"), "ok",
     "three\u00a0early\u202flosses"),
    ("a soft hyphen", TEXT, LOSSES, _edited("early", "ear\u00adly"), "ok", "three ear\u00adly losses"),
    ("indentation of the page", TEXT, "without giving a reason", "\n      ".join(TEXT.split("\n")), "ok",
     "without giving a reason"),
    ("quotation marks", 'They call it "a cohort" here.', 'it "a cohort" here', "They call it “a cohort” here.", "ok",
     "it “a cohort” here"),
    ("apostrophes", FRENCH, "L’étude suit des femmes", FRENCH.replace("’", "'"), "ok", "L'étude suit des femmes"),
    ("dashes", "18–50 years of age", "18–50 years", "18-50 years of age", "ok", "18-50 years"),
    ("three points", "And then… nothing more to do.", "then… nothing", "And then... nothing more to do.", "ok",
     "then... nothing"),
    ("capitals", TEXT, LOSSES, _edited(LOSSES, "Three Early Losses"), "drifted", "Three Early Losses"),
    ("accents taken apart", FRENCH, "pertes précoces", unicodedata.normalize("NFD", FRENCH), "ok",
     unicodedata.normalize("NFD", "pertes précoces")),
    ("accents put together", unicodedata.normalize("NFD", FRENCH), unicodedata.normalize("NFD", "pertes précoces"),
     FRENCH, "ok", "pertes précoces"),
    ("accents lost", FRENCH, "vécu au moins trois pertes précoces", FRENCH.replace("é", "e"), "drifted",
     "vecu au moins trois pertes precoces"),
    ("a family of signs", FAMILY, "\U0001f469\u200d\U0001f467 and \U0001f49a hope", "Our " + FAMILY, "ok",
     "\U0001f469\u200d\U0001f467 and \U0001f49a hope"),
    ("signs of two halves around the context", "\U0001f49a" * 40 + " hope " + "\U0001f49a" * 40, "hope",
     "\U0001f49a" * 41 + " hope " + "\U0001f49a" * 40, "ok", "hope"),
    (
        "what follows also stands inside the words",
        "You had at least three losses, or at least three failures. At least one is enough.",
        "You had at least three losses, or at least three failures.",
        "You had at least four losses, or at least three failures. At least one is enough.",
        "drifted",
        "You had at least four losses, or at least three failures.",
    ),
    ("the language switched", TEXT, LOSSES, FRENCH, "gone", ""),
    ("the language switched back", FRENCH, "pertes précoces", TEXT, "gone", ""),
    ("right to left", "نص قصير عن الدراسة هنا", "عن الدراسة", "قبل ذلك. نص قصير عن الدراسة هنا", "ok", "عن الدراسة"),
    ("no spaces between words", "研究不改变任何治疗。您可以随时停止。", "您可以随时停止", "新的。研究不改变任何治疗。您可以随时停止。",
     "ok", "您可以随时停止"),
]  # fmt: skip

RUN = """edits => edits.map(([, before, quote, now]) => {
  const start = before.indexOf(quote);
  const selector = noteAnchors.describe(before, start, start + quote.length);
  const found = noteAnchors.find(now, selector);
  return [found.state, found.state === 'gone' ? '' : now.slice(found.start, found.end), selector, found.start ?? -1];
})"""


@pytest.fixture(scope="module")
def found(browser: Browser) -> list[list[Any]]:
    """Each edit's answer, of one call."""
    page = browser.new_page()
    for name in ("notes_anchor.js", "notes_changes.js"):
        page.add_script_tag(path=SCRIPTS / name)
    answers: list[list[Any]] = page.evaluate(RUN, EDITS)
    page.close()
    return answers


@pytest.mark.parametrize(("place", "edit"), list(enumerate(EDITS)), ids=[edit[0] for edit in EDITS])
def test_a_note_is_found_again_or_said_to_have_lost_its_text(
    found: list[list[Any]], place: int, edit: tuple[str, str, str, str, str, str]
) -> None:
    assert found[place][:2] == [edit[4], edit[5]]


def test_the_place_among_equal_phrases_is_the_one_that_was_meant(found: list[list[Any]]) -> None:
    starts = {edit[0]: answer[3] for edit, answer in zip(EDITS, found, strict=True)}
    assert starts["the quote said twice, the first meant"] == ONE.index(LOSSES)
    assert starts["the quote repeated before it"] == 42 + ONE.index(LOSSES)


def test_a_selector_keeps_thirty_two_signs_on_each_side_and_no_half_sign(found: list[list[Any]]) -> None:
    for edit, (_state, _words, selector, _start) in zip(EDITS, found, strict=True):
        assert len(selector["prefix"].encode("utf-16-le")) <= 64, edit[0]
        assert not any("\ud800" <= sign <= "\udfff" for sign in selector["prefix"] + selector["suffix"])
    of_losses = found[0][2]
    assert of_losses["prefix"] == "omen who have had at least "[-32:] or of_losses["prefix"].endswith(
        "at least "
    )
    assert of_losses["suffix"].startswith(" before 14 weeks.")


BOUNDED = """() => {
  const words = 'risk loss care team year file week call '.repeat(60);
  const texts = ['a'.repeat(100_000), 'ab '.repeat(33_334), words.repeat(210).slice(0, 100_000)];
  const quotes = ['a'.repeat(1000), 'ba '.repeat(333), words.slice(0, 997) + 'xyz', 'a'.repeat(999) + 'b', 'zz '.repeat(300)];
  const works = [];
  const began = performance.now();
  for (const text of texts) for (const exact of quotes)
    works.push(noteAnchors.find(text, { exact, prefix: 'a'.repeat(32), suffix: 'b'.repeat(32), start: 50_000, end: 51_000 }).work);
  return [Math.max(...works), (performance.now() - began) / works.length];
}"""


def test_a_hundred_thousand_signs_are_searched_in_bounded_work(browser: Browser) -> None:
    page = browser.new_page()
    for name in ("notes_anchor.js", "notes_changes.js"):
        page.add_script_tag(path=SCRIPTS / name)
    work, mean_ms = page.evaluate(BOUNDED)
    page.close()
    # eight places of a thousand signs each, with a quarter more on both sides
    assert work <= 8 * 1000 * 1600
    # of a busy machine; a search without bounds takes minutes
    assert mean_ms < 3000

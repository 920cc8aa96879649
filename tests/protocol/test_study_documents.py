"""Documents made from the code say what the code says."""

import csv
import re
from pathlib import Path

from gravida.protocol import documents
from gravida.protocol.expressions import AGGREGATES, FUNCTIONS, STATES
from gravida.protocol.grammar import DEEPEST, LONGEST_TEXT
from tests.protocol.studies import FALCO, TINY, edited, study

DOCS = Path(__file__).resolve().parents[2] / "docs"
# The words of the design that the glossary must hold.
WORDS = (
    *("study", "centre", "location", "visitor", "candidate", "participant", "note", "message", "alert"),
    *(
        "opposition",
        "screening",
        "inclusion",
        "work-up",
        "snapshot",
        "factor",
        "gravidity",
        "parity",
        "miscarriage",
    ),
)
PHRASES = (
    "pregnancy loss",
    "early loss",
    "implantation failure",
    "information notice",
    "non-opposition",
    "live birth",
)


def test_no_document_is_stale() -> None:
    stale = documents.stale_documents(study(FALCO), DOCS)
    assert stale == [], "run: gravida study docs studies/falco --out docs"


def test_a_change_of_the_folder_makes_its_document_stale(tmp_path: Path) -> None:
    # given documents written from a folder
    documents.write_documents(study(TINY), tmp_path / "docs")
    assert documents.stale_documents(study(TINY), tmp_path / "docs") == []

    # when a label changes, then the dictionary is stale and the glossary is not
    changed = edited(tmp_path, ("dictionary.csv", "Pain,Douleur", "Worst pain,Pire douleur"))
    assert documents.stale_documents(study(changed), tmp_path / "docs") == [
        tmp_path / "docs" / "dictionary.md"
    ]


def test_writing_again_changes_nothing(tmp_path: Path) -> None:
    assert documents.write_documents(study(TINY), tmp_path)
    assert documents.write_documents(study(TINY), tmp_path) == []


def test_the_dictionary_shows_every_form_variable_and_choice() -> None:
    falco = study(FALCO)
    text = documents.dictionary_document(falco)
    assert all(f"| `{variable.name}` |" in text for variable in falco.dictionary.variables.values())
    assert all(f"## {form}: " in text for form in falco.dictionary.forms)
    assert all(f"| {name} |" in text for name in falco.dictionary.lists)
    assert text.count("to be confirmed by the centre") == sum(
        bool(variable.to_confirm) for variable in falco.dictionary.variables.values()
    )


def test_every_row_of_a_table_has_the_cells_of_its_head() -> None:
    for text in (documents.dictionary_document(study(FALCO)), documents.glossary_document()):
        width = 0
        for line in text.splitlines():
            cells = len(re.findall(r"(?<!\\)\|", line))
            if not line.startswith("|"):
                width = 0
            elif width == 0:
                width = cells
            assert cells == width or not line.startswith("|"), line


def test_the_glossary_holds_the_words_of_the_design_with_both_languages_and_a_source() -> None:
    path = Path(documents.__file__).parent / documents.GLOSSARY
    with path.open(encoding="utf-8", newline="") as file:
        entries = list(csv.DictReader(file))
    terms = [entry["term_en"] for entry in entries]
    assert [word for word in (*WORDS, *PHRASES) if word not in terms] == []
    assert len(terms) == len(set(terms))
    for entry in entries:
        needed = ("term_fr", "meaning_en", "meaning_fr", "source")
        assert all(entry[key] for key in needed), entry["term_en"]
        assert None not in entry, entry["term_en"]


def test_the_page_of_the_grammar_names_every_function_state_and_limit() -> None:
    page = (DOCS / "grammar.md").read_text(encoding="utf-8")
    assert [name for name in (*FUNCTIONS, *AGGREGATES) if f"`{name}(" not in page] == []
    assert [state for state in STATES if state not in page] == []
    assert f"{LONGEST_TEXT:,} signs" in page
    assert f"{DEEPEST} levels" in page

"""docs/definitions.md says what the definitions and the code say."""

from pathlib import Path

from gravida.protocol.definitions_document import definitions_document
from gravida.protocol.definitions_examples import LOSS_EXAMPLES, TRANSFER_EXAMPLES
from gravida.protocol.definitions_file import read_definitions

PROJECT = Path(__file__).resolve().parents[2]
DEFINITIONS = read_definitions(PROJECT / "studies" / "falco")


def test_the_page_is_what_the_definitions_say_today():
    written = (PROJECT / "docs" / "definitions.md").read_text(encoding="utf-8")

    assert written == definitions_document(DEFINITIONS), "run: gravida study docs studies/falco --out docs"


def test_the_page_holds_every_definition_its_source_and_every_worked_history():
    page = definitions_document(DEFINITIONS)

    for definition in (*DEFINITIONS.losses, *DEFINITIONS.implantation):
        assert definition.id in page
        assert definition.source.reference in page
    for example in (*LOSS_EXAMPLES, *TRANSFER_EXAMPLES):
        assert f"| {example.id} {example.told} |" in page


def test_no_line_of_the_page_has_a_word_that_hurts():
    page = definitions_document(DEFINITIONS).casefold()

    assert not [
        word for word in ("abortion", "recidivism", "habitual", "failure of the woman") if word in page
    ]

"""The staff's screening assesses the same criteria on the rows of its form."""

from datetime import date
from pathlib import Path

import pytest

from gravida.protocol.criteria_file import read_criteria
from gravida.protocol.eligibility import assess
from gravida.protocol.eligibility_record import recorded_facts
from gravida.protocol.record import Row, WomanRecord
from gravida.protocol.values import Answer, Missing

FALCO = read_criteria(Path(__file__).resolve().parents[2] / "studies" / "falco")
SCREENED = {
    "scr_age": 34,
    "scr_n_early_losses": "3",
    "scr_n_if": Missing.UNK,
    "inc_informed": "1",
    "inc_social_security": True,
    "exc_refuses_data": False,
    "exc_ame": "0",
    "exc_protection": False,
}


def screened(**changes):
    rows = (Row(form="SCR", values=SCREENED | changes),)
    return assess(FALCO, recorded_facts(FALCO, WomanRecord(rows=rows, as_of=date(2026, 1, 1))))


def test_a_screening_form_that_meets_everything_is_eligible():
    assert screened().answer is Answer.YES


@pytest.mark.parametrize(
    ("variable", "value", "criterion"),
    [
        ("scr_age", 51, "age"),
        ("inc_informed", "0", "informed"),
        ("inc_social_security", False, "social_security"),
        ("exc_ame", True, "ame"),
    ],
)
def test_each_answer_of_the_form_reaches_its_criterion(variable, value, criterion):
    assert screened(**{variable: value}).ruled_out_by == (criterion,)


def test_a_reason_is_kept_and_never_read_as_no():
    found = screened(exc_ame=Missing.REF)
    assert (found.answer, found.missing) == (Answer.UNKNOWN, ("on_ame",))


def test_without_a_form_everything_is_missing():
    found = assess(FALCO, recorded_facts(FALCO, WomanRecord(rows=(), as_of=date(2026, 1, 1))))
    assert set(found.missing) == {fact.id for fact in FALCO.facts}

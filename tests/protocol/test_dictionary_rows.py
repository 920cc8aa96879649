"""A row of a form: which variables are asked, what is computed, what is missing, and in which order."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from gravida.protocol.dictionary import Dictionary
from gravida.protocol.dictionary_file import read_dictionary
from gravida.protocol.order import VariablesWaitForEachOther, needs, order
from gravida.protocol.record import Row, RowValue, WomanRecord
from gravida.protocol.rows import FormReader, held
from gravida.protocol.spans import Held, Span
from gravida.protocol.values import Answer, Comparator, Missing, PartialDate, Quantity
from tests.protocol.studies import FALCO, TINY, edited

TODAY = date(2024, 6, 1)


def dictionary(folder: Path) -> Dictionary:
    return read_dictionary(folder, [])


@pytest.fixture(scope="module")
def falco() -> Dictionary:
    return dictionary(FALCO)


@pytest.fixture(scope="module")
def tiny() -> Dictionary:
    return dictionary(TINY)


def attack(**values: RowValue) -> Row:
    return Row(form="ATT", values=values)


def record_of(dictionary: Dictionary, *rows: Row) -> FormReader:
    return FormReader(dictionary=dictionary, record=WomanRecord(rows=rows, as_of=TODAY))


def state_of(reader: FormReader, row: Row, name: str) -> tuple[Answer, Held, bool]:
    state = reader.states(row)[name]
    return state.asked.answer, state.value, state.missing


@pytest.mark.parametrize(
    ("pain", "asked", "missing"),
    [
        (7, Answer.YES, True),
        (0, Answer.NO, False),
        (None, Answer.UNKNOWN, False),
        (Missing.REF, Answer.UNKNOWN, False),
    ],
)
def test_a_variable_is_asked_where_its_branch_is_yes(
    tiny: Dictionary, pain: RowValue, asked: Answer, missing: bool
) -> None:
    row = attack(pain=pain)
    assert state_of(record_of(tiny, row), row, "side") == (
        asked,
        Missing.NA if asked is Answer.NO else None,
        missing,
    )


def test_the_trace_of_a_branch_names_the_value_that_decided(tiny: Dictionary) -> None:
    row = attack(pain=0)
    because = record_of(tiny, row).states(row)["side"].asked.because
    assert [(used.name, used.value) for used in because] == [("pain", 0)]


def test_what_was_typed_before_the_branch_closed_counts_as_not_applicable(falco: Dictionary) -> None:
    # given an ultrasound with an embryo typed, and then the sac corrected to "no"
    values: dict[str, Held] = {
        "uss_sac": "0",
        "uss_embryo": True,
        "uss_crl": 12,
        "uss_cardiac": True,
    }
    row = Row(form="USS", values=values)

    # when the row is read
    states = record_of(falco, row).states(row)

    # then everything that hangs on the sac follows, three branches deep
    below = ("uss_embryo", "uss_crl", "uss_cardiac", "uss_fhr")
    assert [states[name].asked.answer for name in below] == [Answer.NO] * 4
    assert [states[name].value for name in below] == [Missing.NA] * 4


def test_a_branch_that_could_still_be_yes_stays_open(tmp_path: Path) -> None:
    # given a branch with two ways, one closed for good and one not yet answered
    folder = edited(
        tmp_path, ("dictionary.csv", "symptoms has 'nausea'", "side = 1 or symptoms has 'nausea'")
    )
    row = attack(pain=0)

    # then it cannot be told yet, and is closed once the other way is
    assert state_of(record_of(dictionary(folder), row), row, "vomiting")[0] is Answer.UNKNOWN
    row = attack(pain=0, symptoms=frozenset({"none"}))
    assert state_of(record_of(dictionary(folder), row), row, "vomiting")[0] is Answer.NO


def test_a_reason_why_there_is_no_value_completes_a_form(tiny: Dictionary) -> None:
    row = attack(began=PartialDate.parse("2024"), pain=Missing.UNK)
    assert record_of(tiny, row).is_complete(row)
    row = attack(began=PartialDate.parse("2024"))
    assert not record_of(tiny, row).is_complete(row)


def test_calculations_look_up_down_and_across(tiny: Dictionary) -> None:
    # given a patient with three attacks, one of unknown pain, and a drug in the first
    patient = Row(form="PAT", values={"diagnosed": PartialDate.parse("2024-03")})
    first = attack(pain=8, began=PartialDate.parse("2024-04"))
    drug = Row(form="PILL", parent=first, values={"dose": "400"})
    record = record_of(
        tiny, patient, first, drug, attack(pain=3, began=PartialDate.parse("2024-03")), attack()
    )

    # when the rows are read
    of_patient, of_attack, of_drug = (record.states(row) for row in (patient, first, drug))

    # then counts hold what is possible, a date is compared with the patient's, the drug with its attack
    assert of_patient["attacks"].value == Span.of_numbers(3, 3)
    assert of_patient["severe"].value == Span.of_numbers(1, 2)
    assert of_attack["after_diagnosis"].value is Answer.YES
    assert of_drug["per_pain"].value == Span.of_numbers(50, 50)


def test_a_partial_date_in_the_same_month_cannot_be_told(tiny: Dictionary) -> None:
    patient = Row(form="PAT", values={"diagnosed": PartialDate.parse("2024-03")})
    row = attack(began=PartialDate.parse("2024-03"))
    assert record_of(tiny, patient, row).states(row)["after_diagnosis"].value is Answer.UNKNOWN


def test_a_condition_that_a_row_breaks_is_shown_with_its_values(tiny: Dictionary) -> None:
    patient = Row(form="PAT", values={"age": 30, "diagnosed": PartialDate.parse("2025")})
    breaks = record_of(tiny, patient).states(patient)["diagnosed"].breaks
    assert breaks is not None
    assert [used.name for used in breaks.because] == ["diagnosed", "today"]


def test_a_ref_leads_to_the_row_it_names(falco: Dictionary) -> None:
    # given two pregnancies, the second one named by a sample
    rows = [
        Row(form="PRG", values={"preg_no": 1, "preg_start": "2020-01-01"}),
        Row(form="PRG", values={"preg_no": 2, "preg_start": "2024-03-01"}),
    ]
    sample = Row(form="SMP", values={"smp_state": "2", "smp_preg_no": 2, "smp_date": date(2024, 5, 10)})

    # when the sample is read, then its gestational age is that of the second
    states = record_of(falco, *rows, sample).states(sample)
    assert states["smp_ga"].value == Span.of_numbers(70, 70)


def test_genetic_questions_stay_closed_until_a_woman_has_not_objected(falco: Dictionary) -> None:
    for objects, asked in ((False, Answer.YES), ("1", Answer.NO), (None, Answer.UNKNOWN)):
        row = Row(form="THR", values={})
        notice = Row(form="INF", values={"inf_genetic_oppose": objects})
        assert record_of(falco, notice, row).states(row)["thr_fvl"].asked.answer is asked


def test_the_latest_notice_decides(falco: Dictionary) -> None:
    row = Row(form="SCR", values={})
    notices = [Row(form="INF", values={"inf_status": status}) for status in ("1", "2")]
    assert record_of(falco, *notices, row).states(row)["inc_informed"].value is Answer.NO


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"apl_la": "1"}, Answer.YES),
        ({"apl_la": "0", "apl_acl_igg": 41}, Answer.YES),
        (
            {"apl_la": "0", "apl_acl_igg": 40, "apl_acl_igm": 3, "apl_b2_igg": 2, "apl_b2_igm": 1},
            Answer.UNKNOWN,
        ),
    ],
)
def test_antibodies_without_the_laboratory_s_limit_cannot_be_called_negative(
    falco: Dictionary, values: dict[str, RowValue], expected: Answer
) -> None:
    row = Row(form="APL", values=values)
    assert record_of(falco, row).states(row)["apl_pos_sydney"].value is expected


def test_failed_transfers_count_by_their_embryos(falco: Dictionary) -> None:
    # given a cycle with three transfers: failed with a good embryo, with a poor one, result unknown
    cycle = Row(form="ART", values={"art_no": 1})
    rows = [cycle]
    for result, good in (("0", True), ("0", False), ("9", True)):
        transfer = Row(form="TRF", parent=cycle, values={"trf_hcg_result": result})
        rows += [transfer, Row(form="EMB", parent=transfer, values={"emb_good_quality": good})]
    derived = Row(form="CALC", values={})

    # when they are counted
    states = record_of(falco, *rows, derived).states(derived)

    # then any failure counts two, with a good embryo one
    assert (states["n_if_any"].value, states["n_if_gq"].value) == (
        Span.of_numbers(2, 2),
        Span.of_numbers(1, 1),
    )
    assert states["n_embryo_gq_failed"].value == Span.of_numbers(1, 1)


def test_one_row_of_a_form_without_its_own_rows_counts_none(falco: Dictionary) -> None:
    # given two pregnancies of which the first alone has a conceptus
    first, second = (Row(form="PRG", values={"preg_no": number}) for number in (1, 2))
    conceptus = Row(form="CON", parent=first, values={"con_no": 1, "con_fate": "3"})
    reader = record_of(falco, first, second, conceptus)

    # then each counts its own
    assert reader.states(first)["preg_n_conceptus"].value == Span.of_numbers(1, 1)
    assert reader.states(second)["preg_n_conceptus"].value == Span.of_numbers(0, 0)


@pytest.mark.parametrize(
    ("name", "stored", "expected"),
    [
        ("ATT.began", "2024-03", PartialDate.parse("2024-03")),
        ("ATT.pain", "7", Decimal(7)),
        ("ATT.pain", 7, Decimal(7)),
        ("ATT.pain", "", None),
        ("ATT.pain", Missing.REF, Missing.REF),
        ("ATT.vomiting", "1", Answer.YES),
        ("ATT.vomiting", False, Answer.NO),
        ("ATT.vomiting", Answer.UNKNOWN, Answer.UNKNOWN),
        ("ATT.side", 2, "2"),
        ("ATT.symptoms", ["nausea", "light"], frozenset({"nausea", "light"})),
        ("PILL.dose", Quantity(Decimal("0.5"), "g"), Decimal(500)),
        ("PILL.dose", "< 5", Quantity(Decimal(5), "mg", Comparator.BELOW)),
    ],
)
def test_what_is_stored_is_read_by_its_type(
    tiny: Dictionary, name: str, stored: RowValue, expected: Held
) -> None:
    variable = tiny.variables[name]
    row = Row(form=variable.form, values={variable.name: stored})
    assert held(variable, row) == expected


@pytest.mark.parametrize(
    ("name", "stored"),
    [("ATT.began", "soon"), ("ATT.pain", "a lot"), ("ATT.began", "2024-13"), ("PILL.dose", "5 g")],
)
def test_what_cannot_be_read_is_named(tiny: Dictionary, name: str, stored: str) -> None:
    variable = tiny.variables[name]
    with pytest.raises(ValueError, match=rf"{name} = '{stored}'"):
        held(variable, Row(form=variable.form, values={variable.name: stored}))


def test_every_variable_comes_after_what_it_needs(falco: Dictionary) -> None:
    # given the order of FALCO's dictionary
    place = {name: number for number, name in enumerate(order(falco))}

    # then nothing comes before what it waits for
    assert len(place) == len(falco.variables)
    for name, variable in falco.variables.items():
        assert all(place[need.variable] < place[name] for need in needs(falco, variable))


def test_where_nothing_decides_the_order_of_the_file_stays(tiny: Dictionary) -> None:
    names = [name for name in order(tiny) if name.startswith("ATT.")]
    assert names == [name for name in tiny.variables if name.startswith("ATT.")]


def test_a_circle_is_named_as_it_runs(tmp_path: Path) -> None:
    folder = edited(
        tmp_path,
        ("dictionary.csv", "pain > 0", "vomiting"),
        ("dictionary.csv", "symptoms has 'nausea'", "grade = 1"),
        ("dictionary.csv", "if(pain >= 7, '2', '1')", "side"),
    )
    with pytest.raises(VariablesWaitForEachOther) as caught:
        order(dictionary(folder))
    assert set(caught.value.circle) == {"ATT.side", "ATT.vomiting", "ATT.grade"}
    assert caught.value.circle[0] == caught.value.circle[-1]
    read = dictionary(folder)
    for first, second in zip(caught.value.circle, caught.value.circle[1:], strict=False):
        assert second in {need.variable for need in needs(read, read.variables[first])}

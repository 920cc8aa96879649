"""Units: what UCUM allows, in its own case."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gravida.protocol.dictionary_file import read_dictionary
from gravida.protocol.units import ATOMS, METRIC, PREFIXES, NotUcum, check_unit, is_unit
from tests.protocol.studies import FALCO


@pytest.mark.parametrize(
    "unit",
    [
        "1", "%", "d", "wk", "mo", "a", "h", "kg/m2", "10*9/L", "10*6/mL", "/uL", "/min", "m[IU]/L",
        "k[IU]/L",
        "[GPL'U]/mL", "[MPL'U]/mL", "mm[Hg]", "ug/dL", "pmol/L", "mg{creat}/d", "{#}", "{cup}/d", "{pack}.a",
        "mL/min/{1.73_m2}", "kg/(m2.s)", "m/s2", "10*-3.mol", "Cel", "dag", "/[HPF]", "u[IU]/mL", "ng/mL",
    ],
)  # fmt: skip
def test_units_of_the_laboratory_are_units(unit: str) -> None:
    assert is_unit(unit)


@pytest.mark.parametrize(
    "unit",
    [
        "", " ", "mIU/L", "IU/mL", "µg/L", "mcg", "bpm", "weeks", "mmHg", "G/L", "mg//L", "mg/", "(mg", "mg)",
        "kg /m2", "[IU", "{open", "mg dL", "KG", "10^9/l!", "a" * 81, "mg/L extra", "k%", "mmol/l/",
    ],
)  # fmt: skip
def test_what_people_write_instead_is_none(unit: str) -> None:
    # "G/L" reads as giga per litre: a prefix without a unit
    with pytest.raises(NotUcum):
        check_unit(unit)


def test_every_unit_of_falco_is_one() -> None:
    units = {
        unit
        for variable in read_dictionary(FALCO, []).variables.values()
        for unit in (variable.unit, *variable.other_units)
        if unit
    }
    assert len(units) > 40
    assert [unit for unit in units if not is_unit(unit)] == []


@given(st.text(max_size=40))
def test_any_text_is_a_unit_or_refused_with_a_reason(text: str) -> None:
    try:
        check_unit(text)
    except NotUcum as refusal:
        assert refusal.found
        assert refusal.wanted


@given(
    st.lists(
        st.tuples(st.sampled_from(sorted(PREFIXES)), st.sampled_from(sorted(METRIC))), min_size=1, max_size=3
    ),
    st.sampled_from(["/", "."]),
    st.sampled_from(["", "2", "-1", "{note}"]),
)
def test_prefixed_units_join_to_units(parts: list[tuple[str, str]], sign: str, ending: str) -> None:
    assert is_unit(sign.join(prefix + atom for prefix, atom in parts) + ending)


def test_atoms_without_prefix_take_none() -> None:
    assert all(is_unit(atom) for atom in ATOMS)
    assert not is_unit("mwk")

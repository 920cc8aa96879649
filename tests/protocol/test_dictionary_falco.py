"""FALCO's dictionary: whole, in two languages, and honest about what nobody has confirmed."""

import csv
import re
from pathlib import Path

import pytest

from gravida.protocol import rules
from gravida.protocol.check import Study
from gravida.protocol.dictionary import NamedRule, Required, VariableType
from tests.protocol.studies import FALCO, study


@pytest.fixture(scope="module")
def falco() -> Study:
    return study(FALCO)


@pytest.fixture(scope="module")
def drafted(shared_data: Path) -> list[dict[str, str]]:
    """The draft that the dictionary started from."""
    with (shared_data / "follow_dictionary.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.needs_shared
def test_every_form_and_variable_of_the_draft_is_kept(falco: Study, drafted: list[dict[str, str]]) -> None:
    names = [f"{row['form']}.{row['name']}" for row in drafted]
    assert (len(names), len({row["form"] for row in drafted})) == (612, 42)
    assert [name for name in names if name not in falco.dictionary.variables] == []
    assert [row["form"] for row in drafted if row["form"] not in falco.dictionary.forms] == []


@pytest.mark.needs_shared
def test_whatever_the_draft_marked_unverified_says_so(falco: Study, drafted: list[dict[str, str]]) -> None:
    # given the rows that carry the mark of something nobody has verified
    marked = [row for row in drafted if any("[m]" in cell for cell in row.values())]
    assert len(marked) == 41

    # then each says what the centre has to confirm, and the mark itself is nowhere left
    for row in marked:
        variable = falco.dictionary.variables[f"{row['form']}.{row['name']}"]
        assert variable.to_confirm, f"{variable.full_name}: the draft's mark was dropped"
    for file in FALCO.glob("*.csv"):
        text = file.read_text(encoding="utf-8")
        assert not re.search(r"\[[mv]\]", text), file.name


@pytest.mark.needs_shared
def test_every_numbered_code_of_the_draft_keeps_its_place(
    falco: Study, drafted: list[dict[str, str]]
) -> None:
    # given codes as the draft writes them: "1 employed ; 2 self-employed"
    for row in drafted:
        if row["type"] != "enum" or " ; " not in row["codes_or_range"]:
            continue
        written = [re.match(r"\s*(\d+|U\d\w?)\b", part) for part in row["codes_or_range"].split(" ; ")]
        if not all(written):
            continue
        # then the dictionary offers the same codes in the same order
        variable = falco.dictionary.variables[f"{row['form']}.{row['name']}"]
        codes = [choice.code for choice in falco.dictionary.choices(variable)]
        assert codes == [match.group(1) for match in written if match], variable.full_name


def test_it_has_42_forms_and_at_least_612_variables(falco: Study) -> None:
    assert len(falco.dictionary.forms) == 42
    assert len(falco.dictionary.variables) >= 612


def test_every_choice_has_words_in_both_languages(falco: Study) -> None:
    choices = [choice for choices in falco.dictionary.lists.values() for choice in choices]
    assert len(choices) > 900
    assert [
        choice.code for choice in choices if not all(choice.label.get(code) for code in ("en", "fr"))
    ] == []


def test_french_is_not_english_left_in_place(falco: Study) -> None:
    # given choices whose two labels are alike
    alike = {
        choice.label["en"]
        for choices in falco.dictionary.lists.values()
        for choice in choices
        if choice.label["en"] == choice.label["fr"]
    }

    # then they are words that are the same in both, or names
    english_only = re.compile(
        r"\b(not|none|yes|the|of|and|unknown|other|normal tests|days|weeks|with|by)\b", re.I
    )
    assert [label for label in alike if english_only.search(label)] == []


def test_no_label_question_or_text_says_what_we_do_not_say(falco: Study) -> None:
    labels = [text for variable in falco.dictionary.variables.values() for text in variable.label.values()]
    labels += [
        text
        for choices in falco.dictionary.lists.values()
        for choice in choices
        for text in choice.label.values()
    ]
    labels += [text for path in (FALCO / "texts").glob("*.md") for text in [path.read_text(encoding="utf-8")]]
    for fact in falco.criteria.facts:
        labels += [*fact.question.values(), *fact.help.values()]
    labels += [text for criterion in falco.criteria.criteria for text in criterion.text.values()]
    unkind = re.compile(r"\babort|avortement|recidiv|récidiv|habitual|habituel+e? abort", re.I)
    assert [label for label in labels if unkind.search(label)] == []


def test_no_branch_or_calculation_is_left_in_prose(falco: Study) -> None:
    for variable in falco.dictionary.variables.values():
        assert (variable.branch is None) is (variable.branch_text == ""), variable.full_name
        assert (variable.calculation is None) is (variable.required is not Required.CALCULATED), (
            variable.full_name
        )
    named = [v for v in falco.dictionary.variables.values() if isinstance(v.calculation, NamedRule)]
    computed = [v for v in falco.dictionary.variables.values() if v.calculation is not None]
    assert len(computed) - len(named) > 40


def test_identity_is_kept_apart(falco: Study) -> None:
    assert [form.id for form in falco.dictionary.forms.values() if form.store == "identity"] == ["IDV"]


def test_yes_or_no_is_never_a_tick(falco: Study) -> None:
    asked = [v for v in falco.dictionary.variables.values() if v.type is VariableType.YN and v.is_typed]
    assert len(asked) > 50


def test_the_plan_says_that_nobody_has_signed_it(falco: Study) -> None:
    assert falco.plan is not None
    assert falco.plan.status == "draft"
    assert {factor.family for factor in falco.plan.factors} == {"history", "habits", "workup", "immune"}


def test_every_definition_and_profile_of_the_folder_is_in_force_or_beside(falco: Study) -> None:
    assert falco.definitions is not None
    assert falco.workup is not None
    chosen = falco.file.definitions
    assert {chosen.in_force, *chosen.beside} == {definition.id for definition in falco.definitions.losses}
    chosen = falco.file.workup
    assert {chosen.in_force, *chosen.beside} == set(falco.workup.profiles)


def test_every_rule_made_in_code_names_the_file_that_holds_it_or_the_part_that_will() -> None:
    package = Path(rules.__file__).parents[1]
    for name, rule in rules.CODED_RULES.items():
        assert (package / rule.file).exists(), f"{name}: gravida/{rule.file}"


def test_every_rule_made_in_code_is_used(falco: Study) -> None:
    used = {
        v.calculation.name
        for v in falco.dictionary.variables.values()
        if isinstance(v.calculation, NamedRule)
    }
    assert used == set(rules.CODED_RULES)

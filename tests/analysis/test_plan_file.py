"""Plan files: read, hashed, and every mistake at its line."""

import json
from dataclasses import FrozenInstanceError
from pathlib import Path

import pytest

from gravida.analysis.history import IndexRule
from gravida.analysis.plan import (
    NoSuchPlan,
    PlanRejected,
    UnknownDefinition,
    built_in_plans,
    canonical_json,
    definitions_beside,
    index_rule,
    plan_hash,
    read_plan,
)
from gravida.analysis.report.labels import Labels
from gravida.analysis.report.words import words_of
from gravida.protocol.check import read_whole_study
from gravida.protocol.expressions import parts_of
from gravida.protocol.plan import Plan, names_of, numbers_wanted
from tests.analysis.plans import BASE, OUTCOMES, factor, plan, question, toml

FALCO = Path(__file__).resolve().parents[2] / "studies" / "falco"
PARTS = (OUTCOMES, factor("age"), question())


def test_three_plans_come_along_and_a_study_folder_has_its_own():
    assert built_in_plans() == ("etm", "infert", "nsfg")
    for name in built_in_plans():
        assert read_plan(name).id == name
    assert read_plan(FALCO).id == read_plan(FALCO / "plan.toml").id == "falco"


def test_the_study_check_and_the_analysis_read_one_plan():
    study, mistakes = read_whole_study(FALCO)

    assert mistakes == ()
    assert study.plan == read_plan(FALCO)


def test_a_plan_cannot_be_changed_once_read():
    with pytest.raises(FrozenInstanceError):
        plan(*PARTS).seed = 3  # type: ignore[misc]


def test_the_hash_does_not_depend_on_spacing_comments_or_order_of_keys(tmp_path: Path):
    first = plan_hash(read_plan(toml(tmp_path / "a.toml", *PARTS)))
    spaced = BASE.replace('id = "small"\nversion = 1\n', '# a note\nversion   =  1\nid = "small"\n')
    (tmp_path / "b.toml").write_text("\n\n".join((spaced, *PARTS)), encoding="utf-8")

    assert plan_hash(read_plan(tmp_path / "b.toml")) == first
    assert len(first) == 64


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("seed = 7", "seed = 8"),
        ("weeks < 14", "weeks < 13"),
        ('["logistic_cluster"]', '["firth"]'),
        ('text.en = "All"', 'text.en = "Everybody"'),
        ('timing = "before_index"', 'timing = "fixed"'),
    ],
)
def test_whatever_a_plan_says_is_in_its_hash(tmp_path: Path, old: str, new: str):
    path = toml(tmp_path / "plan.toml", *PARTS)
    before = plan_hash(read_plan(path))
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")

    assert plan_hash(read_plan(path)) != before


def test_the_canonical_plan_is_json_with_every_key():
    told = json.loads(canonical_json(read_plan("nsfg")))

    assert told["is"] == "Plan"
    assert {"population", "index_event", "outcomes", "factors", "questions", "thresholds"} <= set(told)
    assert told["factors"][0]["terms"][0]["value_text"] == "age < 20"


def test_a_term_is_told_as_the_plan_words_it():
    labels = Labels(plan=read_plan("nsfg"), definitions=None, words=words_of("fr"))

    assert labels.level("origin", "black") == "noire, non hispanique"
    assert labels.level("earlier_early_losses", "pl3") == "≥ 3"


def test_what_a_plan_reads_is_told_apart_from_what_it_makes():
    names = set(names_of(read_plan("nsfg")))

    assert {"agecon", "outcome", "prglngth", "hisprace", "poverty", "outcome_i"} <= names
    assert not names & {"age", "history.early_losses"}
    assert "agecon" in numbers_wanted(read_plan("nsfg"))


MISTAKES = [
    ("seed = 7", 'seed = "x"', "plan.toml:4: found seed = 'x', wanted seed = a whole number"),
    ('status = "draft"', 'status = "done"', "plan.toml:3: found status = 'done', wanted one of draft, sig"),
    ("seed = 7", "seeds = 7", "plan.toml:4: found key seeds"),
    ('rule = "every_pregnancy"', 'rule = "always"', "plan.toml:11: found rule = 'always', wanted one of eve"),
    ('woman = "woman"', 'wife = "woman"', "plan.toml:16: found key wife, wanted one of began"),
    ("weeks < 14", "weeks <", "found the end at sign"),
    ('"late_loss", "induced"]', '"late_loss", "gone"]', "found gone in competing, wanted one of early_loss"),
    ('["logistic_cluster"]', '["magic"]', "found magic in models, wanted one of logistic_cluster"),
    ('variable = "age"', 'variable = "history.luck"', "found history.luck in variable, wanted one of hist"),
    ('timing = "before_index"', 'timing = "later"', "found timing = 'later', wanted one of fixed, before"),
    ('family = "known"', 'family = "none"', "found none in family, wanted one of known"),
    ('outcome = "early_loss"', 'outcome = "win"', "found win in outcome"),
    ('factors = ["age"]', 'factors = ["ages"]', "found ages in factors, wanted one of age"),
    ('factors = ["age"]', 'factors = ["age"]\nset_aside = ["induced"]', "found no set_aside_why, wanted"),
    ('id = "birth"', 'id = "early_loss"', "found outcome early_loss a second time, wanted each id once"),
    ("adjust_for = []", 'adjust_for = ["age"]', "found age held equal to itself"),
    ("adjust_for = []", "adjust_for = []\nknots = 9", "found knots = 9, wanted 3 to 7 knots"),
    ("adjust_for = []", 'adjust_for = []\nshape = "terms"', "found shape terms and 0 terms"),
    (
        "adjust_for = []",
        'adjust_for = []\nterms.old = "age >= 40"\nterm_names.young.en = "x"',
        "found key young, wanted one of old",
    ),
    ("seed = 7", "seed =", "plan.toml:4: found “seed =”, wanted TOML"),
]


@pytest.mark.parametrize(("old", "new", "expected"), MISTAKES)
def test_a_mistake_is_told_with_its_line(tmp_path: Path, old: str, new: str, expected: str):
    path = tmp_path / "plan.toml"
    text = "\n".join((BASE, *PARTS))
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")

    with pytest.raises(PlanRejected) as caught:
        read_plan(path)

    assert expected in str(caught.value)
    assert all(f"{path}:" in line for line in str(caught.value).splitlines())


SECTIONS = [
    ("[thresholds]\nriley_c = 1.2", "found riley_c = 1.2, wanted between 0.5 and 1"),
    ("[thresholds]\nsmall_cell = 0", "found small_cell = 0, wanted 1 or more"),
    ("[thresholds]\nlargest = 3", "found key largest"),
    ('[imputation]\nmethod = "guess"', "found method = 'guess', wanted one of complete_cases"),
    ('[input.endings]\nloss = ["4"]\nectopic = ["4"]', "found code 4 under two endings, wanted each code on"),
    ('[[sensitivity]]\nid = "s"\ntext.en = "x"\ntext.fr = "x"\nweeks = [1]', "wanted weeks with kind shift"),
    (
        '[[sensitivity]]\nid = "s"\ntext.en = "x"\ntext.fr = "x"\nkind = "shift_weeks"\nweeks = [0.5]',
        "wanted whole weeks",
    ),
    (
        '[[sensitivity]]\nid = "s"\ntext.en = "x"\ntext.fr = "x"\nquestions = ["gone"]',
        "found gone in questions",
    ),
]


@pytest.mark.parametrize(("section", "expected"), SECTIONS)
def test_a_mistake_in_a_smaller_section_is_told(tmp_path: Path, section: str, expected: str):
    with pytest.raises(PlanRejected) as caught:
        read_plan(toml(tmp_path / "plan.toml", *PARTS, section))

    assert expected in str(caught.value)


def test_an_absent_plan_is_named_beside_those_there_are(tmp_path: Path):
    with pytest.raises(NoSuchPlan, match="found no plan, wanted a file or one of etm, infert, nsfg"):
        read_plan(tmp_path / "none.toml")


def test_the_index_rule_of_a_plan():
    definitions = definitions_beside(FALCO)
    made = plan(*PARTS)

    assert index_rule(made) == IndexRule(kind="every_pregnancy", pregnant_enter=True)
    assert index_rule(read_plan(FALCO)).kind == "after_inclusion"
    assert definitions is not None
    assert definitions_beside("nsfg") is None
    with pytest.raises(UnknownDefinition, match=r"definition 'RCOG_2023': wanted one of none given"):
        index_rule(_by("RCOG_2023", made))
    rule = index_rule(_by("RCOG_2023", made), definitions)
    assert (rule.definition.id, rule.losses) == ("RCOG_2023", 3)


def _by(definition: str, made: Plan) -> Plan:
    from dataclasses import replace

    return replace(made, index_event=replace(made.index_event, rule="after_losses", definition=definition))


def test_a_plan_that_does_not_say_from_when_gives_no_rule():
    from dataclasses import replace

    made = plan(*PARTS)
    with pytest.raises(ValueError, match="found none, wanted from when"):
        index_rule(replace(made, index_event=replace(made.index_event, rule="")))


def test_no_expression_of_a_built_in_plan_reads_other_rows():
    for name in built_in_plans():
        for outcome in read_plan(name).outcomes:
            assert all(type(part).__name__ != "Aggregate" for part in parts_of(outcome.event))

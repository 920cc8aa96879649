"""Answers at the borders of FALCO, typed and chosen as people do; the wording of what they come to."""

import re
from pathlib import Path

import pytest
from django.utils.translation import override

from gravida.find.selfcheck import words
from gravida.find.selfcheck.attached import answer_lines, attached_json, trace_lines, with_ticked_answers
from gravida.find.selfcheck.result import result_words
from gravida.find.selfcheck.rules import (
    WrongAnswers,
    evaluate_answers,
    has_self_check,
    questions,
    rule_set,
    why_not,
)
from gravida.find.selfcheck.typed import Given, Wrong, folded
from gravida.protocol.criteria import Criteria, Criterion, CriterionKind, CriterionPart, Fact, Source
from gravida.protocol.grammar import parse
from gravida.protocol.study import StudyFolder, read_study

FALCO = read_study(Path(__file__).resolve().parents[3] / "studies/falco")
NUMBER = "NCT05557201"
FITS = {
    "age_years": "34",
    "early_losses_before_14w": "3",
    "implantation_failures": "unknown",
    "covered_by_social_security": "yes",
    "data_use_refused": "no",
    "on_ame": "no",
    "under_legal_protection": "no",
}


def code(**changed):
    return evaluate_answers(FALCO, FITS | changed).public.code.value


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, "nothing_rules_out"),
        ({"age_years": "17"}, "may_rule_out"),
        ({"age_years": "18"}, "nothing_rules_out"),
        ({"age_years": "50"}, "nothing_rules_out"),
        ({"age_years": "51"}, "may_rule_out"),
        ({"age_years": "１８"}, "nothing_rules_out"),
        ({"age_years": "١٧"}, "may_rule_out"),
        ({"age_years": ""}, "cannot_tell"),
        ({"early_losses_before_14w": "2"}, "cannot_tell"),
        ({"early_losses_before_14w": "2", "implantation_failures": "2"}, "may_rule_out"),
        ({"early_losses_before_14w": "2", "implantation_failures": "3"}, "nothing_rules_out"),
        ({"early_losses_before_14w": "0", "implantation_failures": "0"}, "may_rule_out"),
        ({"early_losses_before_14w": "", "implantation_failures": "3"}, "nothing_rules_out"),
        ({"covered_by_social_security": "no"}, "may_rule_out"),
        ({"on_ame": "yes"}, "may_rule_out"),
        ({"on_ame": ""}, "cannot_tell"),
        ({"on_ame": "unknown", "age_years": "51"}, "may_rule_out"),
    ],
)
def test_answers_at_the_borders(changed, expected):
    assert code(**changed) == expected


@pytest.mark.parametrize(
    ("given", "why"),
    [
        (Given(typed="3 ou 4"), Wrong.NUMBER),
        (Given(typed="-1"), Wrong.NUMBER),
        (Given(typed="31"), Wrong.NUMBER),
        (Given(typed="2.5"), Wrong.NUMBER),
        (Given(typed="yes"), Wrong.NUMBER),
        (Given(typed="3", is_unknown=True), Wrong.BOTH),
    ],
)
def test_an_answer_that_is_no_number_is_named_with_what_to_do(given, why):
    with pytest.raises(WrongAnswers) as raised:
        evaluate_answers(FALCO, FITS | {"early_losses_before_14w": given})
    assert raised.value.wrong == {"early_losses_before_14w": why}


def test_every_wrong_answer_is_named_at_once():
    with pytest.raises(WrongAnswers) as raised:
        evaluate_answers(FALCO, FITS | {"age_years": "old", "on_ame": "perhaps"})
    assert raised.value.wrong == {"age_years": Wrong.NUMBER, "on_ame": Wrong.CHOICE}


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        (" 18 ", "18"),
        ("１８", "18"),
        ("१८", "18"),
        ("๑๘", "18"),
        ("−1", "-1"),
        ("2٫5", "2,5"),
        ("3 ou 4", "3 ou 4"),
    ],
)
def test_figures_of_other_scripts_are_figures(typed, expected):
    assert folded(typed) == expected


def test_sensitive_questions_come_last():
    assert [fact.id for fact in questions(FALCO.criteria)][-2:] == ["on_ame", "under_legal_protection"]
    mixed = Criteria(facts=(made("a", sensitive=True), made("b"), made("c", sensitive=True)))
    assert [fact.id for fact in questions(mixed)] == ["b", "a", "c"]


def made(name, *, kind="yn", sensitive=False):
    return Fact(id=name, type=kind, question={"en": name}, help={}, sensitive=sensitive)


def folder_with(facts, rule="a"):
    part = CriterionPart(id="one", text={}, rule=parse(rule), rule_text=rule)
    source = Source(field="f", item="i")
    one = Criterion(id="one", kind=CriterionKind.INCLUSION, text={}, source=source, parts=(part,))
    criteria = Criteria(facts=tuple(facts), criteria=(one,))
    return StudyFolder(path=Path(), id="x", number="NCT00000000", title={}, criteria=criteria)


@pytest.mark.parametrize(
    ("folder", "reason"),
    [
        (folder_with([made("a")]), ""),
        (folder_with([]), "asks a visitor"),
        (folder_with([made(f"f{n}") for n in range(8)]), "8 questions"),
        (folder_with([made("a", kind="date")]), "type date"),
        (folder_with([made("a", kind="int")], "a + 1 > 2"), "wanted comparisons"),
    ],
)
def test_a_study_without_criteria_that_a_visitor_can_answer_has_no_self_check(folder, reason):
    assert has_self_check(folder) is (reason == "")
    assert reason in why_not(folder.criteria)


def test_falco_asks_seven_questions_and_its_rules_are_plain_data():
    assert has_self_check(FALCO)
    assert len(FALCO.criteria.asked) == 7
    assert set(rule_set(FALCO.criteria)) == {"version", "facts", "criteria", "zeros", "ignored"}


# Wording.


@pytest.mark.parametrize("language", ["en", "fr"])
def test_no_words_say_that_she_can_or_cannot_join(language):
    tables = (
        words.TITLE,
        words.BEFORE,
        words.AFTER,
        words.LABEL,
        words.STATE,
        words.CHOICE,
        words.STATE_FOR_TEAM,
    )
    with override(language):
        told = " ".join(str(text) for table in tables for text in table.values())
    assert not re.search(
        r"eligib|éligib|you can(not)? join|vous pouvez participer|excluded|exclue", told, re.I
    )


def test_the_trace_names_each_criterion_with_the_answers_that_decided():
    # given two losses, transfers not known, fifty-one years
    found = evaluate_answers(FALCO, FITS | {"age_years": "51", "early_losses_before_14w": "2"})
    # when it is put into words
    shown = result_words(FALCO.criteria, found)
    # then each criterion says how it looks and why
    states = [step.state for step in shown.trace]
    assert states[:4] == [
        "Not met",
        "Cannot be told",
        "Not asked here: the team looks at this with you",
        "Met",
    ]
    assert set(states[4:]) == {"This is not so for you"}
    assert [(told.question, told.answer) for told in shown.trace[0].because] == [("How old are you?", "51")]
    assert shown.trace[1].open == ("How many embryo transfers were not followed by a pregnancy?",)
    assert (shown.title, [line.text for line in shown.lines]) == (
        "One answer may rule you out",
        ["You are 18 to 50 years old."],
    )
    assert "You may still ask" in shown.after


# What travels with a message.


def posted(query):
    from django.http import QueryDict

    return QueryDict(query)


def test_sensitive_answers_are_kept_apart():
    plain = attached_json(FALCO.criteria, FITS, sensitive=False)
    assert "on_ame" not in plain and "age_years" in plain
    assert (
        attached_json(FALCO.criteria, FITS, sensitive=True)
        == '{"on_ame": "no", "under_legal_protection": "no"}'
    )
    assert attached_json(FALCO.criteria, {"on_ame": ""}, sensitive=True) == ""


@pytest.mark.parametrize(
    ("ticks", "expected"),
    [
        ("", None),
        ("&attach_self_check=on", '{"age_years": "34"}'),
        ("&attach_self_check_sensitive=on", '{"on_ame": "no"}'),
        ("&attach_self_check=on&attach_self_check_sensitive=on", '{"age_years": "34", "on_ame": "no"}'),
    ],
)
def test_only_what_is_ticked_reaches_the_form(ticks, expected):
    query = 'self_check={"age_years":"34"}&self_check_sensitive={"on_ame":"no"}'
    found = with_ticked_answers(posted(query + ticks))
    assert found.get("self_check") == expected
    assert ("attach_self_check" in found) is (expected is not None)
    assert "self_check_sensitive" not in found


@pytest.mark.parametrize(
    "text", ["", "{", "[1]", "null", '{"age_years": [1]}', "[" * 5000, '{"<script>": "1"}']
)
def test_answers_that_no_page_of_ours_made_give_no_lines(text):
    assert answer_lines(NUMBER, text) == ()
    assert trace_lines(NUMBER, text) == ()


def test_the_team_reads_questions_answers_and_how_each_condition_looks():
    text = '{"age_years": 51, "implantation_failures": "unknown"}'
    assert [(line.name, line.value) for line in answer_lines(NUMBER, text)] == [
        ("How old are you?", "51"),
        ("How many embryo transfers were not followed by a pregnancy?", "I do not know"),
    ]
    trace = {line.name: line.value for line in trace_lines(NUMBER, text)}
    assert trace["You are 18 to 50 years old."] == "not met"
    assert trace["You are covered by a social security system."] == "cannot be told"

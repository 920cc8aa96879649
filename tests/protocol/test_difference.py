"""`gravida study diff`: what changed between two versions, and which stored values it would touch."""

import argparse
from pathlib import Path

import pytest

from gravida.protocol.commands import add_commands
from gravida.protocol.difference import Effect, differences
from tests.protocol.studies import TINY, Edit, edited, study

SIDE = "ATT,side,Side,Côté,enum,,side,,,,pain > 0,,,RC,,,,D,,"
PAIN = "ATT,pain,Pain,Douleur,int,{score},,0..10,1..9,,,,,R,,,,D,,"
FOOD = "ATT,food,Food,Repas,str,,,,,,,,,O,,,,D,,\n"


def test_two_copies_of_a_folder_do_not_differ(tmp_path: Path) -> None:
    assert differences(study(TINY), study(edited(tmp_path))) == ()


CHANGES: list[tuple[str, list[Edit], str, str, Effect]] = [
    (
        "a variable removed",
        [("dictionary.csv", SIDE + "\n", "")],
        "ATT.side",
        "variable removed",
        Effect.UNREADABLE,
    ),
    ("a variable added", [("dictionary.csv", PAIN, FOOD + PAIN)], "ATT.food", "variable added", Effect.NONE),
    (
        "a required variable added",
        [("dictionary.csv", PAIN, FOOD.replace(",O,", ",R,") + PAIN)],
        "ATT.food",
        "variable added",
        Effect.INCOMPLETE,
    ),
    (
        "a variable moved",
        [
            ("dictionary.csv", "PAT,diagnosed", "ATT,diagnosed"),
            ("dictionary.csv", "PAT.diagnosed", "diagnosed"),
        ],
        "ATT.diagnosed",
        "moved to another form",
        Effect.UNREADABLE,
    ),
    (
        "a label",
        [("dictionary.csv", "Pain,Douleur", "Worst pain,Pire douleur")],
        "ATT.pain",
        "relabelled",
        Effect.WORDING,
    ),
    (
        "a type",
        [("dictionary.csv", "began,Began,Début,pdate", "began,Began,Début,date")],
        "ATT.began",
        "type changed",
        Effect.UNREADABLE,
    ),
    ("a unit", [("dictionary.csv", "{score}", "{points}")], "ATT.pain", "unit changed", Effect.UNREADABLE),
    (
        "a narrower range",
        [("dictionary.csv", "0..10,1..9", "0..9,1..9")],
        "ATT.pain",
        "range narrowed",
        Effect.RECHECK,
    ),
    ("a wider range", [("dictionary.csv", "0..10", "0..100")], "ATT.pain", "range widened", Effect.NONE),
    ("an open range", [("dictionary.csv", "0..10", "0..")], "ATT.pain", "range widened", Effect.NONE),
    (
        "a closed range",
        [("dictionary.csv", "att_no,Number,Numéro,int,,,1..", "att_no,Number,Numéro,int,,,1..99")],
        "ATT.att_no",
        "range narrowed",
        Effect.RECHECK,
    ),
    ("usual values", [("dictionary.csv", "1..9", "2..8")], "ATT.pain", "usual range changed", Effect.RECHECK),
    ("a branch", [("dictionary.csv", "pain > 0", "pain > 3")], "ATT.side", "branch changed", Effect.HIDDEN),
    (
        "a calculation",
        [("dictionary.csv", "where pain >= 7", "where pain >= 8")],
        "PAT.severe",
        "calculation changed",
        Effect.RECOMPUTE,
    ),
    (
        "a condition",
        [("dictionary.csv", "diagnosed <= today", "diagnosed < today")],
        "PAT.diagnosed",
        "condition on saving changed",
        Effect.RECHECK,
    ),
    (
        "a requirement",
        [("dictionary.csv", "has 'nausea',,,RC", "has 'nausea',,,O")],
        "ATT.vomiting",
        "requirement changed",
        Effect.NONE,
    ),
    (
        "a stricter requirement",
        [("dictionary.csv", "symptom,,,,,,,O", "symptom,,,,,,,R")],
        "ATT.symptoms",
        "requirement changed",
        Effect.INCOMPLETE,
    ),
    (
        "a choice removed",
        [("choices.csv", "side,3,Both,Les deux,\n", "")],
        "ATT.side",
        "choice removed 3",
        Effect.UNREADABLE,
    ),
    (
        "a choice added",
        [("choices.csv", "side,4", "side,5,Neck,Nuque,\nside,4")],
        "ATT.side",
        "choice added 5",
        Effect.NONE,
    ),
    (
        "a choice retired",
        [("choices.csv", "Les deux,", "Les deux,3")],
        "ATT.side",
        "choice retired 3",
        Effect.NONE,
    ),
    (
        "a choice relabelled",
        [("choices.csv", "Both,Les deux", "Two,Deux")],
        "ATT.side",
        "choice relabelled 3",
        Effect.WORDING,
    ),
    (
        "a retired choice relabelled",
        [("choices.csv", "Forehead,Front", "Neck,Nuque")],
        "ATT.side",
        "retired choice relabelled 4",
        Effect.UNREADABLE,
    ),
    (
        "a retired choice offered again",
        [("choices.csv", "Front,2", "Front,")],
        "ATT.side",
        "retired choice offered again 4",
        Effect.WORDING,
    ),
    (
        "a form relabelled",
        [("forms.csv", "Attack,Crise", "Migraine,Migraine")],
        "ATT",
        "form relabelled",
        Effect.WORDING,
    ),
    (
        "a form under another",
        [
            ("forms.csv", "Médicament pris,ATT", "Médicament pris,"),
            ("dictionary.csv", "round(dose / ATT.pain, 1)", "dose"),
        ],
        "PILL",
        "parent changed",
        Effect.UNREADABLE,
    ),
    (
        "fewer rows",
        [("forms.csv", "0..n,att_no", "0..9,att_no")],
        "ATT",
        "number of rows changed",
        Effect.RECHECK,
    ),
    (
        "at least one row",
        [("forms.csv", "0..n,att_no", "1..n,att_no")],
        "ATT",
        "number of rows changed",
        Effect.INCOMPLETE,
    ),
    (
        "a criterion",
        [("study.toml", "age_years >= 18", "age_years >= 16")],
        "study",
        "criterion adult changed",
        Effect.REASSESS,
    ),
    (
        "a criterion's kind",
        [("study.toml", 'kind = "exclusion"', 'kind = "inclusion"')],
        "study",
        "criterion daily changed",
        Effect.REASSESS,
    ),
    (
        "a criterion's words",
        [("study.toml", "You are 18 or older.", "You are an adult.")],
        "study",
        "criterion adult worded anew",
        Effect.WORDING,
    ),
    (
        "the schedule",
        [("study.toml", "closes_days_after = 7", "closes_days_after = 9")],
        "study",
        "follow-up schedule changed",
        Effect.NONE,
    ),
    (
        "the version",
        [("study.toml", 'version = "1"', 'version = "2"')],
        "study",
        "version changed",
        Effect.NONE,
    ),
]


@pytest.mark.parametrize(
    ("edits", "where", "kind", "effect"), [case[1:] for case in CHANGES], ids=[case[0] for case in CHANGES]
)
def test_each_change_says_what_it_does_to_stored_values(
    tmp_path: Path, edits: list[Edit], where: str, kind: str, effect: Effect
) -> None:
    # given two versions of a folder that differ in one thing, when they are compared
    found = differences(study(TINY), study(edited(tmp_path, *edits)))

    # then a change names the form, the variable and the effect
    assert (where, kind, effect) in [(change.where, change.kind, change.effect) for change in found], (
        "\n".join(map(str, found))
    )


def test_a_list_that_two_variables_share_touches_the_values_of_both(tmp_path: Path) -> None:
    new = edited(tmp_path, ("choices.csv", "side,3,Both,Les deux,\n", ""))
    touched = {change.where: change.codes for change in differences(study(TINY), study(new))}
    assert touched == {"ATT.side": ("3",), "ATT.grade": ("3",)}


def test_a_definition_that_changed_is_named(tmp_path: Path) -> None:
    # given two folders whose plans differ in one sensitivity analysis
    plan = 'version = 1\nstatus = "draft"\npopulation.text.en = "All"\npopulation.text.fr = "Toutes"\n'
    plan += 'index_event.text.en = "First"\nindex_event.text.fr = "Première"\n[[sensitivity]]\nid = "one"\n'
    folders = [edited(tmp_path / name) for name in ("old", "new")]
    for folder, word in zip(folders, ("Without", "With"), strict=True):
        text = f'{plan}text.en = "{word}"\ntext.fr = "{word}"\n'
        (folder / "plan.toml").write_text(text, encoding="utf-8")

    # when they are compared, then the table and its id are named
    changes = differences(*(study(folder) for folder in folders))
    assert [change.kind for change in changes] == ["plan.toml: sensitivity one changed"]


def _diff(old: Path, new: Path) -> int:
    parser = argparse.ArgumentParser()
    add_commands(parser.add_subparsers())
    options = parser.parse_args(["study", "diff", str(old), str(new)])
    return int(options.run(options))


def test_the_command_ends_with_1_where_something_changed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    new = edited(tmp_path, ("choices.csv", "side,3,Both,Les deux,\n", ""))
    assert _diff(TINY, new) == 1
    assert (
        "ATT.side: choice removed 3: Both / Les deux -> (none); stored values lose their meaning (3)"
        in capsys.readouterr().out
    )
    assert _diff(TINY, TINY) == 0


def test_the_command_refuses_folders_with_mistakes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    new = edited(tmp_path, ("dictionary.csv", "pain > 0", "pian > 0"))
    assert _diff(TINY, new) == 2
    assert "wanted two folders without any" in capsys.readouterr().err

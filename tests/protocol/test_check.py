"""`gravida study check`: every mistake a folder can hold, with its file, its line and what was wanted."""

import subprocess
import sys
from pathlib import Path

import pytest

from gravida.protocol.check import read_whole_study
from tests.protocol.studies import FALCO, TINY, Edit, edited

AGE = "PAT,age,Age,Âge,int,a,,18..99,,,,,,R,,,,D,,"
PAIN = "ATT,pain,Pain,Douleur,int,{score},,0..10,1..9,,,,,R,,,,D,,"
SIDE = "ATT,side,Side,Côté,enum,,side,,,,pain > 0,,,RC,,,,D,,"
DOSE = "PILL,dose,Dose,Dose,dec,mg,,0..2000,,,,,,R,,g,,D,,"


def test_falco_has_no_mistake() -> None:
    assert read_whole_study(FALCO)[1] == ()


def test_a_study_of_another_disease_has_none_either() -> None:
    # given a study of migraine, when it is read
    study, mistakes = read_whole_study(TINY)

    # then nothing of it is missing, and nothing of FALCO was needed
    assert mistakes == ()
    assert (len(study.dictionary.forms), len(study.dictionary.variables)) == (3, 14)
    assert [criterion.id for criterion in study.criteria.criteria] == ["adult", "daily"]


MISTAKES: list[tuple[str, Edit, str]] = [
    # what is wrong | the edit | a part of the line printed
    (
        "unknown type",
        ("dictionary.csv", "Début,pdate", "Début,day"),
        "dictionary.csv:7: found began: type “day”",
    ),
    ("unknown requirement", ("dictionary.csv", AGE, AGE.replace(",R,", ",must,")), "required “must”"),
    (
        "unit not UCUM",
        ("dictionary.csv", "int,{score}", "int,points"),
        "dictionary.csv:8: found pain: unit “points”",
    ),
    ("unit of UCUM's case", ("dictionary.csv", "Dose,dec,mg,,0..2000", "Dose,dec,MG,,0..2000"), "unit “MG”"),
    (
        "other unit that does not convert",
        ("dictionary.csv", DOSE, DOSE.replace(",g,", ",mmol,")),
        "other unit mmol",
    ),
    (
        "unit of a text",
        ("dictionary.csv", "pdate,,,,,,,,diagnosed", "pdate,d,,,,,,,diagnosed"),
        "unit for pdate",
    ),
    ("empty range", ("dictionary.csv", "0..10", "10..0"), "range 10..0, which holds nothing"),
    ("no range", ("dictionary.csv", "0..10", "from 0 to 10"), "range “from 0 to 10”"),
    ("usual values outside", ("dictionary.csv", "1..9", "1..19"), "usual 1..19 outside the range 0..10"),
    ("name twice", ("dictionary.csv", "ATT,began,", "ATT,age,"), "name age a second time (first in line 2)"),
    (
        "name of no shape",
        ("dictionary.csv", "ATT,began,", "ATT,Began,"),
        "dictionary.csv:7: found Began: name",
    ),
    ("name too long", ("dictionary.csv", "ATT,began,", f"ATT,{'b' * 27},"), "name of 27 signs"),
    ("unknown form", ("dictionary.csv", "ATT,began,", "ATK,began,"), "form ATK, wanted a form of forms.csv"),
    ("no source", ("dictionary.csv", AGE, AGE.replace(",D,", ",,")), "age: no source"),
    ("label missing", ("dictionary.csv", "Age,Âge", "Age,"), "dictionary.csv:2: found no label_fr"),
    ("pattern that is none", ("dictionary.csv", "Début,pdate,,,,,", "Début,str,,,,,[a-"), "pattern “[a-”"),
    ("too few cells", ("dictionary.csv", AGE, AGE[:-1]), "dictionary.csv:2: found 19 cells, wanted 20 cells"),
    ("quote in a bare cell", ("dictionary.csv", '"if(pain', 'if("pain'), "dictionary.csv:13: found"),
    ("column missing", ("dictionary.csv", ",usual,", ",soft,"), "dictionary.csv:1: found columns"),
    (
        "branch names no variable",
        ("dictionary.csv", "pain > 0", "pian > 0"),
        "branch: pian, which names no variable",
    ),
    (
        "branch of another form",
        ("dictionary.csv", "pain > 0", "PILL.dose > 0"),
        "PILL.dose, though PILL has many",
    ),
    ("branch that is no sentence", ("dictionary.csv", "pain > 0", "pain >"), "branch, sign 7: the end"),
    ("branch that gives a number", ("dictionary.csv", "pain > 0", "pain + 1"), "branch that gives a number"),
    (
        "branch with a code that is none",
        ("dictionary.csv", "has 'nausea'", "has 'vertigo'"),
        "code vertigo of symptoms",
    ),
    (
        "branch that orders codes",
        ("dictionary.csv", "symptoms has 'nausea'", "side > 1"),
        "though it is one choice",
    ),
    (
        "branch that compares codes and dates",
        ("dictionary.csv", "pain > 0", "began > 0"),
        "a date beside a number",
    ),
    ("branch with a date of no calendar", ("dictionary.csv", "pain > 0", "began > @2023-13"), "@2023-13"),
    ("branch with a unit of nobody", ("dictionary.csv", "pain > 0", "pain > 3 'points'"), "unit 'points'"),
    (
        "circle of branches",
        ("dictionary.csv", PAIN, PAIN.replace("1..9,,,", "1..9,,side = 1,")),
        "a circle: ATT.",
    ),
    ("circle of one", ("dictionary.csv", "pain > 0", "side = 1"), "a circle: ATT.side needs ATT.side"),
    (
        "calculation without C",
        ("dictionary.csv", "count(ATT),,C", "count(ATT),,O"),
        "required O with a calculation",
    ),
    ("C without calculation", ("dictionary.csv", "count(ATT),,C", ",,C"), "required C without a calculation"),
    (
        "RC without branch",
        ("dictionary.csv", SIDE, SIDE.replace("pain > 0", "")),
        "required RC without a branch",
    ),
    (
        "calculation of another kind",
        ("dictionary.csv", "count(ATT),,C", "today,,C"),
        "calculation that gives a date",
    ),
    (
        "calculation with a code that is none",
        ("dictionary.csv", "'2', '1'", "'9', '1'"),
        "calculation: code '9'",
    ),
    ("aggregate over no form", ("dictionary.csv", "count(ATT),,C", "count(ATK),,C"), "form ATK"),
    (
        "rule that nobody wrote",
        ("dictionary.csv", "count(ATT),,C", "rule R-NONE,,C"),
        "calculation: rule R-NONE",
    ),
    (
        "rule with a wrong argument",
        ("dictionary.csv", "count(ATT),,C", "rule R-IF none,,C"),
        "rule R-IF none",
    ),
    (
        "rule of a criterion that is none",
        ("dictionary.csv", "count(ATT),,C", "rule R-CRITERION x,,C"),
        "adult, daily",
    ),
    (
        "choice without list",
        ("dictionary.csv", "enum,,side,,,,pain", "enum,,,,,,pain"),
        "enum without choices",
    ),
    ("list that is none", ("dictionary.csv", "enum,,side,,,,pain", "enum,,sides,,,,pain"), "list sides"),
    (
        "list nobody uses",
        ("dictionary.csv", "multi,,symptom", "multi,,side"),
        "list symptom that no variable uses",
    ),
    (
        "code twice",
        ("choices.csv", "side,2,Right", "side,1,Right"),
        "choices.csv:3: found code 1 a second time",
    ),
    ("code with another label", ("choices.csv", "side,3,Both", "side,1,Both"), "(line 2: “Left”)"),
    (
        "retired code labelled anew",
        ("choices.csv", "Front,2\n", "Front,2\nside,4,Neck,Nuque,\n"),
        "retired code 4",
    ),
    ("label twice", ("choices.csv", "side,2,Right", "side,2,Left"), "label “Left” again"),
    (
        "choice without French",
        ("choices.csv", "Nausea,Nausée", "Nausea,"),
        "choices.csv:7: found no label_fr",
    ),
    ("code with a space", ("choices.csv", "symptom,light", "symptom,light hurts"), "code “light hurts”"),
    ("form twice", ("forms.csv", "PILL,Drug", "ATT,Drug"), "form ATT a second time"),
    ("parent that is none", ("forms.csv", "Médicament pris,ATT", "Médicament pris,ATK"), "PILL: parent ATK"),
    ("form inside itself", ("forms.csv", "Crise,,0..n", "Crise,PILL,0..n"), "a form inside ATT"),
    ("rows that are none", ("forms.csv", "0..n,att_no", "many,att_no"), "repeats “many”"),
    ("key that is none", ("forms.csv", "0..n,att_no", "0..n,number"), "key number"),
    (
        "form without variables",
        ("forms.csv", "PAT,Patient", "EMPTY,Empty,Vide,,1,,research,D,\nPAT,Patient"),
        "no variable",
    ),
    (
        "store of no kind",
        ("forms.csv", "Crise,,0..n,att_no,research", "Crise,,0..n,att_no,cloud"),
        "store “cloud”",
    ),
    (
        "identity read by research",
        ("forms.csv", ",,1,,research", ",,1,,identity"),
        "PAT.diagnosed, kept in the identity",
    ),
    (
        "criterion without source",
        (
            "study.toml",
            'source = { field = "eligibilityModule.eligibilityCriteria", item = "Inclusion 1" }\n',
            "",
        ),
        "study.toml:35: found criterion adult without source",
    ),
    ("criterion without French", ("study.toml", 'text.fr = "Vous avez 18 ans ou plus."\n', ""), "no text.fr"),
    (
        "criterion over no fact",
        ("study.toml", "age_years >= 18", "age >= 18"),
        "study.toml:41: found age, which is no fact",
    ),
    (
        "criterion that is no sentence",
        ("study.toml", "age_years >= 18", "age_years => 18"),
        "at sign 12 of rule",
    ),
    (
        "criterion that gives a number",
        ("study.toml", "age_years >= 18", "age_years"),
        "study.toml:41: found age_years: a number, wanted yes or no",
    ),
    (
        "fact of another type than its variable",
        ("study.toml", 'variable = "PAT.age"', 'variable = "PAT.diagnosed"'),
        "age_years, int, kept in PAT.diagnosed, pdate",
    ),
    (
        "range of a fact that no number holds",
        ("study.toml", 'range = "0..120"', f'range = "{"9" * 400}..1"'),
        "which holds nothing",
    ),
    (
        "criterion of no kind",
        ("study.toml", 'kind = "exclusion"', 'kind = "perhaps"'),
        "one of inclusion, exclusion",
    ),
    ("criterion twice", ("study.toml", 'id = "daily"', 'id = "adult"'), "criterion adult a second time"),
    (
        "fact nobody reads",
        ("study.toml", "attacks_a_month > 25", "age_years > 99"),
        "fact attacks_a_month that no",
    ),
    (
        "fact kept nowhere",
        ("study.toml", 'variable = "PAT.age"', 'variable = "PAT.years"'),
        "PAT.years in variable",
    ),
    ("key mistyped", ("study.toml", "after = 7", "after = 7\nclose = 3"), "key close"),
    (
        "key of a table mistyped",
        ("study.toml", "closes_days_after", "close_days_after"),
        "key close_days_after",
    ),
    (
        "number that is none",
        ("study.toml", 'number = "EX0000001"', "number = 1"),
        "study.toml:3: found number = 1",
    ),
    ("number missing", ("study.toml", 'number = "EX0000001"\n', ""), "study.toml:1: found no number"),
    ("centre without town", ("study.toml", 'town = "Lille"\n', ""), "study.toml:12: found no town"),
    ("visit at no time", ("study.toml", "every_months = 1\n", ""), "a visit due at no one time"),
    ("visit with no form", ("study.toml", 'forms = ["ATT"]', 'forms = ["ATK"]'), "ATK in forms"),
    ("form set of no form", ("study.toml", 'forms = ["PAT", "ATT"', 'forms = ["PAT", "ATK"'), "ATK in forms"),
    (
        "form set in force that is none",
        ("study.toml", 'in_force = "ALL"', 'in_force = "SOME"'),
        "SOME in in_force",
    ),
    (
        "definition that is none",
        ("study.toml", "[title]", '[definitions]\nin_force = "ICHD3"\n\n[title]'),
        "found ICHD3",
    ),
    (
        "profile that is none",
        ("study.toml", "[title]", '[workup]\nin_force = "ICHD3"\n\n[title]'),
        "an id of workup.toml",
    ),
    ("TOML that is none", ("study.toml", "[title]", "[title"), "study.toml:8: found “[title”, wanted TOML"),
    (
        "TOML key twice",
        ("study.toml", 'version = "1"', 'version = "1"\nversion = "2"'),
        "study.toml:5: found",
    ),
    ("TOML left open", ("study.toml", 'en = "Every form"', 'en = "Every form'), "study.toml:"),
    (
        "an empty text",
        ("texts/notice.fr.md", "# Note\n\nTenez un carnet de vos crises.\n", " \n"),
        "an empty text",
    ),
]


@pytest.mark.parametrize(
    ("edit", "expected"), [case[1:] for case in MISTAKES], ids=[case[0] for case in MISTAKES]
)
def test_each_mistake_is_named_with_its_line(tmp_path: Path, edit: Edit, expected: str) -> None:
    # given a folder without mistakes in which one thing is made wrong
    folder = edited(tmp_path, edit)

    # when it is checked
    lines = [str(mistake) for mistake in read_whole_study(folder)[1]]

    # then a line names it
    assert any(expected in line for line in lines), "\n".join(lines) or "no mistake was found"


def test_a_missing_file_is_a_mistake_and_the_rest_is_still_read(tmp_path: Path) -> None:
    folder = edited(tmp_path)
    (folder / "choices.csv").unlink()
    lines = [str(mistake) for mistake in read_whole_study(folder)[1]]
    assert f"{folder / 'choices.csv'}:1: found no file, wanted a file of this name" in lines
    assert any("side: list side" in line for line in lines)


def test_a_text_missing_in_one_language_is_a_mistake(tmp_path: Path) -> None:
    folder = edited(tmp_path)
    (folder / "texts" / "notice.fr.md").unlink()
    assert ["notice.fr.md" in str(mistake) for mistake in read_whole_study(folder)[1]] == [True]


@pytest.mark.parametrize("file", ["dictionary.csv", "study.toml"])
def test_a_file_in_another_encoding_names_the_line_of_the_first_byte(tmp_path: Path, file: str) -> None:
    folder = edited(tmp_path)
    text = (folder / file).read_text(encoding="utf-8")
    (folder / file).write_bytes(text.encode("cp1252"))
    lines = [str(mistake) for mistake in read_whole_study(folder)[1]]
    assert any(f"{file}:" in line and "wanted text in UTF-8" in line for line in lines)


def test_a_byte_order_mark_and_windows_line_ends_are_harmless(tmp_path: Path) -> None:
    folder = edited(tmp_path)
    for name in ("dictionary.csv", "choices.csv", "forms.csv", "study.toml"):
        text = (folder / name).read_text(encoding="utf-8")
        (folder / name).write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    assert read_whole_study(folder)[1] == ()


def test_every_mistake_is_reported_not_the_first_alone(tmp_path: Path) -> None:
    folder = edited(
        tmp_path,
        ("dictionary.csv", "Début,pdate", "Début,day"),
        ("choices.csv", "Nausea,Nausée", "Nausea,"),
        ("study.toml", "age_years >= 18", "age >= 18"),
    )
    files = {mistake.file.name for mistake in read_whole_study(folder)[1]}
    assert files == {"dictionary.csv", "choices.csv", "study.toml"}


def _study(*arguments: str) -> subprocess.CompletedProcess[str]:
    code = (
        "import argparse, sys\n"
        "from gravida.protocol.commands import add_commands\n"
        "parser = argparse.ArgumentParser()\n"
        "add_commands(parser.add_subparsers())\n"
        "options = parser.parse_args(sys.argv[1:])\n"
        "code = options.run(options)\n"
        "assert 'django' not in sys.modules\n"
        "sys.exit(code)\n"
    )
    return subprocess.run(
        [sys.executable, "-c", code, "study", *arguments], capture_output=True, text=True, check=False
    )


def test_the_command_prints_file_and_line_and_ends_with_1(tmp_path: Path) -> None:
    folder = edited(tmp_path, ("dictionary.csv", "pain > 0", "pian > 0"))
    ended = _study("check", str(folder))
    assert ended.returncode == 1
    assert f"{folder / 'dictionary.csv'}:9: found side: branch: pian" in ended.stdout


def test_the_command_ends_with_0_without_mistakes_and_needs_no_django() -> None:
    ended = _study("check", str(TINY))
    assert (ended.returncode, ended.stderr) == (0, "")
    assert "no mistake" in ended.stdout

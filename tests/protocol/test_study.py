"""A study folder as the pages read it, and its files with the line of everything in them."""

from pathlib import Path

import pytest

from gravida.protocol.criteria import CriterionKind
from gravida.protocol.criteria_file import read_criteria
from gravida.protocol.study import StudyFolderMistake, read_studies, read_study
from gravida.protocol.text_files import key_lines
from tests.protocol.studies import FALCO, TINY, edited


def test_the_pages_find_title_centres_picture_and_criteria() -> None:
    study = read_study(FALCO)
    assert (study.id, study.number) == ("falco", "NCT05557201")
    assert set(study.title) == {"en", "fr"}
    assert study.picture is not None
    assert study.picture.file == FALCO / "picture.svg"
    assert [centre.id for centre in study.centres] == ["centre-1"]
    assert len(study.criteria.criteria) == 7


def test_every_folder_with_a_study_file_is_a_study(tmp_path: Path) -> None:
    edited(tmp_path)
    (tmp_path / "not a study").mkdir()
    assert list(read_studies(tmp_path)) == ["EX0000001"]
    assert read_studies(tmp_path / "nowhere") == {}


def test_falco_takes_what_its_record_says() -> None:
    criteria = read_criteria(FALCO).criteria
    kinds = [criterion.kind for criterion in criteria]
    assert (kinds.count(CriterionKind.INCLUSION), kinds.count(CriterionKind.EXCLUSION)) == (4, 3)
    history = {criterion.id: criterion for criterion in criteria}["history"]
    assert [part.rule_text for part in history.parts] == [
        "early_losses_before_14w >= 3",
        "implantation_failures >= 3",
    ]
    assert all(criterion.source.field and criterion.source.item for criterion in criteria)


def test_visitors_are_asked_at_most_seven_questions_and_sensitive_ones_are_marked() -> None:
    asked = read_criteria(FALCO).asked
    assert len(asked) <= 7
    assert [fact.id for fact in asked if fact.sensitive] == ["on_ame", "under_legal_protection"]
    assert "informed_and_not_opposed" not in [fact.id for fact in asked]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('number = "EX0000001"\n', "", "wanted"),
        ("[title]", "[title", "not TOML"),
        ("age_years >= 18", "age >= 18", "age, which is no fact"),
    ],
)
def test_a_folder_that_cannot_be_shown_says_why(tmp_path: Path, old: str, new: str, said: str) -> None:
    folder = edited(tmp_path, ("study.toml", old, new))
    with pytest.raises(StudyFolderMistake, match=r"study\.toml") as caught:
        read_study(folder)
    assert said in str(caught.value)


def test_a_folder_without_study_file_says_so(tmp_path: Path) -> None:
    with pytest.raises(StudyFolderMistake, match="found nothing"):
        read_study(tmp_path)


def test_the_tiny_study_knows_nothing_of_pregnancies() -> None:
    assert [fact.id for fact in read_study(TINY).criteria.facts] == ["age_years", "attacks_a_month"]


def test_every_key_of_a_toml_file_has_its_line() -> None:
    # given a file with tables, lists of tables, long texts and arrays over several lines
    text = '\n'.join([
        'id = "x"  # [not a table]',
        'list = [',
        '  "a = b", # [[no]]',
        ']',
        'long = """',
        'key = "inside a text"',
        '"""',
        '[one]',
        'deep.er = 1',
        '[[many]]',
        'id = 1',
        '[[many.inner]]',
        'id = 2',
        '[[many]]',
        'id = 3',
        'table = { a = 1, b = [2, 3] }',
        '[many.last]',
        '"quoted key" = 4',
    ])  # fmt: skip

    # when its lines are told
    lines = key_lines(text)

    # then each key stands where it was written, and nothing inside a text is one
    assert lines == {
        ("id",): 1,
        ("list",): 2,
        ("long",): 5,
        ("one",): 8,
        ("one", "deep"): 9,
        ("one", "deep", "er"): 9,
        ("many", 0): 10,
        ("many", 0, "id"): 11,
        ("many", 0, "inner", 0): 12,
        ("many", 0, "inner", 0, "id"): 13,
        ("many", 1): 14,
        ("many", 1, "id"): 15,
        ("many", 1, "table"): 16,
        ("many", 1, "last"): 17,
        ("many", 1, "last", "quoted key"): 18,
    }

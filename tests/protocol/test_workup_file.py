"""Mistakes in workup.toml are named by file and line."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gravida.protocol.mistakes import StudyFolderMistake
from gravida.protocol.workup_file import check_workup, read_workup

FALCO = Path(__file__).resolve().parents[2] / "studies" / "falco" / "workup.toml"

TINY = """\
version = "1"
[[source]]
id = "S"
text = "a source"
[[domain]]
id = "blood"
name = { en = "Blood", fr = "Sang" }
[[test]]
id = "iron"
domain = "blood"
name = { en = "Iron", fr = "Fer" }
variable = "LAB.iron"
unit = "umol/L"
void = ["pregnant"]
source = "S"
[[test]]
id = "group"
domain = "blood"
name = { en = "Group", fr = "Groupe" }
variable = "LAB.group"
normal = ["A"]
source = "S"
[[finding]]
id = "low_iron"
domain = "blood"
name = { en = "Low iron", fr = "Fer bas" }
weight = "cause"
when = [{ test = "iron", below = 10 }]
source = "S"
[antiphospholipid]
percentile_99_between = [10, 60]
source = "S"
[antiphospholipid.sydney_2006]
void = []
void_for_lupus_anticoagulant = []
[antiphospholipid.acr_eular_2023]
void = []
void_for_lupus_anticoagulant = []
[[profile]]
id = "ONE"
name = { en = "One", fr = "Un" }
definition = "D"
antiphospholipid = "sydney_2006"
source = "S"
[profile.needs]
blood = ["iron | group"]
[profile.needed_when]
blood = "second_trimester_loss"
"""


def mistakes_in(text, tmp_path):
    file = tmp_path / "workup.toml"
    file.write_text(text, encoding="utf-8")
    mistakes = []
    check_workup(tmp_path, mistakes)
    return mistakes


def test_the_tiny_work_up_and_falcos_have_no_mistake(tmp_path):
    assert mistakes_in(TINY, tmp_path) == []
    assert check_workup(FALCO, found := []).profiles
    assert found == []


MISTAKES = """
text = "a source"                              |                                       | 2  | text
domain = "blood"                               | domain = "bone"                       | 10 | bone
name = { en = "Iron", fr = "Fer" }             | name = { en = "Iron" }                | 11 | name.fr
void = ["pregnant"]                            | void = ["tired"]                      | 14 | tired
normal = ["A"]                                 | normall = ["A"]                       | 21 | normall
weight = "cause"                               | weight = "heavy"                      | 27 | heavy
below = 10                                     | below = "ten"                         | 28 | ten
below = 10                                     | codes = ["A"]                         | 28 | codes of iron
below = 10                                     | below = 10, above = 20                | 28 | above, below
test = "iron", below = 10                      | test = "gold", below = 10             | 28 | gold
test = "iron", below = 10                      | test = "group", codes = ["A"]         | 28 | code A
when = [{ test = "iron", below = 10 }]         | when = []                             | 28 | when
percentile_99_between = [10, 60]               | percentile_99_between = [60, 10]      | 31 | [60, 10]
antiphospholipid = "sydney_2006"               | antiphospholipid = "boston"           | 43 | boston
blood = ["iron / group"]                       | x                                     | 0  | -
blood = ["iron | group"]                       | blood = ["iron , gold"]               | 46 | gold
blood = ["iron | group"]                       | bone = ["iron"]                       | 46 | bone
"second_trimester_loss"                        | "third_loss"                          | 48 | third_loss
"second_trimester_loss"                        | "second ("                            | 48 | sign
"""


def cases():
    for line in MISTAKES.strip().splitlines():
        old, new, number, named = (cell.strip() for cell in line.rsplit(" | ", 3))
        old = old.replace("iron / group", "iron | group")
        if number != "0":
            yield old, new.replace(" , ", " | "), int(number), named


@pytest.mark.parametrize(("old", "new", "line", "named"), list(cases()))
def test_each_mistake_is_named_with_its_line(old, new, line, named, tmp_path):
    # given a file that is right but for one line
    text = TINY.replace(old, new, 1)
    assert text != TINY

    # when
    found = mistakes_in(text, tmp_path)

    # then
    assert any(mistake.line == line and named in mistake.found + mistake.wanted for mistake in found), found
    assert str(found[0]).startswith(f"{tmp_path / 'workup.toml'}:")


def test_a_second_id_is_named(tmp_path):
    second = TINY[TINY.index("[[finding]]") : TINY.index("[antiphospholipid]")]
    found = mistakes_in(TINY.replace("[antiphospholipid]\n", second + "[antiphospholipid]\n", 1), tmp_path)
    assert [mistake.found for mistake in found] == ["finding low_iron a second time"]


def test_a_profile_takes_over_from_one_before_it(tmp_path):
    like = '[[profile]]\nid = "TWO"\nname = { en = "2", fr = "2" }\nlike = "ONE"\nsource = "S"\n'
    (tmp_path / "workup.toml").write_text(TINY + like + 'weights = { low_iron = "none" }\n', encoding="utf-8")
    profiles = read_workup(tmp_path).profiles
    assert profiles["TWO"].needs is profiles["ONE"].needs
    assert profiles["TWO"].weights["low_iron"].value == "none"
    assert mistakes_in(TINY + like.replace('"ONE"', '"THREE"'), tmp_path)[0].line == 52


def test_reading_a_file_with_mistakes_is_refused_by_the_first(tmp_path):
    (tmp_path / "workup.toml").write_text(TINY.replace("cause", "heavy"), encoding="utf-8")
    with pytest.raises(StudyFolderMistake, match=r"workup.toml:27: found weight = 'heavy'"):
        read_workup(tmp_path)


@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_a_file_with_lines_lost_or_doubled_never_breaks_the_reader(data, tmp_path_factory):
    # given the real file with some lines lost, doubled or cut
    lines = FALCO.read_text(encoding="utf-8").splitlines()
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(lines) - 1))
        change = data.draw(st.sampled_from(["lose", "double", "cut"]))
        if change == "lose":
            del lines[place]
        elif change == "double":
            lines.insert(place, lines[place])
        else:
            lines[place] = lines[place][: len(lines[place]) // 2]

    # when, then: mistakes, never an error
    found = mistakes_in("\n".join(lines) + "\n", tmp_path_factory.mktemp("folder"))
    assert all(mistake.line >= 1 for mistake in found)

"""A damaged folder is reported, never a crash: any file, any piece lost, doubled or replaced."""

import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from gravida.protocol.check import read_whole_study
from tests.protocol.studies import FALCO, TINY

FILES = ("study.toml", "dictionary.csv", "choices.csv", "forms.csv")
PIECES = st.one_of(
    st.sampled_from(
        ["", ",", '"', "\n", "[", "]", "=", "'", "(", ")", "..", "rule R-EXPL", "in (1)", "\x00"]
    ),
    st.sampled_from(["[[criterion]]\n", "[definitions]\n", "{ a = 1 }", "1e999", "9" * 400, "\ufeff", "é"]),
    st.sampled_from(["ATT.pain", "not " * 60, "((((", "pain / 0"]),
    st.text(max_size=8),
)


@settings(max_examples=200, deadline=None)
@given(
    file=st.sampled_from(FILES),
    damages=st.lists(st.tuples(st.floats(0, 1), st.integers(0, 60), PIECES), min_size=1, max_size=3),
)
@example(
    file="study.toml", damages=[(0.84375, 3, ""), (0.84375, 12, "")]
)  # an empty text where one is wanted
def test_a_damaged_file_gives_mistakes_with_a_line_that_exists(
    file: str, damages: list[tuple[float, int, str]]
) -> None:
    with tempfile.TemporaryDirectory() as directory:
        # given a good folder with pieces of one file lost or replaced
        folder = Path(directory) / "study"
        shutil.copytree(TINY, folder)
        text = (folder / file).read_text(encoding="utf-8")
        for place, length, piece in damages:
            at = int(place * len(text))
            text = text[:at] + piece + text[at + length :]
        (folder / file).write_bytes(text.encode("utf-8", "surrogatepass"))

        # when it is read
        _, mistakes = read_whole_study(folder)

        # then whatever is wrong has a file, a line of that file, and both halves of the sentence
        for mistake in mistakes:
            lines = mistake.file.read_bytes().count(b"\n") + 1 if mistake.file.exists() else 1
            assert 1 <= mistake.line <= lines + text.count("\r"), str(mistake)
            assert mistake.found
            assert mistake.wanted


@pytest.mark.slow
@pytest.mark.parametrize(
    "file", ["definitions.toml", "workup.toml", "plan.toml", "sources.csv", "study.toml"]
)
def test_falco_without_any_one_line_is_read_to_the_end(tmp_path: Path, file: str) -> None:
    # given FALCO's folder without one of forty lines of a file
    folder = tmp_path / "falco"
    shutil.copytree(FALCO, folder)
    lines = (FALCO / file).read_text(encoding="utf-8").splitlines(keepends=True)
    for lost in range(0, len(lines), max(1, len(lines) // 40)):
        text = "".join(lines[:lost] + lines[lost + 1 :])
        (folder / file).write_text(text, encoding="utf-8")

        # then it is read without a crash
        for mistake in read_whole_study(folder)[1]:
            assert mistake.line >= 1

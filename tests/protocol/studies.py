"""Study folders for tests: a copy of the tiny one, changed in one place."""

import shutil
from collections.abc import Callable
from pathlib import Path

from gravida.protocol.check import Study, read_whole_study

TINY = Path(__file__).parent / "tiny_study"
FALCO = Path(__file__).resolve().parents[2] / "studies" / "falco"
Edit = tuple[str, str, str]  # file, what stands there, what shall stand there


def edited(folder: Path, *edits: Edit) -> Path:
    """A copy of the tiny study in `folder`, each text found once and replaced."""
    copy = folder / "study"
    shutil.copytree(TINY, copy, dirs_exist_ok=True)
    for file, old, new in edits:
        path = copy / file
        text = path.read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{file}: {old!r} stands {text.count(old)} times, wanted once"
        path.write_text(text.replace(old, new), encoding="utf-8")
    return copy


def study(folder: Path) -> Study:
    """The study of a folder that has no mistake."""
    found, mistakes = read_whole_study(folder)
    assert not mistakes, "\n".join(map(str, mistakes))
    return found


Edited = Callable[..., Path]

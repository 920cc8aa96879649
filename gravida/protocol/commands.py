"""Commands on study folders: check one, compare two versions, write the documents made from one."""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from gravida.protocol.check import Study, read_whole_study
from gravida.protocol.difference import differences
from gravida.protocol.documents import stale_documents, write_documents
from gravida.protocol.mistakes import Mistake

# A check of a study folder that another part adds, as FIND's words to avoid.
FolderCheck = Callable[[Path], tuple[Mistake, ...]]


def add_commands(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]", *, also_check: FolderCheck | None = None
) -> None:
    """Add `study check`, `study diff` and `study docs` to the command line."""
    study = commands.add_parser(
        "study", help="check a study folder, compare two versions, write its documents"
    )
    acts = study.add_subparsers(dest="act", required=True, metavar="ACT")
    check = acts.add_parser("check", help="print every mistake as file:line: what was found, what was wanted")
    check.add_argument("folder", type=Path, help="the study folder, as studies/falco")
    check.set_defaults(run=lambda options: _check(options, also_check))
    diff = acts.add_parser("diff", help="print what changed and which stored values it would touch")
    diff.add_argument("old", type=Path, help="the folder as it was")
    diff.add_argument("new", type=Path, help="the folder as it is now")
    diff.set_defaults(run=_diff)
    docs = acts.add_parser(
        "docs", help="write dictionary.md, glossary.md and the other documents made from it"
    )
    docs.add_argument("folder", type=Path, help="the study folder")
    docs.add_argument("--out", type=Path, default=Path("docs"), help="where they go (docs)")
    docs.add_argument("--check", action="store_true", help="write nothing; name the documents that are stale")
    docs.set_defaults(run=_docs)


def _say(*lines: object) -> None:
    sys.stdout.writelines(f"{line}\n" for line in lines)


def _complain(*lines: object) -> None:
    sys.stderr.writelines(f"{line}\n" for line in lines)


def _check(options: argparse.Namespace, also_check: FolderCheck | None) -> int:
    study, mistakes = read_whole_study(options.folder)
    if also_check:
        mistakes = tuple(sorted({*mistakes, *also_check(options.folder)}))
    _say(*mistakes)
    if mistakes:
        _complain(f"{len(mistakes)} mistakes")
        return 1
    dictionary = study.dictionary
    _say(
        f"{options.folder}: no mistake in {len(dictionary.forms)} forms, "
        f"{len(dictionary.variables)} variables and {len(study.criteria.criteria)} criteria"
    )
    return 0


def _diff(options: argparse.Namespace) -> int:
    """0 where nothing changed, 1 where something did, 2 where a folder has mistakes."""
    old, old_mistakes = read_whole_study(options.old)
    new, new_mistakes = read_whole_study(options.new)
    if old_mistakes or new_mistakes:
        _complain(*old_mistakes, *new_mistakes, "found mistakes, wanted two folders without any")
        return 2
    changes = differences(old, new)
    _say(*changes)
    return 1 if changes else 0


def _docs(options: argparse.Namespace) -> int:
    study = _without_mistakes(options.folder)
    if isinstance(study, tuple):
        _complain(*study)
        return 1
    if options.check:
        stale = stale_documents(study, options.out)
        _say(*(f"{path}: stale, wanted what `gravida study docs {options.folder}` writes" for path in stale))
        return 1 if stale else 0
    _say(*write_documents(study, options.out))
    return 0


def _without_mistakes(folder: Path) -> Study | tuple[Mistake, ...]:
    study, mistakes = read_whole_study(folder)
    return mistakes or study

"""A study folder read whole, with every mistake in it."""

from dataclasses import dataclass
from pathlib import Path

from gravida.protocol.check_dictionary import DictionaryCheck
from gravida.protocol.check_workup import check_workup_names
from gravida.protocol.criteria import Criteria
from gravida.protocol.definitions_file import Definitions, check_definitions
from gravida.protocol.dictionary import Dictionary
from gravida.protocol.dictionary_file import read_dictionary
from gravida.protocol.mistakes import Mistake
from gravida.protocol.plan import Plan
from gravida.protocol.plan_file import plan_in
from gravida.protocol.study_file import InForce, StudyFile, check_names, study_in
from gravida.protocol.text_files import read_csv, read_text, read_toml
from gravida.protocol.toml_tables import Table
from gravida.protocol.workup_file import check_workup
from gravida.protocol.workup_rules import Workup

SOURCE_COLUMNS = ("key", "text", "to_confirm")


@dataclass(frozen=True, kw_only=True)
class Study:
    """Everything that a study folder defines."""

    folder: Path
    file: StudyFile
    dictionary: Dictionary
    definitions: Definitions | None = None
    workup: Workup | None = None
    plan: Plan | None = None
    sources: dict[str, str]  # what the short source keys of the dictionary stand for

    @property
    def criteria(self) -> Criteria:
        return self.file.criteria


def read_whole_study(folder: Path) -> tuple[Study, tuple[Mistake, ...]]:
    """The study of a folder and its mistakes, by file and line. What could not be read is left empty.

    definitions.toml, workup.toml, plan.toml, sources.csv and texts/ are read where they stand; study.toml and
    the three tables of the dictionary have to be there.
    """
    mistakes: list[Mistake] = []
    dictionary = read_dictionary(folder, mistakes)
    file = _study_file(folder, dictionary, mistakes)
    mistakes.extend(DictionaryCheck(folder=folder, dictionary=dictionary, criteria=file.criteria).mistakes())
    study = Study(
        folder=folder,
        file=file,
        dictionary=dictionary,
        definitions=check_definitions(folder, mistakes) if (folder / "definitions.toml").exists() else None,
        workup=_workup(folder, dictionary, mistakes),
        plan=_plan(folder, dictionary, mistakes),
        sources=_sources(folder, dictionary, mistakes),
    )
    _in_force(study, mistakes)
    _texts(study, mistakes)
    return study, tuple(sorted(set(mistakes)))


def _study_file(folder: Path, dictionary: Dictionary, mistakes: list[Mistake]) -> StudyFile:
    toml = read_toml(folder / "study.toml", mistakes)
    if toml is None:
        return StudyFile(definitions=InForce(), workup=InForce(), criteria=Criteria())
    table = Table(file=toml, place=(), data=toml.data, mistakes=mistakes)
    study = study_in(table)
    check_names(table, study, dictionary)
    return study


def _workup(folder: Path, dictionary: Dictionary, mistakes: list[Mistake]) -> Workup | None:
    if not (folder / "workup.toml").exists():
        return None
    toml = read_toml(folder / "workup.toml", [])
    if toml is not None:
        check_workup_names(Table(file=toml, place=(), data=toml.data, mistakes=mistakes), dictionary)
    return check_workup(folder, mistakes)


def _plan(folder: Path, dictionary: Dictionary, mistakes: list[Mistake]) -> Plan | None:
    if not (folder / "plan.toml").exists():
        return None
    toml = read_toml(folder / "plan.toml", mistakes)
    if toml is None:
        return None
    return plan_in(Table(file=toml, place=(), data=toml.data, mistakes=mistakes), dictionary)


def _sources(folder: Path, dictionary: Dictionary, mistakes: list[Mistake]) -> dict[str, str]:
    """The keys of sources.csv; a mistake for each key of the dictionary that is not among them."""
    if not (folder / "sources.csv").exists():
        return {}
    sources: dict[str, str] = {}
    for row in read_csv(folder / "sources.csv", SOURCE_COLUMNS, mistakes):
        if row["key"] in sources:
            mistakes.append(row.mistake(found=f"source {row['key']} a second time", wanted="every key once"))
        if not row["text"]:
            mistakes.append(
                row.mistake(found=f"source {row['key']} without text", wanted="what the key stands for")
            )
        sources[row["key"]] = row["text"]
    for variable in dictionary.variables.values():
        for key in (key.strip() for key in variable.source.split(",")):
            if key not in sources:
                found = f"{variable.name}: source {key}"
                file = folder / "dictionary.csv"
                mistakes.append(
                    Mistake(file=file, line=variable.line, found=found, wanted="a key of sources.csv")
                )
    return sources


def _in_force(study: Study, mistakes: list[Mistake]) -> None:
    """What study.toml puts in force must stand in definitions.toml and workup.toml."""
    toml = read_toml(study.folder / "study.toml", [])
    if toml is None:
        return
    top = Table(file=toml, place=(), data=toml.data, mistakes=mistakes)
    losses = [definition.id for definition in study.definitions.losses] if study.definitions else []
    profiles = list(study.workup.profiles) if study.workup else []
    for key, chosen, known, file in (
        ("definitions", study.file.definitions, losses, "definitions.toml"),
        ("workup", study.file.workup, profiles, "workup.toml"),
    ):
        for name in (chosen.in_force, *chosen.beside):
            if name and name not in known:
                place = "in_force" if name == chosen.in_force else "beside"
                top.table(key).mistake(place, found=f"{name}", wanted=f"an id of {file}: {', '.join(known)}")
    if study.definitions and study.file.definitions.in_force not in ("", study.definitions.in_force):
        found = f"{study.file.definitions.in_force}, where definitions.toml has {study.definitions.in_force}"
        top.table("definitions").mistake(
            "in_force", found=found, wanted="the same definition in force in both"
        )


def _texts(study: Study, mistakes: list[Mistake]) -> None:
    """Every text NAME.LANGUAGE.md in every language of the study, and none of them empty."""
    folder = study.folder / "texts"
    names = sorted({path.name.split(".")[0] for path in folder.glob("*.md")})
    for name in names:
        for language in study.file.languages:
            path = folder / f"{name}.{language}.md"
            text = read_text(path, mistakes)
            if text is not None and not text.strip():
                mistakes.append(
                    Mistake(file=path, line=1, found="an empty text", wanted=f"the text in {language}")
                )

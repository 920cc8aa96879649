"""A study folder, read: what the study is called, where its centres are, which picture it shows."""

import tomllib
from dataclasses import dataclass, field
from pathlib import Path

from gravida.protocol.centre import Centre, read_centre
from gravida.protocol.criteria import Criteria, Texts
from gravida.protocol.criteria_file import read_criteria
from gravida.protocol.data_use import DataUse, read_data_use
from gravida.protocol.mistakes import StudyFolderMistake


@dataclass(frozen=True, kw_only=True)
class Picture:
    """The picture at the top of the study's page."""

    file: Path
    alternative: Texts


@dataclass(frozen=True, kw_only=True)
class StudyFolder:
    """A study as its folder defines it."""

    path: Path
    id: str
    number: str  # registry number
    title: Texts  # in plain words; empty: the record's own title is shown
    picture: Picture | None = None
    centres: tuple[Centre, ...] = ()
    criteria: Criteria = field(default_factory=Criteria)
    sponsor: str = ""
    acronym: str = ""
    data_use: DataUse = field(default_factory=DataUse)


def read_study(path: Path) -> StudyFolder:
    """The study that a folder defines.

    StudyFolderMistake where `study.toml` is absent, is not TOML, or misses what every study has.
    """
    file = path / "study.toml"
    try:
        table = tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise StudyFolderMistake(f"{file}: found nothing, wanted the study's definition") from error
    except tomllib.TOMLDecodeError as error:
        raise StudyFolderMistake(f"{file}: not TOML: {error}") from error
    try:
        picture = table.get("picture")
        return StudyFolder(
            path=path,
            id=table["id"],
            number=table["number"],
            title=table.get("title", {}),
            picture=Picture(file=path / picture["file"], alternative=picture["alternative"])
            if picture
            else None,
            centres=tuple(read_centre(centre) for centre in table.get("centre", ())),
            criteria=read_criteria(path),
            sponsor=table.get("sponsor", ""),
            acronym=table.get("acronym", ""),
            data_use=read_data_use(table.get("data_use", {})),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise StudyFolderMistake(
            f"{file}: {error}: wanted id, number, and per centre id, name, town, country"
        ) from error


def read_studies(root: Path) -> dict[str, StudyFolder]:
    """Every study folder under `root`, by registry number; none when `root` does not exist.

    StudyFolderMistake for a folder that cannot be read, and for two of one number.
    """
    studies: dict[str, StudyFolder] = {}
    for folder in sorted(file.parent for file in root.glob("*/study.toml")):
        study = read_study(folder)
        if study.number in studies:
            raise StudyFolderMistake(
                f"{folder / 'study.toml'}: found number {study.number}, which {studies[study.number].path} "
                "has too, wanted one folder for each study"
            )
        studies[study.number] = study
    return studies


__all__ = ["Centre", "Picture", "StudyFolder", "StudyFolderMistake", "Texts", "read_studies", "read_study"]

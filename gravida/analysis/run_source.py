"""What a run works on: the plan, the pregnancies, the risk table, and the hashes that name them."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from gravida.analysis.history import RiskTable, history
from gravida.analysis.input.pregnancies import Pregnancies
from gravida.analysis.input.read import read_source
from gravida.analysis.plan import definitions_beside, index_rule
from gravida.analysis.plan_columns import PlanColumns
from gravida.protocol.definitions_file import DEFINITIONS_FILE, Definitions, read_definitions
from gravida.protocol.plan import Plan

_BLOCK = 1 << 20


@dataclass(frozen=True, kw_only=True, eq=False)
class Source:
    """A plan and the risk table it makes of its data. `columns` are read once and shared by all models."""

    plan: Plan
    pregnancies: Pregnancies
    risk: RiskTable
    columns: PlanColumns
    definitions: Definitions | None
    seed: int

    def generator(self, *purpose: str) -> np.random.Generator:
        """Random numbers of one purpose, the same whatever else has run."""
        digest = hashlib.sha256("/".join(purpose).encode()).digest()
        return np.random.default_rng([self.seed, int.from_bytes(digest[:8], "big")])

    def seed_of(self, *purpose: str) -> int:
        """A seed of one purpose, for functions that make their own generators."""
        return int(self.generator(*purpose).integers(0, 2**62))


def source_of(
    plan: Plan, path: Path, *, women: Path | None, definitions: Definitions | None, seed: int
) -> Source:
    """Read the data under the plan. InputRejected with every mistake; UnknownDefinition, NotCountable."""
    pregnancies = read_source(path, plan, women=women)
    return source_from(plan, pregnancies, definitions=definitions, seed=seed)


def source_from(
    plan: Plan, pregnancies: Pregnancies, *, definitions: Definitions | None, seed: int
) -> Source:
    """The source of pregnancies that were read before, or changed for a sensitivity analysis."""
    risk = history(pregnancies, rule=index_rule(plan, definitions))
    return Source(
        plan=plan,
        pregnancies=pregnancies,
        risk=risk,
        columns=PlanColumns(plan=plan, risk=risk),
        definitions=definitions,
        seed=seed,
    )


def definitions_for(
    plan_name: str | Path, folder: Path | None, studies: Path
) -> tuple[Definitions | None, str]:
    """The published definitions to count side by side, and the SHA-256 of their file.

    Those of the folder named; else those beside the plan; else those of the first study of `studies`.
    """
    if folder is None and (beside := definitions_beside(plan_name)) is not None:
        from gravida.analysis.plan import plan_path  # noqa: PLC0415 - the same folder, its file hashed

        return beside, _digest(plan_path(plan_name).parent / DEFINITIONS_FILE)
    places = [folder] if folder is not None else sorted(studies.glob("*/")) if studies.is_dir() else []
    for place in places:
        if (place / DEFINITIONS_FILE).is_file():
            return read_definitions(place), _digest(place / DEFINITIONS_FILE)
    if folder is not None:
        raise FileNotFoundError(2, "found no definitions.toml in it", str(folder))
    return None, ""


def data_hash(path: Path, *, women: Path | None = None) -> str:
    """SHA-256 over the bytes of the data: a file with its dictionary, or every file of a folder."""
    found = hashlib.sha256()
    for file in _files(path, women):
        found.update(_digest(file).encode())
    return found.hexdigest()


def _files(path: Path, women: Path | None) -> Iterator[Path]:
    if path.is_dir():
        yield from sorted(file for file in path.iterdir() if file.is_file())
    else:
        yield path
        stem = path.name.removesuffix(".gz").removesuffix(".dat")
        yield from sorted(path.parent.glob(f"{stem}*.dct"))
    if women is not None:
        yield women


def _digest(path: Path) -> str:
    found = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            found.update(block)
    return found.hexdigest()

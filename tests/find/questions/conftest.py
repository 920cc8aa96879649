"""A site whose team can be written to, and a study folder that a test may change."""

import shutil
from pathlib import Path
from typing import Any

import pytest

from gravida.find import site_studies
from gravida.protocol.study import StudyFolder, read_study
from tests.find.contact.pages import conftest as contact

team, other_team, visitor = contact.team, contact.other_team, contact.visitor
FALCO = Path(__file__).resolve().parents[3] / "studies/falco"


@pytest.fixture
def own_folder(tmp_path: Path, settings: Any) -> StudyFolder:
    """FALCO's folder, as a copy that the site uses."""
    shutil.copytree(FALCO, tmp_path / "studies/falco")
    settings.STUDIES = tmp_path / "studies"
    site_studies._read.cache_clear()
    return read_study(tmp_path / "studies/falco")

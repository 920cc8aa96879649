"""What every test may use: bundled records with an index of their own, the team's shared data."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.processes import kill_those_left

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder of real records and oracles; the test is skipped, with this reason, where it is absent."""
    if not SHARED.is_dir():
        pytest.skip("the folder shared/data stands not beside this checkout: real records cannot be read")
    return SHARED


@pytest.fixture(scope="session", autouse=True)
def emptied_tables() -> Iterator[None]:
    """Tables are emptied after a test with transactions, though the audit trail refuses to be."""
    from tests.web.audit.append_only import lift_triggers_when_tables_are_emptied

    with pytest.MonkeyPatch.context() as patch:
        lift_triggers_when_tables_are_emptied(patch)
        yield


@pytest.fixture(autouse=True)
def no_process_left() -> Iterator[None]:
    """Processes that a test has started end with it."""
    yield
    kill_those_left()


@pytest.fixture(autouse=True)
def site_language() -> None:
    """Each test begins in the site's language, whatever page an earlier one of its process has read."""
    from django.utils import translation

    translation.deactivate()


@pytest.fixture
def own_index(settings: Any, tmp_path: Path) -> Path:
    """An empty folder for this test's search index."""
    settings.SEARCH_INDEX = tmp_path / "search"
    return tmp_path / "search"


def _load() -> None:
    from django.conf import settings

    from gravida.find.registry.bundled import load_bundled
    from gravida.find.search.upkeep import update

    load_bundled(settings.STUDIES)
    update()


@pytest.fixture
def bundled(db: None, own_index: Path) -> None:
    """The bundled records in the database and in the index."""
    _load()


@pytest.fixture
def bundled_for_server(transactional_db: None, own_index: Path) -> None:
    """The same, visible to a server in another thread."""
    _load()

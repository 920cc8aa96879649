"""Settings of every test run, made before Django reads its own: data apart from a running site's."""

import os
from pathlib import Path

import pytest

_DATA = Path(__file__).resolve().parents[1] / "var" / "test"

os.environ.setdefault("GRAVIDA_DATA", str(_DATA))
os.environ.setdefault("GRAVIDA_PLAIN_STATIC", "1")
# Shown where a template names a variable that does not exist; a test looks for it on every page.
os.environ.setdefault("GRAVIDA_INVALID_VARIABLE", "MISSING-VARIABLE")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--database-only", action="store_true", help="leave out tests that touch no database")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """A second engine need not hear again what has nothing to do with it."""
    if not config.getoption("--database-only"):
        return
    kept = [item for item in items if _touches_the_database(item)]
    config.hook.pytest_deselected(items=[item for item in items if item not in set(kept)])
    items[:] = kept


def _touches_the_database(item: pytest.Item) -> bool:
    fixtures = set(getattr(item, "fixturenames", ()))
    return item.get_closest_marker("django_db") is not None or bool(fixtures & {"db", "transactional_db"})

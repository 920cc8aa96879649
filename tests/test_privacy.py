"""What is personal: every field of every model is declared so or not, and real people stand nowhere."""

import re
from pathlib import Path

import pytest
from django.apps import apps

HOME = Path(__file__).resolve().parents[1]
MODELS = [model for model in apps.get_models() if model.__module__.startswith("gravida.")]


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_every_field_of_a_model_is_declared_identifying_or_shareable(model: type) -> None:
    identifying, shareable = set(model.Privacy.identifying), set(model.Privacy.shareable)
    fields = {field.name for field in model._meta.get_fields() if field.concrete}
    assert identifying | shareable == fields
    assert not identifying & shareable


TEXT_SUFFIXES = {
    ".py",
    ".md",
    ".toml",
    ".csv",
    ".json",
    ".html",
    ".po",
    ".txt",
    ".js",
    ".css",
    ".cfg",
    ".svg",
}
EMAIL = re.compile(r"[\w.+-]+@([\w-]+\.)+[a-z]{2,}", re.IGNORECASE)
# Hosts that belong to nobody, and the bracketed forms of package names.
ALLOWED_HOSTS = ("example.org", "example.com", "example.net", "example.test", "example.invalid")


def _texts() -> list[Path]:
    skipped = {".git", ".venv", "var", "node_modules", "fonts", ".mypy_cache", ".ruff_cache", ".hypothesis"}
    return [
        path
        for path in sorted(HOME.rglob("*"))
        if path.is_file() and path.suffix in TEXT_SUFFIXES and not skipped & set(path.relative_to(HOME).parts)
    ]


def test_no_address_of_a_real_person_stands_anywhere() -> None:
    found = {
        f"{path.relative_to(HOME)}: {match[0]}"
        for path in _texts()
        for match in EMAIL.finditer(path.read_text(encoding="utf-8", errors="replace"))
        if not match[0].lower().endswith(ALLOWED_HOSTS)
    }
    assert found == set()


def test_no_file_carries_a_path_of_a_machine() -> None:
    marks = ("/" + "work/", "/" + "root/", "/" + "home/")
    found = [
        str(path.relative_to(HOME))
        for path in _texts()
        if any(mark in path.read_text(encoding="utf-8", errors="replace") for mark in marks)
    ]
    assert found == []

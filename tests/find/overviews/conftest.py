"""FALCO with its bundled record, an editor, an investigator, and words that both guards accept."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from gravida.find.models import Study
from gravida.find.overviews.models import OverviewText
from gravida.find.registry.bundled import load_bundled
from gravida.web.people.models import Person
from gravida.web.people.roles import Role
from tests.find.overviews.making import fresh_study
from tests.web.people.making import browser_of, make_staff


@pytest.fixture
def now() -> datetime:
    """This moment."""
    return timezone.now()


@pytest.fixture
def study(db: None, settings: Any) -> Study:
    """FALCO, with its bundled record and without overviews."""
    load_bundled(settings.STUDIES)
    return fresh_study()


@pytest.fixture
def editor(study: Study) -> Person:
    """Writes texts of FALCO."""
    return make_staff(Role.EDITOR, name="Ed Example")


@pytest.fixture
def investigator(study: Study) -> Person:
    """May approve what others wrote."""
    return make_staff(Role.INVESTIGATOR, name="Ines Example")


@pytest.fixture
def desk(editor: Person) -> Client:
    """The editor before her screen."""
    return browser_of(editor)


@pytest.fixture
def approvers_desk(investigator: Person) -> Client:
    """The investigator before his."""
    return browser_of(investigator)


@pytest.fixture
def draft(study: Study, editor: Person, now: datetime) -> Callable[..., OverviewText]:
    """Makes a draft by the editor."""
    from tests.find.overviews.making import write_draft

    def make(**changed: Any) -> OverviewText:
        return write_draft(study, by=changed.pop("by", editor), at=now, **changed)

    return make

"""Emptying the tables between tests: the trail's triggers are lifted for it, and set again."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db.backends.base.operations import BaseDatabaseOperations


def lift_triggers_when_tables_are_emptied(patch: pytest.MonkeyPatch) -> None:
    """Only the emptying by the test runner itself is let through, never what a test does."""
    from gravida.web.audit.triggers import OF_VENDOR, TABLE

    emptied: Callable[..., None] = BaseDatabaseOperations.execute_sql_flush

    def empty(operations: Any, statements: list[str]) -> None:
        connection = operations.connection
        triggers = OF_VENDOR[connection.vendor]
        if TABLE not in connection.introspection.table_names():
            emptied(operations, statements)
            return
        emptied(operations, [*triggers["DROP"], *statements, *triggers["CREATE"]])

    patch.setattr(BaseDatabaseOperations, "execute_sql_flush", empty)

"""On PostgreSQL no page may wait for ever: limits of time for what a server process asks.

Only for processes that serve pages (wsgi.py): imports, migrations and the worker take the time they need.
"""

from django.db import connections

LIMITS_MILLISECONDS = {
    "statement_timeout": 20_000,
    "lock_timeout": 10_000,
    "idle_in_transaction_session_timeout": 60_000,
}


def limit_statements() -> None:
    """Add the limits that the operator has not set in DATABASE_URL (`?options=-c statement_timeout=...`)."""
    for settings in connections.settings.values():
        if settings["ENGINE"] == "django.db.backends.postgresql":
            options = settings.setdefault("OPTIONS", {})
            options["options"] = with_limits(options.get("options", ""))


def with_limits(given: str) -> str:
    """Start-up options of a connection, with the limits that are missing in them."""
    missing = (f"-c {name}={limit}" for name, limit in LIMITS_MILLISECONDS.items() if name not in given)
    return " ".join(filter(None, [given, *missing]))

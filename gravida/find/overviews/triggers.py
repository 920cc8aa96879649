"""The database’s own refusal to change the words of a version once they are written."""

_REFUSAL = "the words of a version are written once"
_WORDS = {
    "overviews_overviewtext": (
        "study, language, number, sections, generation_id, record_sha256, written_by_id, written_at"
    ),
    "overviews_publicnoteversion": "note_id, number, text, written_by_id, written_at",
    "overviews_generation": "writer, at, model, host, recipe, record_sha256, asked_by_id",
}


def _sqlite(table: str, columns: str) -> tuple[str, ...]:
    return (
        f"CREATE TRIGGER {table}_written_once BEFORE UPDATE OF {columns} ON {table} "
        f"BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END",
    )


def _postgresql(table: str, columns: str) -> tuple[str, ...]:
    return (
        f"CREATE TRIGGER {table}_written_once BEFORE UPDATE OF {columns} ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION overviews_refuse()",
    )


OF_VENDOR = {
    "sqlite": {
        "CREATE": tuple(line for table in _WORDS.items() for line in _sqlite(*table)),
        "DROP": tuple(f"DROP TRIGGER IF EXISTS {table}_written_once" for table in _WORDS),
    },
    "postgresql": {
        "CREATE": (
            "CREATE FUNCTION overviews_refuse() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{_REFUSAL}'; END $$",
            *(line for table in _WORDS.items() for line in _postgresql(*table)),
        ),
        "DROP": (
            *(f"DROP TRIGGER IF EXISTS {table}_written_once ON {table}" for table in _WORDS),
            "DROP FUNCTION IF EXISTS overviews_refuse()",
        ),
    },
}

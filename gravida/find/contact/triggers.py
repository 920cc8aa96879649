"""The database's own refusal to change a step once written; steps go only with their message."""

TABLE = "contact_step"
_REFUSAL = "a step of a message is written once"

OF_VENDOR = {
    "sqlite": {
        "CREATE": (
            f"CREATE TRIGGER contact_step_no_update BEFORE UPDATE ON {TABLE} "
            f"BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END",
        ),
        "DROP": ("DROP TRIGGER IF EXISTS contact_step_no_update",),
    },
    "postgresql": {
        "CREATE": (
            "CREATE FUNCTION contact_step_refuse() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{_REFUSAL}'; END $$",
            f"CREATE TRIGGER contact_step_no_update BEFORE UPDATE ON {TABLE} "
            "FOR EACH ROW EXECUTE FUNCTION contact_step_refuse()",
        ),
        "DROP": (
            f"DROP TRIGGER IF EXISTS contact_step_no_update ON {TABLE}",
            "DROP FUNCTION IF EXISTS contact_step_refuse()",
        ),
    },
}

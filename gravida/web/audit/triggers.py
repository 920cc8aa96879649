"""The database's own refusal to change the trail, in the words of each engine."""

TABLE = "audit_auditentry"
REFUSAL = "the audit trail is append-only"

_IS_THERE = f"EXISTS (SELECT 1 FROM {TABLE} WHERE number = NEW.number OR digest = NEW.digest)"  # noqa: S608
_REFUSE = f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"

SQLITE = {
    "CREATE": (
        f"CREATE TRIGGER audit_no_update BEFORE UPDATE ON {TABLE} {_REFUSE}",
        f"CREATE TRIGGER audit_no_delete BEFORE DELETE ON {TABLE} {_REFUSE}",
        # INSERT OR REPLACE deletes without telling the trigger on deletes.
        f"CREATE TRIGGER audit_no_replace BEFORE INSERT ON {TABLE} WHEN {_IS_THERE} {_REFUSE}",
    ),
    "DROP": (
        "DROP TRIGGER IF EXISTS audit_no_update",
        "DROP TRIGGER IF EXISTS audit_no_delete",
        "DROP TRIGGER IF EXISTS audit_no_replace",
    ),
}

POSTGRESQL = {
    "CREATE": (
        "CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{REFUSAL}'; END $$",
        f"CREATE TRIGGER audit_no_change BEFORE UPDATE OR DELETE ON {TABLE} "
        "FOR EACH ROW EXECUTE FUNCTION audit_refuse()",
        f"CREATE TRIGGER audit_no_truncate BEFORE TRUNCATE ON {TABLE} "
        "FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse()",
    ),
    "DROP": (
        f"DROP TRIGGER IF EXISTS audit_no_change ON {TABLE}",
        f"DROP TRIGGER IF EXISTS audit_no_truncate ON {TABLE}",
        "DROP FUNCTION IF EXISTS audit_refuse()",
    ),
}

OF_VENDOR = {"sqlite": SQLITE, "postgresql": POSTGRESQL}

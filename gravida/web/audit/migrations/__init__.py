"""Steps of the tables of the audit trail."""

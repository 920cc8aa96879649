"""Registers that stay in their engine: risk table and counts as Ibis expressions on DuckDB or Spark."""

"""EXPLAIN: snapshots, analyses and their reports."""

"""Alerts: somebody hears when a study opens or changes, or when a new one fits her search."""

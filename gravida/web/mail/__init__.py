"""Outgoing mail: rows first, neutral always, sent by the worker."""

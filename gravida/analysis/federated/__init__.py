"""Rounds of a model on rows that stay at their sites: what each answers, and the fit that comes of it."""

"""Prognosis: how well a model foretells the next pregnancy, corrected for having been fitted on it."""

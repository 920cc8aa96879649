"""FOLLOW: the cohort, every pregnancy of every participant."""

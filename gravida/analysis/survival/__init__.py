"""Who is still at risk, from when, and what ends it: hazards, curves and risks with delayed entry."""

"""What is missing: chained equations, draws below a detection limit, pooling, and what if not at random."""

"""Many markers at once: adjusted tests, multiplicity, blocks, stability, and the power that precedes them."""

"""Pages of shared notes: making a link, opening it, and its owner's list."""

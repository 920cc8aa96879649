"""Tables of shared notes."""

"""Getting in touch: a message to a team, what becomes of it, and who is told what by when."""

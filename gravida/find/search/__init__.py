"""The search of studies: an index beside the database, and what is asked of it."""

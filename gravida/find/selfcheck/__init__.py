"""A few questions from a study's own criteria, answered in the browser or on the server by one rule set."""

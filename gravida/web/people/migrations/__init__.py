"""Steps of the tables of people."""

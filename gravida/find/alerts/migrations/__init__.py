"""Steps of the tables of alerts."""

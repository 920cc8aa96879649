"""What is timed and compared, against whom, and the last figures (results/)."""

"""A study on one printed page, for a visit to the doctor."""

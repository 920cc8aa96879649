"""What the data say: tables in, frozen results out; no Django, no network."""

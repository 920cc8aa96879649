"""Private notes: kept by the visitor's own browser, and shared as a sealed copy behind a link and a code."""

"""The report: results as named fields, then JSON, CSV, HTML and PDF made from these fields alone."""

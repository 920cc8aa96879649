"""Tables as analysts bring them: CSV, Parquet, snapshots, survey files with their layout."""

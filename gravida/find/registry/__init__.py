"""Registry records in: read, cleaned, kept in every version."""

"""Plain language: how hard a text reads, words that hurt, facts against the record, built overviews."""

"""The registry: subjects, records, ratings and feeds, as they became known. Nothing is overwritten."""

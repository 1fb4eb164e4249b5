"""The library held against the texts that it cites (rules texts)."""

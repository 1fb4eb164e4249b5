"""The search of the exemption list."""

"""Verification: everything that the ledger's tables say is worked out again from the payloads and compared."""

"""The ledger: receipts that are durable before the answer is seen, chained by hash."""

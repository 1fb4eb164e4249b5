"""The calls, one module a kind, written for asyncio. `tools/generate_sync.py` makes `_sync` of them, the plain ones."""

# Generated from calls/__init__.py by tools/generate_sync.py. Do not edit.
"""The calls of the plain client."""

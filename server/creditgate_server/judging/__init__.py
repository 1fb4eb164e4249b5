"""Puts questions to the engine and makes decisions of its findings; the second opinion."""

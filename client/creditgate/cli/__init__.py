"""The command `creditgate`: asks a Credit Gate service and prints its answers."""

from __future__ import annotations

from .main import main

__all__ = ["main"]

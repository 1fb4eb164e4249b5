"""The whole rule library as one readable page of HTML, for officials and jurists."""

from __future__ import annotations

from .page import page

__all__ = ["page"]

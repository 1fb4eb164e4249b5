"""Figures as people read them."""

from __future__ import annotations


def counted(count: int) -> str:
    """A count, in groups of three digits."""
    return f"{count:,}"


def percent(ppm: int) -> str:
    """A share in millionths, rounded down to hundredths: 100.00% is said only of all."""
    return f"{ppm // 10_000}.{ppm // 100 % 100:02}%"

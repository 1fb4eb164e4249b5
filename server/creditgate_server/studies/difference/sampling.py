"""Random samples of subjects, and how far a share in a sample may lie from the share in everyone."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, floor, sqrt
from random import Random

from .report import Rate, Sampling

Z = 1.959963984540054
"""Two-sided 95 % quantile of the normal distribution."""

_MILLION = 1_000_000


def sample(identifiers: Sequence[str], size: int, seed: int) -> tuple[str, ...]:
    """So many different identifiers, each as likely as any other, sorted; all where there are no more."""
    if size >= len(identifiers):
        return tuple(identifiers)
    return tuple(sorted(Random(seed).sample(sorted(identifiers), size)))  # noqa: S311 - no secret


def rate(moved: int, of: int, sampling: Sampling | None) -> Rate:
    """A share with its bounds: exact for everyone, Wilson's 95 % interval for a sample, rounded outwards."""
    if of == 0:
        return Rate(moved=0, of=0, low_ppm=0, high_ppm=0 if sampling is None else _MILLION)
    if sampling is None or sampling.size >= sampling.population:
        share = round(moved * _MILLION / of)
        return Rate(moved=moved, of=of, low_ppm=share, high_ppm=share)
    low, high = wilson(moved, of)
    return Rate(moved=moved, of=of, low_ppm=floor(low * _MILLION), high_ppm=ceil(high * _MILLION))


def wilson(moved: int, of: int) -> tuple[float, float]:
    """Wilson's 95 % score interval of a share; `of` at least 1."""
    share, z2 = moved / of, Z * Z
    middle = share + z2 / (2 * of)
    spread = Z * sqrt(share * (1 - share) / of + z2 / (4 * of * of))
    scale = 1 + z2 / of
    low = 0.0 if moved == 0 else max((middle - spread) / scale, 0.0)
    return low, 1.0 if moved == of else min((middle + spread) / scale, 1.0)

"""Samples and their bounds."""

from __future__ import annotations

import pytest

from creditgate_server.studies.difference.report import Sampling
from creditgate_server.studies.difference.tally import rate, sample, wilson

EVERYONE = tuple(f"s{number:03d}" for number in range(200))


@pytest.mark.parametrize(
    ("moved", "of", "low", "high"),
    [  # from R: binom::binom.wilson
        (0, 10, 0.0, 0.2775),
        (5, 10, 0.2366, 0.7634),
        (10, 100, 0.0552, 0.1744),
        (100, 100, 0.9630, 1.0),
    ],
)
def test_the_interval_is_wilsons(moved: int, of: int, low: float, high: float) -> None:
    assert wilson(moved, of) == (pytest.approx(low, abs=5e-5), pytest.approx(high, abs=5e-5))


def test_everyone_has_no_error() -> None:
    assert (rate(1, 8, None).low_ppm, rate(1, 8, None).high_ppm) == (125_000, 125_000)
    everyone = Sampling(size=8, population=8, seed=0)
    assert (rate(1, 8, everyone).low_ppm, rate(1, 8, everyone).high_ppm) == (125_000, 125_000)


def test_a_sample_has_bounds_in_millionths() -> None:
    found = rate(10, 100, Sampling(size=100, population=5_000, seed=0))
    assert (found.low_ppm // 100, found.high_ppm // 100) == (552, 1743)


def test_nobody_says_nothing() -> None:
    assert (rate(0, 0, None).high_ppm, rate(0, 0, Sampling(size=0, population=9, seed=0)).high_ppm) == (0, 1_000_000)


def test_one_seed_draws_one_sample() -> None:
    drawn = sample(EVERYONE, 50, 7)
    assert drawn == sample(EVERYONE, 50, 7) != sample(EVERYONE, 50, 8)
    assert len(set(drawn)) == 50
    assert set(drawn) < set(EVERYONE)
    assert list(drawn) == sorted(drawn)


def test_a_sample_of_more_than_all_is_all() -> None:
    assert sample(EVERYONE, 500, 1) == EVERYONE

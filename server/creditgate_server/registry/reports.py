"""What became of an imported file."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from .columns import FileKind


@dataclass(slots=True)
class ImportReport:
    """What became of a file's rows."""

    path: Path
    kind: FileKind
    rows: int = 0
    loaded: int = 0
    """New to the registry."""
    revised: int = 0
    """Known with other content: a new revision was added."""
    unchanged: int = 0
    rejected: int = 0
    outdated: int = 0
    """They speak against what a file of a later day said, and did not count."""
    reject_file: Path | None = None
    feeds: set[str] = field(default_factory=set)
    notes: list[str] = field(default_factory=list)
    """What reading the file has to say, in Chinese."""
    delivered: bool = False
    """Whether the feeds count as complete up to the data day."""

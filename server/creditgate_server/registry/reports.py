"""What became of an imported file."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from .fields import FileKind


@dataclass(slots=True)
class ImportReport:
    """What became of a file's rows."""

    path: Path
    kind: FileKind
    rows: int = 0
    """With content."""
    loaded: int = 0
    """New to the registry."""
    revised: int = 0
    """Known with other content: a new revision was added."""
    unchanged: int = 0
    joined: int = 0
    """Parts of a document whose first row brought the sum of all."""
    rejected: int = 0
    outdated: int = 0
    """They speak against what a file of a later day said, and did not count."""
    untold: int = 0
    """Persons named without a number that can be hashed: who they are is not told."""
    reject_file: Path | None = None
    feeds: set[str] = field(default_factory=set)
    notes: list[str] = field(default_factory=list)
    """What reading the file has to say, in Chinese."""
    differs: list[str] = field(default_factory=list)
    """In what it differs from the totals that its source announced, in Chinese."""
    counted: Counter[str] = field(default_factory=Counter)
    """Rows taken, by feed."""
    amounts: Counter[str] = field(default_factory=Counter)
    """Fen of the rows taken, by feed."""
    delivered: bool = False
    """Whether the feeds count as complete up to the data day."""
    by_word: bool = False
    """Whether the operator said so: that settles earlier files of the feeds, too."""

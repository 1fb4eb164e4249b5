"""Where a rule set to be compared comes from."""

from __future__ import annotations

from pathlib import Path

from ...rulebook.bundle import RuleSet
from ...rulebook.load import read_directory

Source = Path | RuleSet
"""A rule directory, or a rule set that was read already."""


def rule_set_of(source: Source) -> RuleSet:
    """The rule set of a source. Raises RuleSetFault where the directory's is not sound."""
    return source if isinstance(source, RuleSet) else read_directory(source).rule_set

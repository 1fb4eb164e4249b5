"""The difference between two rule sets: what changed in words, and what it does to subjects and stored questions."""

from .comparing import Comparison, Subject
from .difference import difference
from .questions import Stored
from .report import DiffReport, Symbolic, Verdict

__all__ = ["Comparison", "DiffReport", "Stored", "Subject", "Symbolic", "Verdict", "difference"]

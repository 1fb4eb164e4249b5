"""The difference between two rule sets: what changed in words, and what it does to subjects and stored questions."""

from .comparing import Comparison, NamedSubject
from .difference import difference
from .questions import StoredQuestion
from .report import DiffReport, Symbolic, SymbolicVerdict

__all__ = ["Comparison", "DiffReport", "NamedSubject", "StoredQuestion", "Symbolic", "SymbolicVerdict", "difference"]

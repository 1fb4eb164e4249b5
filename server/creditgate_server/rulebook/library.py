"""What was read of a rule library: values with the places of their parts, and the codes that could not be read."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from .catalogue import Catalogue
from .language import Place, Rule
from .placed import PlacedValue as PlacedValue
from .reader_verification import Register

CATALOGUE_SECTIONS = Catalogue.__struct_fields__


@dataclass(slots=True)
class Library:
    """All entries that could be read, in file order, and the codes of those that could not."""

    entries: dict[str, list[PlacedValue[Any]]] = field(
        default_factory=lambda: {name: [] for name in CATALOGUE_SECTIONS}
    )
    broken: dict[str, set[str]] = field(
        default_factory=lambda: {name: set() for name in (*CATALOGUE_SECTIONS, "rules")}
    )
    rules: list[PlacedValue[Rule]] = field(default_factory=list)
    """A rule whose parameters change while it is in force has one for each value."""
    tested_apart: set[str] = field(default_factory=set)
    """Facts that lists test whose entries are not known yet: they come to no rule."""
    register: Register = field(default_factory=Register)
    """What was compared with the texts."""
    literals: list[tuple[Place, str]] = field(default_factory=list)
    """Where a rule has a number that had better be a parameter, with its id."""

    def by_code(self, section: str) -> dict[str, Any]:
        """Entries of a section by code; of doubled ones the first."""
        found: dict[str, Any] = {}
        for placed in self.entries[section]:
            found.setdefault(name_of(placed.value), placed.value)
        return found


def name_of(entry: Any) -> str:  # noqa: ANN401 - any entry of a catalogue
    """The code of an entry; a fact's name."""
    return str(entry.name if hasattr(entry, "name") else entry.code)

"""A subject in the making: what boundary cases and counter-examples are built from."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date

from msgspec import UNSET

from ..decision.knowledge import Assertion, Knowledge, Rating, Record, Related
from ..rulebook.language import Value

ENTERPRISE = "914419000000000000"
IDENTIFIERS = {
    "enterprise": ENTERPRISE,
    "sole_trader": "924419000000000000",
    "cooperative": "934419000000000000",
    "institution": "114419000000000000",
    "social_organisation": "514419000000000000",
    "other": "N24419000000000000",
    "person": "p:" + "0" * 64,
}


@dataclass(slots=True)
class World:
    """A subject and its feeds in the making."""

    day: date
    identifier: str = ENTERPRISE
    present: bool = True
    attributes: dict[str, Value] = field(default_factory=dict)
    given: dict[str, Value] = field(default_factory=dict)
    records: list[Record] = field(default_factory=list)
    ratings: list[Rating] = field(default_factory=list)
    related: list[Related] = field(default_factory=list)
    relations_beyond: int = 0
    disputed: dict[str, tuple[Assertion, ...]] = field(default_factory=dict)
    feeds: dict[str, date] = field(default_factory=dict)
    organ: str = ""
    exemption: str = ""
    region: str = ""
    """Of an act: where, for whom and under which entry the act is asked about."""

    def copy(self) -> World:
        """Another that changes apart from this one. What its lists and dictionaries hold never changes."""
        return replace(
            self,
            attributes=dict(self.attributes),
            given=dict(self.given),
            records=list(self.records),
            ratings=list(self.ratings),
            related=list(self.related),
            disputed=dict(self.disputed),
            feeds=dict(self.feeds),
        )

    def knowledge(self) -> Knowledge:
        """What the registry would hand out."""
        return Knowledge(
            identifier=self.identifier,
            present=self.present,
            attributes=dict(self.attributes),
            records=tuple(self.records),
            ratings=tuple(self.ratings),
            related=tuple(self.related) or UNSET,
            disputed=dict(self.disputed) or UNSET,
            relations_beyond=self.relations_beyond or UNSET,
        )

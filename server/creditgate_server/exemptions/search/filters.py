"""Which entries may be found: organ, region, kind, list, in force on a day. A filter only ever takes away."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date

from ...decision.violation import divisions
from ...errors import InvalidQuestion
from ...rulebook.catalogue import ExemptionKind
from .documents import EntryDocument, ListedVersion

_DIVISION = re.compile(r"[0-9]{6}")


@dataclass(frozen=True, slots=True)
class EntryFilters:
    """What an entry, and one version of it at once, must be. Raises `InvalidQuestion` for a region of another shape."""

    organ: str = ""
    region: str = ""
    """A division (GB/T 2260): lists of it and of every division above it."""
    kinds: frozenset[ExemptionKind] = frozenset()
    """Of one of these kinds; empty: of any."""
    list: str = ""
    day: date | None = None
    """In force on this day; None: on any."""
    lapsed: bool = False
    """With a day: also what is not in force on it, last."""

    def __post_init__(self) -> None:
        if self.region and not _DIVISION.fullmatch(self.region):
            raise InvalidQuestion("行政区划代码应为 6 位数字", "例如 441900", field="region")

    @property
    def anywhere(self) -> EntryFilters:
        """The same for any place and any day."""
        return replace(self, region="", day=None)

    def versions(self, document: EntryDocument) -> tuple[ListedVersion, ...]:
        """The document's versions that are all of that, the day left aside where lapsed ones are wanted too."""
        return tuple(one for one in document.versions if self._fits(one) and (self.lapsed or self._in_force(one)))

    def admits(self, document: EntryDocument) -> bool:
        """Whether the document may be found. One without any version is, where nothing is asked of versions."""
        if self.organ and document.organ != self.organ:
            return False
        return not self._asks_of_versions or bool(self.versions(document))

    def current(self, document: EntryDocument) -> bool:
        """Whether a version that fits is in force on the day; where no day is asked for, whether one fits."""
        return any(self._fits(one) and self._in_force(one) for one in document.versions)

    def _in_force(self, version: ListedVersion) -> bool:
        return self.day is None or version.effective.holds_on(self.day)

    @property
    def _asks_of_versions(self) -> bool:
        return bool(self.region or self.kinds or self.list or (self.day and not self.lapsed))

    def _fits(self, version: ListedVersion) -> bool:
        return (
            (not self.region or not version.regions or not above(self.region).isdisjoint(version.regions))
            and (not self.kinds or version.kind in self.kinds)
            and (not self.list or version.list_code == self.list)
        )


ANY = EntryFilters()
"""Whatever there is."""


def above(region: str) -> frozenset[str]:
    """A division and every division above it: county, city, province, nation."""
    return frozenset(divisions(region))

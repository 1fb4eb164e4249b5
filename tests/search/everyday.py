"""The everyday phrasings of `everyday.yaml`, and what is shown for them in a region."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from random import Random

from creditgate_server.exemptions.search.documents import EntryDocument
from creditgate_server.exemptions.search.filters import EntryFilters
from creditgate_server.exemptions.search.index import LONGEST_QUERY, Candidate, SearchIndex

from ..shared import read_yaml
from .library import HERE

TODAY = date(2026, 12, 1)
"""What has ended by this day, or is a draft, is a reference."""
FIRST = 5
"""So many entries count, those in force and references together."""
_SEED = 15


@dataclass(frozen=True, slots=True)
class Phrasing:
    """What someone says, and what answers it."""

    ask: str
    field: str
    entries: tuple[str, ...] = ()
    conduct: tuple[str, ...] = ()
    """Words of the title of an entry that answers too."""
    law: str = ""
    """Where no entry answers: the law that does, or `nothing`."""

    def answers(self, documents: Iterable[EntryDocument]) -> set[str]:
        """The entries that answer it, of those that there are."""
        return {
            one.code
            for one in documents
            if one.code in self.entries or (self.conduct and all(word in one.title for word in self.conduct))
        }


def phrasings() -> tuple[Phrasing, ...]:
    """All of them, in the file's order."""
    return tuple(
        Phrasing(one["ask"], one["field"], tuple(one["entries"]), tuple(one.get("conduct", ())), one.get("law", ""))
        for one in read_yaml(HERE / "everyday.yaml")["phrasings"]
    )


def halves() -> tuple[tuple[Phrasing, ...], tuple[Phrasing, ...]]:
    """The half by which the search was tuned, and the half that was held out; of each sort one half."""
    draw = Random(_SEED)
    tuned: list[Phrasing] = []
    held_out: list[Phrasing] = []
    for answered in (True, False):
        part = [one for one in phrasings() if (not one.law) is answered]
        draw.shuffle(part)
        tuned += part[: len(part) // 2]
        held_out += part[len(part) // 2 :]
    return tuple(tuned), tuple(held_out)


class Asked:
    """The phrasings, asked of one index: what does not depend on the region is worked out once."""

    def __init__(self, index: SearchIndex, asked: Iterable[Phrasing]) -> None:
        self._index = index
        self._asked = [
            (one, one.answers(index.documents), index.answers(index.read(one.ask, LONGEST_QUERY, "query")))
            for one in asked
        ]

    def shown(self, answers: list[Candidate], region: str) -> tuple[list[str], list[str]]:
        """The entries that are shown as fitting, best first: those in force in the region, and the references."""
        filters = EntryFilters(region=region, day=TODAY)
        found = self._index.arranged(answers, filters)
        documents = self._index.documents
        hits = [one for one in found.hits if one.fits and filters.current(documents[one.number])]
        return [documents[one.number].code for one in hits], [documents[one.number].code for one in found.references]

    def figures(self, region: str) -> RegionFigures:
        """In a region. A phrasing whose entries the library does not have yet is not counted."""
        answered = in_force = of_answered = clear = of_clear = 0
        missed = []
        for phrasing, right, answers in self._asked:
            if not right and not phrasing.law:
                continue
            hits, references = self.shown(answers, region)
            found = hits + references
            good = not found if not right else not right.isdisjoint(found[:FIRST])
            if not right:
                clear, of_clear = clear + good, of_clear + 1
            else:
                answered, of_answered = answered + good, of_answered + 1
                in_force += not right.isdisjoint(hits[:FIRST])
            if not good:
                missed.append(phrasing.ask)
        return RegionFigures(region, answered, in_force, of_answered, clear, of_clear, tuple(missed))


@dataclass(frozen=True, slots=True)
class RegionFigures:
    """What the phrasings come to in one region."""

    region: str
    answered: int
    """With an answer among the first five."""
    in_force: int
    """Of these, with an entry in force in the region."""
    of_answered: int
    clear: int
    """Of those that no entry fits: with no entry shown as fitting."""
    of_clear: int
    missed: tuple[str, ...]
    """What was asked where either failed."""

    @property
    def share_answered(self) -> float:
        """Of those that an entry of the library answers, 0 to 1."""
        return self.answered / self.of_answered

    @property
    def share_clear(self) -> float:
        """Of those that none answers, 0 to 1."""
        return self.clear / self.of_clear

"""Whether an entry fits a question. The score tells which entry is nearest; the fit, whether the nearest one is near.

Two shares count: how much of the entry's title, or of one of its everyday words, the question says, and how much of the
question the title and the everyday words say. A rare neighbour weighs more than a common one, and what no entry has
weighs most: who speaks of a 承重墙 is not answered by what else he says.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from . import terms
from .documents import Field
from .filing import FiledText
from .terms import Synonyms
from .text import is_chinese, runs

FLOOR = 0.5
"""An entry fits from this on, 0 to 1."""
_QUESTION = 0.25
"""What the share of the question counts for in the weighted geometric mean; that of the entry's text the rest."""
_LETTER = 2.0
"""Weight of a letter or a digit."""
_TEXTS = (Field.TITLE, Field.KEYWORDS)

Rarity = Callable[[str], float]
"""How much two neighbours tell; most where no entry has them."""


@dataclass(frozen=True, slots=True)
class PlacedTerms:
    """A text whose terms know their places: bits of a number, the first character the lowest."""

    weights: tuple[float, ...]
    """Of each place; 0 where it says nothing."""
    places: Mapping[str, int]
    """By term."""

    def share(self, places: int) -> float:
        """The weight of these places, as a share of all, 0 to 1."""
        whole = sum(self.weights)
        said = sum(weight for place, weight in enumerate(self.weights) if places >> place & 1)
        return said / whole if whole else 0.0


def bits(start: int, end: int) -> int:
    """The places from start, inclusive, to end, exclusive."""
    return (1 << end) - (1 << start)


def weights(text: str, synonyms: Synonyms, rarity: Rarity) -> list[float]:
    """What each place of a text in the one spelling weighs: as the rarer of the neighbours that it is one of."""
    found = [0.0] * len(text)
    for start, end in synonyms.telling(text):
        for at, run in runs(text[start:end]):
            if not is_chinese(run):
                found[start + at : start + at + len(run)] = [_LETTER] * len(run)
                continue
            pairs = [rarity(run[place : place + 2]) for place in range(len(run) - 1)]
            for place in range(len(run)):
                found[start + at + place] = max(pairs[max(0, place - 1) : place + 1], default=_LETTER)
    return found


@dataclass(frozen=True, slots=True)
class _Entry:
    """The texts of an entry that a question may say."""

    texts: tuple[tuple[float, ...], ...]
    """The weights of each text's places, as shares of the text."""
    places: Mapping[str, tuple[tuple[int, int], ...]]
    """By term, number of the text and places in it."""


class Fitting:
    """Tells of one index whether its entries fit."""

    def __init__(self, texts: Iterable[Iterable[FiledText]], synonyms: Synonyms, rarity: Rarity) -> None:
        self._entries = tuple(_entry(own, synonyms, rarity) for own in texts)

    def fit(self, number: int, asked: PlacedTerms) -> float:
        """How well an entry fits, 0 to 1."""
        entry = self._entries[number]
        said = [0] * len(entry.texts)
        told = 0
        for term in entry.places.keys() & asked.places.keys():
            told |= asked.places[term]
            for text, places in entry.places[term]:
                said[text] |= places
        of_text = max(map(_share, entry.texts, said), default=0.0)
        return math.pow(of_text, 1 - _QUESTION) * math.pow(asked.share(told), _QUESTION)


def _share(shares: tuple[float, ...], places: int) -> float:
    return sum(share for place, share in enumerate(shares) if places >> place & 1) if places else 0.0


def _entry(texts: Iterable[FiledText], synonyms: Synonyms, rarity: Rarity) -> _Entry:
    shares = []
    places: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for number, text in enumerate(one for one in texts if one.field in _TEXTS):
        placed = _placed(text, synonyms, rarity)
        whole = sum(placed.weights)
        shares.append(tuple(weight / whole if whole else 0.0 for weight in placed.weights))
        for term, own in placed.places.items():
            places[term].append((number, own))
    return _Entry(tuple(shares), {term: tuple(own) for term, own in places.items()})


def _placed(text: FiledText, synonyms: Synonyms, rarity: Rarity) -> PlacedTerms:
    spelt = text.plain.text
    places: dict[str, int] = defaultdict(int)
    for at, run in runs(spelt):
        if not is_chinese(run):
            places[run] |= bits(at, at + len(run))
            continue
        for place in range(len(run) - 1):
            places[run[place : place + 2]] |= bits(at + place, at + place + 2)
    for occurrence in synonyms.occurrences(spelt):
        for meaning in occurrence.meanings:
            places[terms.concept(meaning.concept)] |= bits(occurrence.start, occurrence.end)
    for at, letters in text.letters:
        for size in (2, 3):
            for place in range(len(letters) - size + 1):
                places[terms.letter(letters[place : place + size])] |= bits(at + place, at + place + size)
    return PlacedTerms(tuple(weights(spelt, synonyms, rarity)), places)

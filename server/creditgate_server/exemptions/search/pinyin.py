"""Full pinyin (全拼): what was typed in letters, as syllables, and the words and neighbours that sound like it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise

from .text import heard, spoken

_LETTERS = re.compile(r"[a-z]+(?: +[a-z]+)*")
_LONGEST = 6
"""Letters of a syllable (zhuang)."""
_READINGS = 8
"""A run that can be cut in more ways is read in the first of them (xian: xian, xi'an)."""


@dataclass(frozen=True, slots=True)
class Syllable:
    """A syllable as it is heard, and where its letters stand: start inclusive, end exclusive."""

    heard: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Sounded:
    """Words, or pairs of neighbours, that sound like some syllables."""

    words: tuple[str, ...]
    start: int
    end: int


class Pinyin:
    """Reads full pinyin for one index."""

    def __init__(self, signs: Iterable[str], words: Iterable[str], sounding: Mapping[str, tuple[str, ...]]) -> None:
        """`signs`: characters whose syllables are known. `words`: found whole. `sounding`: pairs by how they sound."""
        self._syllables = frozenset(spoken(sign) for sign in signs)
        self._sounding = sounding
        self._words: dict[tuple[str, ...], list[str]] = defaultdict(list)
        for word in words:
            if len(word) > 1 and all(sign >= "\u3400" for sign in word):
                self._words[tuple(heard(spoken(sign)) for sign in word)].append(word)
        self._longest = max(map(len, self._words), default=0)

    def spans(self, text: str) -> Iterable[tuple[int, int]]:
        """The stretches of letters in a text in the one spelling, with the blanks in them."""
        return (found.span() for found in _LETTERS.finditer(text))

    def read(self, text: str, start: int, end: int) -> tuple[tuple[Sounded, ...], tuple[Sounded, ...]]:
        """The words and the pairs that a stretch of letters may mean; both empty where it is no pinyin."""
        best: tuple[tuple[Sounded, ...], tuple[Sounded, ...]] = ((), ())
        for syllables in self._readings(text, start, end):
            found = self._words_in(syllables), self._pairs_in(syllables)
            if (len(found[0]), len(found[1])) > (len(best[0]), len(best[1])):
                best = found
        return best

    def _words_in(self, syllables: tuple[Syllable, ...]) -> tuple[Sounded, ...]:
        found = []
        for first in range(len(syllables)):
            for after in range(first + 2, min(first + self._longest, len(syllables)) + 1):
                words = self._words.get(tuple(one.heard for one in syllables[first:after]))
                if words:
                    found.append(Sounded(tuple(words), syllables[first].start, syllables[after - 1].end))
        return tuple(found)

    def _pairs_in(self, syllables: tuple[Syllable, ...]) -> tuple[Sounded, ...]:
        found = []
        for one, other in pairwise(syllables):
            pairs = self._sounding.get(one.heard + other.heard)
            if pairs:
                found.append(Sounded(pairs, one.start, other.end))
        return tuple(found)

    def _readings(self, text: str, start: int, end: int) -> list[tuple[Syllable, ...]]:
        """The ways to cut letters into two or more syllables, the longest syllables first."""
        found: list[tuple[Syllable, ...]] = []
        waiting: list[tuple[int, tuple[Syllable, ...]]] = [(start, ())]
        while waiting and len(found) < _READINGS:
            place, before = waiting.pop()
            while place < end and text[place] == " ":
                place += 1
            if place == end:
                if len(before) > 1:
                    found.append(before)
                continue
            for length in range(1, min(_LONGEST, end - place) + 1):
                written = text[place : place + length]
                if written in self._syllables:
                    waiting.append((place + length, (*before, Syllable(heard(written), place, place + length))))
        return found

"""Words that mean the same (`synonyms.yaml`, which a jurist may edit), found in texts as concepts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import yaml

from .text import plain

_BROADER = 0.6
"""What a broader word counts for where the narrower one was asked for."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """A concept that a word stands for, and how much of it the word is: 1 for a synonym, less for a narrower word."""

    concept: str
    share: float


@dataclass(frozen=True, slots=True)
class Occurrence:
    """A known word in a text."""

    start: int
    end: int
    meanings: tuple[Meaning, ...]


class Synonyms:
    """The concepts, and the words by which they are said."""

    def __init__(self, same: list[list[str]], kinds: dict[str, list[str]], noise: list[str]) -> None:
        self._noise = frozenset(_spelt(word) for word in noise)
        self._noise_lengths = _lengths(self._noise)
        self._words: dict[str, list[str]] = defaultdict(list)
        meanings: dict[str, dict[str, float]] = defaultdict(dict)
        for row in same:
            self._say(meanings, _spelt(row[0]), row, 1)
        for broader, narrower in kinds.items():
            concepts = meanings.get(_spelt(broader)) or {_spelt(broader): 1.0}
            for concept in tuple(concepts):
                self._say(meanings, concept, [broader], 1)
                self._say(meanings, concept, narrower, _BROADER)
        self._known = {word: tuple(Meaning(*one) for one in said.items()) for word, said in meanings.items()}
        self._lengths = _lengths(self._known)

    def _say(self, meanings: dict[str, dict[str, float]], concept: str, words: list[str], share: float) -> None:
        for word in words:
            meanings[_spelt(word)].setdefault(concept, share)
            if share == 1:
                self._words[concept].append(_spelt(word))

    def words(self, concept: str) -> tuple[str, ...]:
        """The words that mean the concept, no narrower ones."""
        return tuple(self._words[concept])

    def knows(self, word: str) -> bool:
        """Whether a word in the one spelling is one of these."""
        return word in self._known

    def occurrences(self, text: str) -> Iterator[Occurrence]:
        """Known words in a text in the one spelling, by place; the longest first where several start at one."""
        for start, sign in enumerate(text):
            for length in self._lengths.get(sign, ()):
                word = text[start : start + length]
                if len(word) == length and word in self._known:
                    yield Occurrence(start, start + length, self._known[word])

    def telling(self, text: str) -> Iterator[tuple[int, int]]:
        """The stretches of a text that are left when the words that say nothing are taken out.

        Known words are read first, the longest at each place, so that 网上 keeps its 上 in 上网服务.
        """
        start = place = 0
        while place < len(text):
            known = _longest(text, place, self._known, self._lengths)
            noise = _longest(text, place, self._noise, self._noise_lengths)
            if noise <= known:
                place += known or 1
                continue
            if start < place:
                yield start, place
            start = place = place + noise
        if start < place:
            yield start, place


@cache
def shipped() -> Synonyms:
    """The synonyms that come with the service."""
    content = yaml.safe_load((files(__package__) / "synonyms.yaml").read_text("utf-8"))
    return Synonyms(content["same"], content["kinds"], content["noise"])


def _lengths(words: Iterable[str]) -> dict[str, tuple[int, ...]]:
    """By first character the lengths of the words that start with it, longest first."""
    found: dict[str, set[int]] = defaultdict(set)
    for word in words:
        found[word[0]].add(len(word))
    return {sign: tuple(sorted(lengths, reverse=True)) for sign, lengths in found.items()}


def _longest(text: str, place: int, words: Container[str], lengths: dict[str, tuple[int, ...]]) -> int:
    """The length of the longest of the words that starts at a place; 0: none."""
    for length in lengths.get(text[place], ()):
        word = text[place : place + length]
        if len(word) == length and word in words:
            return length
    return 0


def _spelt(word: str) -> str:
    return plain(word).text

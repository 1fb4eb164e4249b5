"""The terms under which entries are filed and asked for, and words that mean the same, found in texts as concepts.

| term | means | filed for |
|---|---|---|
| `食`, `食品`, `ktv`, `500` | a character, two neighbours, a run of letters or digits | all texts |
| `=超过保质期` | a word of that row of `synonyms.yaml` | all texts |
| `~gq`, `~gqs` | neighbours' first letters | title and keywords |
| `§food-safety-law:34`, `§34` | an article, with its statute or of any | the bases |

Two neighbouring characters, rather than words, are what is filed: a text and a question may be cut into words
differently, neighbours never are, and a typo spoils two of them only. Words are those of `synonyms.yaml`, which a
jurist may edit, the longest first; the rest is neighbours. A general dictionary (rjieba 0.2.2 of 2026-10, the one
binding that is well kept; jieba has had no release since 2020) was tried for cutting questions: on the phrases of
tests/search it changed nothing, with keywords and without, so that its compiled library and 33 MB a process buy
nothing.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import yaml

from .articles import articles_of
from .documents import TitledCitation
from .text import initials, is_chinese, plain, runs

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

    def every_word(self) -> Iterator[str]:
        """All known words in the one spelling."""
        return iter(self._known)

    def meanings(self, word: str) -> tuple[Meaning, ...]:
        """What a known word stands for; empty for another."""
        return self._known.get(word, ())

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


CONCEPT, LETTERS, ARTICLE = "=", "~", "§"
"""How the terms of each sort begin; the others are read as they stand."""


def of_text(text: str, synonyms: Synonyms) -> Counter[str]:
    """Terms of a text in the one spelling, with how often each comes. A narrower word is not filed as the broader."""
    found = Counter[str](neighbours(text))
    for occurrence in synonyms.occurrences(text):
        for meaning in occurrence.meanings:
            if meaning.share == 1:
                found[concept(meaning.concept)] += 1
    return found


def neighbours(text: str) -> Iterator[str]:
    """Characters and pairs of them; runs of letters or digits whole."""
    for _, run in runs(text):
        if not is_chinese(run):
            yield run
            continue
        yield from run
        for place in range(len(run) - 1):
            yield run[place : place + 2]


def first_letters(text: str) -> tuple[tuple[int, str], ...]:
    """The first letters of a text's runs of characters, letters and digits as they are; each with its place."""
    return tuple((start, initials(run) if is_chinese(run) else run) for start, run in runs(text))


def of_letters(letters: str) -> Iterator[str]:
    """Terms of two and three neighbouring first letters."""
    for size in (2, 3):
        for place in range(len(letters) - size + 1):
            yield letter(letters[place : place + size])


def of_references(references: Iterable[TitledCitation]) -> Iterator[str]:
    """Terms of the articles cited."""
    for reference in references:
        for mention in articles_of(reference.article):
            yield article("", mention.article)
            yield article(reference.instrument, mention.article)
            if mention.point:
                yield article(reference.instrument, mention.article, mention.point)


def concept(name: str) -> str:
    """The term of a concept."""
    return CONCEPT + name


def letter(letters: str) -> str:
    """The term of neighbouring first letters."""
    return LETTERS + letters


def article(statute: str, number: int, point: int = 0) -> str:
    """The term of an article; an empty statute is any, point 0 none named."""
    of = f"{statute}:" if statute else ""
    return f"{ARTICLE}{of}{number}" + (f":{point}" if point else "")

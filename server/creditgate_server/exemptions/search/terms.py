"""The terms under which entries are filed and asked for.

| term | means | filed for |
|---|---|---|
| `食`, `食品`, `ktv`, `500` | a character, two neighbours, a run of letters or digits | all texts |
| `=超过保质期` | a word of that row of `synonyms.yaml` | all texts |
| `~gq`, `~gqs` | neighbours' first letters | title and keywords |
| `§food-safety-law:34`, `§34` | an article, with its statute or of any | the bases |

Two neighbouring characters, rather than words, are what is filed: a text and a question may be cut into words
differently, neighbours never are, and a typo spoils two of them only. Words are those of `synonyms.yaml`, the longest
first; the rest is neighbours. A general dictionary (rjieba 0.2.2 of 2026-10, the one binding that is well kept; jieba
has had no release since 2020) was tried for cutting questions: on the phrases of tests/search it changed nothing, with
keywords and without, so that its compiled library and 33 MB a process buy nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from .articles import articles_of
from .documents import TitledCitation
from .synonyms import Synonyms
from .text import initials, is_chinese, runs

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

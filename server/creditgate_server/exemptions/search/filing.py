"""Files documents under their terms, each with what it counts for: BM25 over weighted fields, worked out beforehand."""

from __future__ import annotations

import math
from array import array
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from . import terms
from .documents import EntryDocument, Field
from .terms import Synonyms
from .text import Plain, plain

WEIGHTS = {
    Field.TITLE: 3.0,
    Field.KEYWORDS: 3.0,
    Field.CIRCUMSTANCES: 0.8,
    Field.PENALTY_BASIS: 0.6,
    Field.ORGAN: 0.5,
    Field.EXEMPTION_BASIS: 0.2,
    Field.LISTS: 0.2,
    Field.KINDS: 0.2,
}
"""What a term counts for by where it stands. Codes are no words: they are compared whole."""
_SHORT = (Field.TITLE, Field.KEYWORDS)
"""Fields that are found by first letters."""
_ARTICLES = {Field.PENALTY_BASIS: 3.0, Field.EXEMPTION_BASIS: 0.6}
_SATURATION = 2.0
"""How much of a term is half as good as ever so much (k1 of BM25)."""
_LENGTH = 0.3
"""How far a longer text counts for less (b of BM25), 0 to 1."""
_TIMES = 2
"""A term counts at most so often in one text."""


@dataclass(frozen=True, slots=True)
class FiledText:
    """One text of a document in the one spelling."""

    field: Field
    number: int
    source: str
    plain: Plain
    letters: tuple[tuple[int, str], ...] = ()
    """First letters of its runs with their places, for title and keywords."""


@dataclass(frozen=True, slots=True)
class Posting:
    """The documents that have a term, by number ascending, and what it counts for in each."""

    numbers: array[int]
    impacts: array[float]

    def has(self, number: int) -> bool:
        """Whether the document has the term."""
        place = bisect_left(self.numbers, number)
        return place < len(self.numbers) and self.numbers[place] == number


@dataclass(frozen=True, slots=True)
class DocumentFile:
    """All documents, filed."""

    texts: tuple[tuple[FiledText, ...], ...]
    """Of each document, by number."""
    postings: dict[str, Posting]


def filing(documents: tuple[EntryDocument, ...], synonyms: Synonyms) -> DocumentFile:
    """The documents under their terms; a document's number is its place."""
    texts = tuple(tuple(_texts(document)) for document in documents)
    mean = _mean_lengths(texts)
    weighted: dict[str, list[tuple[int, float]]] = defaultdict(list)
    for number, (document, own) in enumerate(zip(documents, texts, strict=True)):
        for term, weight in _weights(document, own, mean, synonyms).items():
            weighted[term].append((number, weight))
    postings = {}
    for term, found in weighted.items():
        rare = rarity(len(found), len(documents))
        impacts = array("f", (rare * saturated(weight) for _, weight in found))
        postings[term] = Posting(array("I", (number for number, _ in found)), impacts)
    return DocumentFile(texts, postings)


def rarity(having: int, of: int) -> float:
    """How much a term tells that so many of all documents have (idf of BM25)."""
    return math.log(1 + (of - having + 0.5) / (having + 0.5))


def saturated(weight: float) -> float:
    """What a term's weight counts for, 0 to 1."""
    return weight / (_SATURATION + weight)


def _texts(document: EntryDocument) -> Iterable[FiledText]:
    for text in document.texts():
        if text.field in WEIGHTS or text.field in (Field.CODE, Field.BASIC_CODE):
            spelt = plain(text.text)
            letters = terms.first_letters(spelt.text) if text.field in _SHORT else ()
            yield FiledText(text.field, text.number, text.text, spelt, letters)


def _lengths(texts: Iterable[FiledText]) -> Counter[Field]:
    lengths = Counter[Field]()
    for text in texts:
        lengths[text.field] += len(text.source)
    return lengths


def _mean_lengths(texts: tuple[tuple[FiledText, ...], ...]) -> dict[Field, float]:
    """Of each field, over the documents that have it."""
    having, total = Counter[Field](), Counter[Field]()
    for own in texts:
        lengths = _lengths(own)
        total += lengths
        having.update(lengths.keys())
    return {field: total[field] / having[field] for field in having}


def _weights(
    document: EntryDocument, texts: tuple[FiledText, ...], mean: dict[Field, float], synonyms: Synonyms
) -> dict[str, float]:
    """The terms of a document, each with the sum of what it counts for where it stands."""
    lengths = _lengths(texts)
    total: dict[str, float] = defaultdict(float)
    for text in texts:
        if text.field not in WEIGHTS:
            continue
        scale = WEIGHTS[text.field] / (1 - _LENGTH + _LENGTH * lengths[text.field] / mean[text.field])
        for term, times in terms.of_text(text.plain.text, synonyms).items():
            total[term] += scale * min(times, _TIMES)
        for _, letters in text.letters:
            for term in dict.fromkeys(terms.of_letters(letters)):
                total[term] += scale
    for references, weight in (
        (document.penalty_basis, _ARTICLES[Field.PENALTY_BASIS]),
        (document.exemption_basis, _ARTICLES[Field.EXEMPTION_BASIS]),
    ):
        for term in dict.fromkeys(terms.of_references(references)):
            total[term] += weight
    return total

"""The search in one rule set's entries. An index is made once, never changed, and safe to ask from many threads."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import IntEnum

from ...errors import InvalidQuestion
from .articles import Statutes
from .documents import EntryDocument, Field, ListedVersion
from .filing import WEIGHTS, filing, rarity, saturated
from .filters import ANY, EntryFilters
from .fit import FLOOR, Fitting
from .marks import Mark, Marker
from .punished import organs_said
from .question import QueryReader, SearchQuery, TermGroup, names
from .terms import Synonyms, shipped
from .text import sound

LONGEST_QUERY = 200
"""Characters, inclusive."""
LARGEST_PAGE = 100
"""Hits, inclusive."""
WORTH = 0.1
"""Share of the best entry's score from which another is a hit at all."""
BESIDE = 0.35
"""Share of the best entry's score from which another may fit; not of those alone that the filters let through."""
NEAREST = 50
"""Entries that are looked at for whether they fit, by score."""
MOST_REFERENCES = 10
"""Entries that are shown though they do not bind."""


class HitRank(IntEnum):
    """How an entry was found; the higher stands above, whatever the words say."""

    WORDS = 0
    ARTICLE = 1
    """By a statute's article, or the beginning of its basic code."""
    CODE = 2
    """By its own code or basic code."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A document that answers a question, by its number."""

    number: int
    standing: HitRank
    score: float
    fits: bool
    """Whether it is what was asked about, as far as words tell, and not only the nearest."""


@dataclass(frozen=True, slots=True)
class SearchHit:
    """An entry found."""

    document: EntryDocument
    versions: tuple[ListedVersion, ...]
    """Those that the filters let through."""
    in_force: bool
    """Whether one of them is in force on the day asked about; where no day is, whether there is one at all."""
    score: float
    fits: bool
    """Whether it is what was asked about, as far as words tell; where it is not, only some words are the same."""
    marks: tuple[Mark, ...]
    """Empty where only a version that the filters keep back was matched."""


@dataclass(frozen=True, slots=True)
class Arranged:
    """Answers to a question as filters have them."""

    hits: list[Candidate]
    """Those that the filters let through, what is in force before what is not, else best first."""
    references: list[Candidate]
    """Those that fit and that region or day alone keep back, best first."""
    named: bool
    """Whether one of the hits fits and is in force: a list names the act."""


@dataclass(frozen=True, slots=True)
class HitPage:
    """Some of the hits, in order."""

    hits: tuple[SearchHit, ...]
    total: int
    """Of all pages."""
    offset: int
    references: tuple[SearchHit, ...] = ()
    """With the first page: entries that fit, and that region or day keep back; they bind elsewhere or did once."""
    named: bool = False
    """Whether an entry that fits is in force by the filters: a list names the act."""


class SearchIndex:
    """An inverted index of documents. Scores of two indexes can't be compared."""

    def __init__(self, documents: Iterable[EntryDocument], synonyms: Synonyms | None = None) -> None:
        self.documents = tuple(documents)
        synonyms = synonyms or shipped()
        filed = filing(self.documents, synonyms)
        self._postings = filed.postings
        self._reader = QueryReader(
            synonyms, _statutes(self.documents), self._postings.keys(), self._sounding(), self._rarity
        )
        self._fitting = Fitting(filed.texts, synonyms, self._rarity)
        self._marker = Marker(filed, synonyms)
        self._organs = tuple(_organs(document) for document in self.documents)
        """Of each document, those in whose fields it lies."""
        self._by_code: dict[str, list[int]] = defaultdict(list)
        for number, document in enumerate(self.documents):
            for code in filter(None, (document.code, document.basic_code)):
                self._by_code[code.casefold()].append(number)

    @property
    def rarest(self) -> float:
        """What a term counts for that one entry alone has, once, in its title."""
        return rarity(1, len(self.documents)) * saturated(WEIGHTS[Field.TITLE])

    def search(
        self, query: str, filters: EntryFilters = ANY, offset: int = 0, size: int = 20, *, after: str = ""
    ) -> HitPage:
        """The entries that a query finds, best first: in force, then by standing, fit, score and code.

        `after`: code of the entry behind which the page begins; where it is none of the hits, the page begins at the
        offset.

        Raises `InvalidQuestion` for a query that is empty, too long or without a word, and a page that can't be.
        """
        if offset < 0:
            raise InvalidQuestion("起始位置不能为负数", field="offset")
        if not 1 <= size <= LARGEST_PAGE:
            raise InvalidQuestion(f"每页条数应为 1 至 {LARGEST_PAGE}", field="size")
        asked = self.read(query, LONGEST_QUERY, "query")
        found = self.arranged(self.answers(asked), filters)
        codes = [self.documents[one.number].code for one in found.hits]
        offset = codes.index(after) + 1 if after in codes else offset
        page = tuple(self.hit(one, asked, filters) for one in found.hits[offset : offset + size])
        anywhere = filters.anywhere
        references = tuple(self.hit(one, asked, anywhere, in_force=False) for one in found.references)
        return HitPage(page, len(found.hits), offset, () if offset else references, found.named)

    def read(self, words: str, longest: int, field: str) -> SearchQuery:
        """The words in terms. Raises `InvalidQuestion` where they are none, or longer than that many characters."""
        if not words.strip():
            raise InvalidQuestion("没有写要查的内容", "例如 过期食品、食品安全法34条 或者 12 位基本编码", field=field)
        if len(words) > longest:
            raise InvalidQuestion(f"要查的内容最多 {longest} 字, 收到 {len(words)} 字", field=field)
        asked = self._reader.read(words)
        if not asked.legible:
            raise InvalidQuestion("要查的内容里没有文字或数字", field=field)
        return asked

    def answers(self, asked: SearchQuery) -> list[Candidate]:
        """All documents that answer a question, wherever and whenever, best first."""
        scores = self._scores(asked.groups)
        standing = self._standing(asked)
        best = max(scores, default=0.0)
        worth = {number for number, score in enumerate(scores) if score > 0 and score >= WORTH * best}
        near = sorted((number for number in worth if scores[number] >= BESIDE * best), key=lambda one: -scores[one])
        fitting = {
            number
            for number in near[:NEAREST]
            if self._of_a_field(number, asked.organs) and self._fitting.fit(number, asked.placed) >= FLOOR
        }
        found = []
        for number in worth | standing.keys():
            stands, score = standing.get(number, HitRank.WORDS), scores[number]
            fits = stands > HitRank.WORDS or number in fitting
            found.append((-stands, not fits, -round(score, 6), self.documents[number].code, number))
        found.sort()
        return [Candidate(number, HitRank(-stands), -score, not poor) for stands, poor, score, _, number in found]

    def arranged(self, answers: list[Candidate], filters: EntryFilters) -> Arranged:
        """Answers as the filters have them. What is worth a hit, and what fits, does not depend on the filters."""
        hits: tuple[list[Candidate], list[Candidate]] = ([], [])
        references: list[Candidate] = []
        for one in answers:
            document = self.documents[one.number]
            if filters.admits(document):
                hits[not filters.current(document)].append(one)
            elif one.fits and len(references) < MOST_REFERENCES and filters.anywhere.versions(document):
                references += [one] if filters.anywhere.admits(document) else []
        return Arranged(hits[0] + hits[1], references, any(one.fits for one in hits[0]))

    def hit(
        self, found: Candidate, asked: SearchQuery, filters: EntryFilters, *, in_force: bool | None = None
    ) -> SearchHit:
        """A found document with all that is shown of it; what only other versions say is not marked.

        `in_force`: where it is known; else by the filters.
        """
        document = self.documents[found.number]
        versions = filters.versions(document)
        marks = self._marker.marks(found.number, document, asked)
        if versions != document.versions:
            shown = {(text.field, text.text) for text in replace(document, versions=versions).texts()}
            marks = tuple(mark for mark in marks if (mark.field, mark.text) in shown)
        current = filters.current(document) if in_force is None else in_force
        return SearchHit(document, versions, current, found.score, found.fits, marks)

    def _of_a_field(self, number: int, organs: frozenset[str]) -> bool:
        """Whether an entry is of a field that the question tells of: by its organ or its own words.

        What is old or broken is so in every field: an extinguisher out of date is no food.
        """
        return not organs or not organs.isdisjoint(self._organs[number])

    def _rarity(self, term: str) -> float:
        posting = self._postings.get(term)
        return rarity(len(posting.numbers) if posting else 0, len(self.documents))

    def _scores(self, groups: tuple[TermGroup, ...]) -> list[float]:
        """Of each document; single characters alone find only what nothing else finds."""
        scores = [0.0] * len(self.documents)
        for group in groups:
            if not group.single:
                self._add(group, scores)
        alone = not any(scores)
        for group in groups:
            if group.single:
                self._add(group, scores, only_found=not alone)
        return scores

    def _add(self, group: TermGroup, scores: list[float], *, only_found: bool = False) -> None:
        """Add to each document the best that it has of a group."""
        best: dict[int, float] = {}
        for choice in group.choices:
            posting = self._postings[choice.term]
            weight = choice.weight
            if len(group.choices) == 1:
                for number, impact in zip(posting.numbers, posting.impacts, strict=True):
                    if scores[number] or not only_found:
                        scores[number] += weight * impact
                return
            for number, impact in zip(posting.numbers, posting.impacts, strict=True):
                best[number] = max(best.get(number, 0.0), weight * impact)
        for number, value in best.items():
            scores[number] += value

    def _standing(self, asked: SearchQuery) -> dict[int, HitRank]:
        """The documents that stand above others, by number."""
        standing: dict[int, HitRank] = {}
        for term in sorted(asked.articles):
            if term in self._postings:
                standing.update(dict.fromkeys(self._postings[term].numbers, HitRank.ARTICLE))
        for part in filter(str.isdecimal, asked.codes):
            for code, numbers in self._by_code.items():
                if names(part, code):
                    standing.update(dict.fromkeys(numbers, HitRank.ARTICLE))
        for code in asked.codes:
            standing.update(dict.fromkeys(self._by_code.get(code, ()), HitRank.CODE))
        return standing

    def _sounding(self) -> dict[str, tuple[str, ...]]:
        """Filed pairs of characters, by how they sound."""
        pairs: dict[str, list[str]] = defaultdict(list)
        for term in self._postings:
            if len(term) == 2 and term[0] >= "\u3400":
                pairs[sound(term[0]) + sound(term[1])].append(term)
        return {sounds: tuple(found) for sounds, found in pairs.items()}


def _organs(document: EntryDocument) -> frozenset[str]:
    said = " ".join(text.text for text in document.texts() if text.field in (Field.TITLE, Field.KEYWORDS))
    return organs_said(said) | {document.organ}


def _statutes(documents: Iterable[EntryDocument]) -> Statutes:
    references = [one for document in documents for one in (*document.penalty_basis, *document.exemption_basis)]
    return Statutes({one.instrument: one.title for one in references}.items())


LONGEST_DESCRIPTION = 1_000
"""Characters, inclusive."""
MOST = 3
"""Entries suggested."""
ENOUGH = 3.0
"""An entry is near where as much speaks for it as this many words that it alone has in its title."""
BESIDE_THE_BEST = 0.5
"""And at least this share of what speaks for the nearest."""


def nearest(index: SearchIndex, description: str, filters: EntryFilters = ANY) -> tuple[SearchHit, ...]:
    """The nearest entries, at most three, the nearest first; none where nothing is near.

    Raises `InvalidQuestion` for a description that is empty, too long or without a word.
    """
    asked = index.read(description, LONGEST_DESCRIPTION, "description")
    found = sorted(index.arranged(index.answers(asked), filters).hits, key=lambda one: -one.score)
    floor = max(ENOUGH * index.rarest, BESIDE_THE_BEST * found[0].score if found else 0)
    near = [one for one in found if one.score >= floor]
    return tuple(index.hit(one, asked, filters) for one in near[:MOST])

"""What a question asks for, in terms: groups of which an entry needs one each, the more the better."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass

from . import terms
from .articles import Statutes, mentions
from .fit import PlacedTerms, Rarity, bits, weights
from .pinyin import Pinyin, Sounded
from .punished import organs_said
from .terms import Occurrence, Synonyms
from .text import RUN, TextSpan, initials, is_chinese, plain, runs, sound

PAIR, SIGN = 1.0, 0.2
"""Weights of two neighbouring characters and of a single one."""
SAID = 0.8
"""Weight of a concept, for a word of two characters."""
LONGER = 0.3
"""What each further character of a word adds to the weight of its concept."""
INSIDE = 0.4
"""Share of a concept whose word lies in a longer known word."""
SOUNDS = 0.6
"""Share of neighbours that only sound like those asked for."""
LETTERS = 0.8
"""Weight of neighbouring first letters."""
ARTICLE, POINT, ANY_ARTICLE = 6.0, 3.0, 2.0
"""Weights of an article of a statute, of its point, and of an article where no statute is named."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A term, and what it counts for."""

    term: str
    weight: float


@dataclass(frozen=True, slots=True)
class TermGroup:
    """Terms of which the best that an entry has counts. All of them are filed."""

    choices: tuple[Choice, ...]

    @property
    def single(self) -> bool:
        """Whether it is one character: next to nothing, where something else is asked for too."""
        return len(self.choices) == 1 and len(self.choices[0].term) == 1


@dataclass(frozen=True, slots=True)
class SearchQuery:
    """A question in terms."""

    groups: tuple[TermGroup, ...]
    codes: frozenset[str]
    """What may be an entry's code or basic code."""
    articles: frozenset[str]
    """Terms of articles with their statutes."""
    legible: bool
    """Whether there is anything to read: a character, a letter or a digit."""
    placed: PlacedTerms
    """Its words with their places, to see how well an entry fits."""
    organs: frozenset[str]
    """Those in whose fields its words lie; none where they tell of no field."""


_SHORTEST_PART = 6
"""Digits from which the beginning of a basic code is taken for one."""
_CODE = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_Places = defaultdict[str, int]
"""By term, as in `PlacedTerms`."""


class QueryReader:
    """Reads questions for one index."""

    def __init__(
        self,
        synonyms: Synonyms,
        statutes: Statutes,
        filed: Container[str],
        sounding: Mapping[str, tuple[str, ...]],
        rarity: Rarity,
    ) -> None:
        self._synonyms, self._statutes = synonyms, statutes
        self._filed, self._rarity = filed, rarity
        self._sounding = sounding
        """Filed pairs of characters, by how they sound."""
        said = tuple(synonyms.every_word())
        signs = {sign for pairs in sounding.values() for pair in pairs for sign in pair}
        self._pinyin = Pinyin(signs | {sign for word in said for sign in word if sign >= "\u3400"}, said, sounding)

    def read(self, source: str) -> SearchQuery:
        """The question in terms that are filed; there may be none."""
        whole = text = plain(source).text
        groups: list[tuple[Choice, ...]] = []
        for group, span in self._articles(whole):
            groups.append(group)
            text = text[: span.start] + " " * (span.end - span.start) + text[span.end :]
        articles = frozenset(choice.term for group in groups for choice in group if ":" in choice.term)
        places: _Places = defaultdict(int)
        heavy = weights(text, self._synonyms, self._rarity)
        text = self._without_pinyin(text, groups, places)
        groups += (
            *self._concepts(text, places),
            *self._neighbours(text, places),
            *self._letters(text, places),
        )
        return SearchQuery(
            tuple(TermGroup(choices) for choices in dict.fromkeys(map(self._of_filed, groups)) if choices),
            frozenset(_CODE.findall(unicodedata.normalize("NFKC", source).casefold())),
            articles,
            RUN.search(whole) is not None,
            PlacedTerms(tuple(heavy), places),
            organs_said(source),
        )

    def _of_filed(self, choices: tuple[Choice, ...]) -> tuple[Choice, ...]:
        return tuple(choice for choice in choices if choice.term in self._filed)

    def _articles(self, text: str) -> Iterator[tuple[tuple[Choice, ...], TextSpan]]:
        """Articles that the question names, with the place of statute and article."""
        for mention in mentions(text):
            statutes, start = self._statutes.named_before(text, mention.span.start)
            span = TextSpan(start, mention.span.end)
            if statutes:
                yield tuple(Choice(terms.article(one, mention.article), ARTICLE) for one in statutes), span
                if mention.point:
                    point = tuple(Choice(terms.article(one, mention.article, mention.point), POINT) for one in statutes)
                    yield point, span
            elif mention.ordinal:
                yield (Choice(terms.article("", mention.article), ANY_ARTICLE),), mention.span

    def _without_pinyin(self, text: str, groups: list[tuple[Choice, ...]], places: _Places) -> str:
        """The text without what is full pinyin, whose words and neighbours join the groups and the places."""
        for start, end in self._pinyin.spans(text):
            if all(map(self._is_word, text[start:end].split())):
                continue
            words, pairs = self._pinyin.read(text, start, end)
            for sounded in words:
                weight = (SAID + LONGER * (len(sounded.words[0]) - 2)) * SOUNDS
                groups.append(tuple(self._meant(sounded, weight, places)))
            for sounded in pairs:
                groups.append(tuple(Choice(pair, PAIR * SOUNDS) for pair in sounded.words))
                for pair in sounded.words:
                    places[pair] |= bits(sounded.start, sounded.end)
            if words or pairs:
                text = text[:start] + " " * (end - start) + text[end:]
        return text

    def _meant(self, sounded: Sounded, weight: float, places: _Places) -> Iterator[Choice]:
        for word in sounded.words:
            for meaning in self._synonyms.meanings(word):
                term = terms.concept(meaning.concept)
                places[term] |= bits(sounded.start, sounded.end)
                yield Choice(term, weight * meaning.share)

    def _concepts(self, text: str, places: _Places) -> Iterator[tuple[Choice, ...]]:
        found = tuple(self._synonyms.occurrences(text))
        for occurrence in found:
            weight = SAID + LONGER * (occurrence.end - occurrence.start - 2)
            if any(_holds(other, occurrence) for other in found):
                weight *= INSIDE
            for meaning in occurrence.meanings:
                places[terms.concept(meaning.concept)] |= bits(occurrence.start, occurrence.end)
            yield tuple(
                Choice(terms.concept(meaning.concept), weight * meaning.share) for meaning in occurrence.meanings
            )

    def _neighbours(self, text: str, places: _Places) -> Iterator[tuple[Choice, ...]]:
        """Pairs of characters and single ones, but of words that say nothing; runs of letters or digits whole."""
        for start, end in self._synonyms.telling(text):
            for at, run in runs(text[start:end]):
                if not is_chinese(run):
                    places[run] |= bits(start + at, start + at + len(run))
                    yield (Choice(run, PAIR),)
                    continue
                for place, sign in enumerate(run):
                    yield (Choice(sign, SIGN),)
                    if place + 1 < len(run):
                        pair = self._pair(run[place : place + 2])
                        for choice in pair:
                            places[choice.term] |= bits(start + at + place, start + at + place + 2)
                        yield pair

    def _pair(self, pair: str) -> tuple[Choice, ...]:
        """Two neighbours, or what sounds like them where no entry has them."""
        if pair in self._filed:
            return (Choice(pair, PAIR),)
        alike = self._sounding.get(sound(pair[0]) + sound(pair[1]), ())
        return tuple(Choice(one, PAIR * SOUNDS) for one in alike)

    def _is_word(self, run: str) -> bool:
        return run in self._filed or self._synonyms.knows(run)

    def _letters(self, text: str, places: _Places) -> Iterator[tuple[Choice, ...]]:
        """First letters: of runs of letters that are no words of the entries, alone or among characters (过期sp)."""
        start = 0
        for part in text.split():
            start = text.index(part, start)
            pieces = tuple(runs(part))
            if any(run.isascii() and run.isalpha() and not self._is_word(run) for _, run in pieces):
                letters = "".join(initials(run) if is_chinese(run) else run for _, run in pieces)
                for size in (2, 3):
                    for place in range(len(letters) - size + 1):
                        term = terms.letter(letters[place : place + size])
                        places[term] |= bits(start + place, start + place + size)
                        yield (Choice(term, LETTERS),)
            start += len(part)


def names(asked: str, code: str) -> bool:
    """Whether what was asked for is a code, or the beginning of a basic code, long enough to be one."""
    return asked == code or (len(asked) >= _SHORTEST_PART and asked.isdecimal() and code.startswith(asked))


def _holds(longer: Occurrence, shorter: Occurrence) -> bool:
    return (
        longer.start <= shorter.start
        and shorter.end <= longer.end
        and longer.end - longer.start > shorter.end - shorter.start
    )

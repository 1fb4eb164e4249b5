"""Statutes and articles in words: 第三十四条, 34条 and 第34条 are one, and 征管法 is 税收征收管理法."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from .text import NUMBER, TextSpan, number, plain

_LAW_ENDS = "法|条例|规定|办法|细则|规则|规范|标准|准则|通知|决定|条规"
_ARTICLE = re.compile(
    rf"(?:(?<=[法例定办则范准知规])\s*(?P<bare>[0-9]{{1,3}})(?![0-9])\s*条?|第\s*(?P<ordinal>{NUMBER})\s*条"
    rf"|(?<![0-9])(?P<number>{NUMBER})\s*条)"
    rf"(?:\s*之\s*{NUMBER})?(?:\s*第?\s*{NUMBER}\s*款)?(?:\s*第?\s*(?P<point>{NUMBER})\s*项)?"
)
_NAME_BEFORE = re.compile(rf"(?:{_LAW_ENDS})\s*$")
_NATION = "中华人民共和国"
_LONGEST_NAME = 30
_SHORTEST_NAME = 3


@dataclass(frozen=True, slots=True)
class Mention:
    """An article that a text speaks of."""

    article: int
    point: int
    """项; 0: none named."""
    span: TextSpan
    """In the text as given to `mentions`."""
    ordinal: bool
    """Whether it is written as an article (第…条) rather than a bare number."""


def mentions(text: str) -> Iterator[Mention]:
    """Articles in a text in the one spelling; `三条鱼` is one too, so a bare number wants a statute before it."""
    for found in _ARTICLE.finditer(text):
        given = found["bare"] or found["ordinal"] or found["number"]
        point = found["point"]
        yield Mention(
            number(given),
            number(point) if point else 0,
            TextSpan(found.start(), found.end()),
            found["ordinal"] is not None,
        )


def articles_of(article: str) -> tuple[Mention, ...]:
    """The articles that the citation of a rule names, e.g. `第三十四条第十项`."""
    return tuple(mentions(plain(article).text))


def short_title(title: str) -> str:
    """A statute's title as people write it: without the nation's name, quotes and what stands in brackets."""
    bare = re.sub(r"[（(〔\[].*?[)）〕\]]", "", title)
    return plain(bare.replace(_NATION, "")).text.replace(" ", "")


class Statutes:
    """The statutes that entries cite, found again by full, short or clipped names."""

    def __init__(self, titles: Iterable[tuple[str, str]]) -> None:
        self._titles = {code: short_title(title) for code, title in titles}

    def named_before(self, text: str, place: int) -> tuple[tuple[str, ...], int]:
        """The statutes whose name ends at the place, and where that name starts; none: empty and the place itself.

        A whole title is better than a part, a part better than a clipping (征管法); the longest name of the best wins.
        """
        before = text[max(0, place - _LONGEST_NAME) : place].rstrip()
        if not _NAME_BEFORE.search(before):
            return (), place
        best, codes = (0, 0), []
        for code, title in self._titles.items():
            rank = _fit(before, title)
            if rank > best:
                best, codes = rank, [code]
            elif rank == best and rank != (0, 0):
                codes.append(code)
        if not codes:
            return (), place
        return tuple(codes), max(0, place - _LONGEST_NAME) + len(before) - best[1]


def _fit(before: str, title: str) -> tuple[int, int]:
    """How well the words before an article name a title (whole 3, its end 2, clipped 1, not 0), in how many signs."""
    if title and before.endswith(title):
        return 3, len(title)
    end = clipped = 0
    while end < min(len(before), len(title)) and before[-end - 1] == title[-end - 1]:
        end += 1
    if end >= _SHORTEST_NAME:
        return 2, end
    place = len(title)
    for sign in reversed(before):
        place = title.rfind(sign, 0, place)
        if place < 0 or (clipped == 0 and place != len(title) - 1):
            break
        clipped += 1
    return (1, clipped) if clipped >= _SHORTEST_NAME else (0, 0)

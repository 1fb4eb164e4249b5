"""Citations in prose: 《中华人民共和国行政处罚法》第三十三条第一款、第二款 as instruments and articles."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from ...rulebook.catalogue import Instrument

_TITLE = re.compile(r"《((?:[^《》]|《[^《》]*》)+)》")
_BRACKET = re.compile(r"[(（][^()（）]*[)）]")
_DIGITS = "零〇一二三四五六七八九十百千0-9"
_PART = re.compile(
    rf"第\s*([{_DIGITS}]+)\s*条(?:\s*之\s*([{_DIGITS}]+))?|第\s*([{_DIGITS}]+)\s*款|第?\s*[(（]?\s*([{_DIGITS}]+)\s*[)）]?\s*项"
)
_JOINS = re.compile(r"[\s、,，;；。:：和及与或的至]|以及|规定|根据|依据|依照|按照|[0-9]{1,2}[.．、]")
_EDGES = " \n\t、,，;；。:："
_NUMERALS = "零一二三四五六七八九"


@dataclass(frozen=True, slots=True)
class CitedDocument:
    """A document that a text names, with its articles."""

    title: str
    articles: tuple[str, ...]
    """In Chinese numerals; empty where the text names none."""


@dataclass(frozen=True, slots=True)
class CitedText:
    """A text as citations."""

    cited: tuple[CitedDocument, ...]
    rest: str
    """Words that are no citation; may be empty."""


def cited_in(text: str) -> CitedText:
    """The citations of a text, and what else it says."""
    cited: list[CitedDocument] = []
    titles = list(_TITLE.finditer(text))
    rests = [text[: titles[0].start()] if titles else text]
    for place, found in enumerate(titles):
        end = titles[place + 1].start() if place + 1 < len(titles) else len(text)
        after = text[found.end() : end]
        edition = _BRACKET.match(after)
        articles, rest = _articles(after[edition.end() :] if edition else after)
        cited.append(CitedDocument(found.group(1), articles))
        rests.append(rest)
    said = [rest.strip(_EDGES) for rest in rests if _JOINS.sub("", rest)]
    return CitedText(tuple(cited), " ".join(said))


def _articles(text: str) -> tuple[tuple[str, ...], str]:
    """Articles, each as far as it goes, and the text without them. `第二款` after 第一条第一款 is of that article."""
    found: list[list[tuple[int, str]]] = []
    end = 0
    for part in _PART.finditer(text):
        depth, said = _clause(part)
        joined = bool(found) and not text[end : part.start()].strip() and found[-1][-1][0] < depth
        if joined:
            found[-1].append((depth, said))
        elif depth and found:
            found.append([clause for clause in found[-1] if clause[0] < depth] + [(depth, said)])
        else:
            found.append([(depth, said)])
        end = part.end()
    articles = tuple(dict.fromkeys("".join(said for _, said in clauses) for clauses in found))
    return articles, _PART.sub(" ", text)


def _clause(part: re.Match[str]) -> tuple[int, str]:
    article, inserted, paragraph, item = part.groups()
    if article:
        return 0, f"第{numeral(article)}条" + (f"之{numeral(inserted)}" if inserted else "")
    return (1, f"第{numeral(paragraph)}款") if paragraph else (2, f"第{numeral(item)}项")


def numeral(text: str) -> str:
    """A number up to 9999 in Chinese numerals: 33 → 三十三."""
    if not text.isdigit() or len(text) > 4:
        return text.replace("〇", "零")
    said, zero = "", False
    for unit, digit in zip(("千", "百", "十", "")[-len(text) :], text, strict=True):
        if digit == "0":
            zero = bool(said)
        else:
            said += ("零" if zero else "") + _NUMERALS[int(digit)] + unit
            zero = False
    return said.removeprefix("一") if said.startswith("一十") else said or "零"


class Titles:
    """Finds instruments by title, as officials shorten it: without the state's name, with or without the edition."""

    def __init__(self, instruments: Iterable[Instrument]) -> None:
        self._by_title: dict[str, list[Instrument]] = {}
        for one in instruments:
            self._by_title.setdefault(_short(one.title), []).append(one)

    @property
    def known(self) -> tuple[str, ...]:
        """Shortened titles."""
        return tuple(self._by_title)

    def named(self, title: str) -> tuple[Instrument, ...]:
        """All instruments of a title."""
        return tuple(self._by_title.get(_short(title), ()))

    def short(self, title: str) -> str:
        """A title as `known` has it."""
        return _short(title)


def in_force(instruments: Iterable[Instrument], day: date, until: date | None) -> Iterator[Instrument]:
    """Those in force from a day on until another: on the day, where none lasts so long."""
    found = [one for one in instruments if one.effective.holds_on(day)]
    lasting = [one for one in found if one.effective.until is None or (until and one.effective.until >= until)]
    yield from lasting or found


def _short(title: str) -> str:
    plain = _BRACKET.sub("", title.translate(str.maketrans("〈〉", "《》")))
    return "".join(plain.split()).removeprefix("中华人民共和国")

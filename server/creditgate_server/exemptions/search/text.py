"""Text as the search sees it: one spelling for what people write in several, and where each sign of it stood.

Full and half width are one, letters are small, punctuation parts words and means nothing else.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

RUN = re.compile(r"[\u3400-\u9fff\U00020000-\U0003134f]+|[a-z]+|[0-9]+")
"""Chinese, letters or digits without a break."""

_DIGITS = {sign: value for value, sign in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_UNITS = {"十": 10, "百": 100, "千": 1000}
NUMBER = r"(?:[0-9]{1,4}|[零〇一二三四五六七八九两十百千]{1,8})"
"""A number of an article, in Arabic or Chinese numerals."""


@dataclass(frozen=True, slots=True)
class TextSpan:
    """Part of a text: start inclusive, end exclusive, in code points."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Plain:
    """A text in the one spelling."""

    text: str
    origin: Sequence[int]
    """For each code point of `text`, the place in the source that it came from."""

    def span(self, start: int, end: int) -> TextSpan:
        """The part of the source behind a part of `text`; the part must not be empty."""
        return TextSpan(self.origin[start], self.origin[end - 1] + 1)


def plain(source: str) -> Plain:
    """The text in the one spelling. One sign may become several (㎡) or a blank; none is lost."""
    signs: list[str] = []
    origin: list[int] = []
    for place, sign in enumerate(source):
        spelt = _spelt(sign)
        signs.append(spelt)
        origin.extend([place] * len(spelt))
    text = "".join(signs)
    return Plain(text, range(len(text)) if len(text) == len(source) else tuple(origin))


def _spelt(sign: str) -> str:
    """A single sign in the one spelling: letters, digits and characters stay, all else is a blank."""
    if "\u4e00" <= sign <= "\u9fff":
        return sign
    folded = unicodedata.normalize("NFKC", sign).casefold()
    return "".join(one if one.isalnum() else " " for one in folded) or " "


def runs(text: str) -> Iterator[tuple[int, str]]:
    """The runs of a text in the one spelling, each with its place."""
    for found in RUN.finditer(text):
        yield found.start(), found.group()


def is_chinese(run: str) -> bool:
    """Whether a run is of characters rather than letters or digits."""
    return run[0] >= "\u3400"


def number(text: str) -> int:
    """A number in Arabic or Chinese numerals: 34, 三十四, 一百零九, 一二五. Raises ValueError where it is neither."""
    if text.isascii():
        return int(text)
    if all(sign in _DIGITS for sign in text):
        return int("".join(str(_DIGITS[sign]) for sign in text))
    total, digit = 0, None
    for sign in text:
        if sign in _UNITS:
            total += (1 if digit is None else digit) * _UNITS[sign]
            digit = None
        elif sign in _DIGITS:
            digit = _DIGITS[sign]
        else:
            raise ValueError(text)
    return total + (digit or 0)


_ALIKE = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("ng", "n"))
"""Sounds that many speakers, and so their input methods, do not tell apart."""


def initials(run: str) -> str:
    """The first letters of a run of characters, one for each; a character that nobody knows how to read stays."""
    from pypinyin import Style, lazy_pinyin

    letters = lazy_pinyin(run, style=Style.FIRST_LETTER)
    if len(letters) != len(run):  # unknown characters side by side come back as one
        letters = [lazy_pinyin(sign, style=Style.FIRST_LETTER)[0] for sign in run]
    return "".join(letter[:1] or sign for letter, sign in zip(letters, run, strict=True))


@cache
def spoken(sign: str) -> str:
    """The syllable of one character in full pinyin, without its tone."""
    from pypinyin import lazy_pinyin

    return lazy_pinyin(sign)[0]


def heard(syllable: str) -> str:
    """A syllable without what is easily taken for one another."""
    for written, alike in _ALIKE:
        syllable = syllable.replace(written, alike)
    return syllable


@cache
def sound(sign: str) -> str:
    """How one character sounds, without its tone and without what is easily taken for one another."""
    return heard(spoken(sign))

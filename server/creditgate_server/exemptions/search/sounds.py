"""How characters sound: first letters (gqsp for 过期食品), and what one types for another (过其 for 过期).

Readings come from pypinyin 0.55.0 (2025-07): alive, typed, pure Python, among the most used. It reads a character of
several readings by the word that it stands in (银行 yh, 行业 hy); a table of our own would not. Each process pays
60 MB and 0.2 s for it, when it first needs it (13 MB with `PYPINYIN_NO_PHRASES=1`, which gives that up).
"""

from __future__ import annotations

from functools import cache

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
def sound(sign: str) -> str:
    """How one character sounds, without its tone and without what is easily taken for one another."""
    from pypinyin import lazy_pinyin

    said = lazy_pinyin(sign)[0]
    for written, heard in _ALIKE:
        said = said.replace(written, heard)
    return said

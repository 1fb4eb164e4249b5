"""A condition as a tree of Chinese sentences."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from .catalogue import Catalogue
from .language import AnyOf, Condition, NoneOf, fold
from .words import test_in_words

ALWAYS = "不论什么情况(没有条件)"
_ALL, _ANY, _NONE = "以下各项都成立(且):", "以下任一项成立(或):", "以下各项都不成立(均不):"
_NOT_ALL = "以下各项不都成立:"


@dataclass(frozen=True, slots=True)
class Line:
    """One sentence of a condition, and the sentences that it heads, in writing order."""

    text: str
    parts: tuple[Line, ...] = ()


def condition_in_lines(catalogue: Catalogue, condition: Condition | None, titles: Mapping[str, str]) -> Line:
    """The whole condition. `titles` are those of rules, by id, for tests of findings."""
    if condition is None:
        return Line(ALWAYS)

    def lines(head: str, parts: tuple[Condition, ...]) -> Line:
        if len(parts) == 1:  # a group of one reads as that one
            return condition_in_lines(catalogue, parts[0], titles)
        return Line(head, tuple(condition_in_lines(catalogue, part, titles) for part in parts))

    return fold(
        condition,
        all_of=lambda parts: lines(_ALL, parts),
        any_of=lambda parts: lines(_ANY, parts),
        none_of=lambda parts: _opposite(catalogue, parts[0], titles) if len(parts) == 1 else lines(_NONE, parts),
        test=lambda test: Line(test_in_words(catalogue, test, titles)),
    )


def _opposite(catalogue: Catalogue, condition: Condition, titles: Mapping[str, str]) -> Line:
    """What a condition's opposite reads as: not "none of these" is at least one of them."""

    def not_all(parts: tuple[Condition, ...]) -> Line:
        if len(parts) == 1:
            return _opposite(catalogue, parts[0], titles)
        return Line(_NOT_ALL, tuple(condition_in_lines(catalogue, part, titles) for part in parts))

    return fold(
        condition,
        all_of=not_all,
        any_of=lambda parts: condition_in_lines(catalogue, NoneOf(parts=parts), titles),
        none_of=lambda parts: condition_in_lines(catalogue, AnyOf(parts=parts), titles),
        test=lambda test: Line(test_in_words(catalogue, test, titles, holds=False)),
    )


def numbered(line: Line, number: str = "") -> tuple[tuple[int, str, str], ...]:
    """Depth, number and text of a line and all below it; the parts of the top line have numbers 1, 2, 3.1 …"""
    depth = number.count(".") + 1 if number else 0
    own = ((depth, number, line.text),)
    start = f"{number}." if number else ""
    return own + tuple(
        entry for position, part in enumerate(line.parts, start=1) for entry in numbered(part, f"{start}{position}")
    )

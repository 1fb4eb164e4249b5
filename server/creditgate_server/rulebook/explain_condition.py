"""A condition as a tree of Chinese sentences."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from .catalogue import Catalogue
from .language import AllOf, AnyOf, Condition, NoneOf
from .words import test_in_words

ALWAYS = "不论什么情况(没有条件)"
_HEADS: dict[type[Condition], str] = {
    AllOf: "以下各项都成立(且):",
    AnyOf: "以下任一项成立(或):",
    NoneOf: "以下各项都不成立(均不):",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One sentence of a condition, and the sentences that it heads, in writing order."""

    text: str
    parts: tuple[Line, ...] = ()


def condition_in_lines(catalogue: Catalogue, condition: Condition | None, titles: Mapping[str, str]) -> Line:
    """The whole condition. `titles` are those of rules, by id, for tests of findings."""
    if condition is None:
        return Line(ALWAYS)
    if not isinstance(condition, AllOf | AnyOf | NoneOf):
        return Line(test_in_words(catalogue, condition, titles))
    if len(condition.parts) == 1:
        return _lone(catalogue, condition, titles)
    parts = tuple(condition_in_lines(catalogue, part, titles) for part in condition.parts)
    return Line(_HEADS[type(condition)], parts)


def _lone(catalogue: Catalogue, group: AllOf | AnyOf | NoneOf, titles: Mapping[str, str]) -> Line:
    """A group of one reads as that one, or as its opposite."""
    only = group.parts[0]
    if not isinstance(group, NoneOf):
        return condition_in_lines(catalogue, only, titles)
    if isinstance(only, NoneOf):  # not "none of these": at least one of them
        return condition_in_lines(catalogue, AnyOf(parts=only.parts), titles)
    if isinstance(only, AnyOf):
        return condition_in_lines(catalogue, NoneOf(parts=only.parts), titles)
    if isinstance(only, AllOf):
        if len(only.parts) == 1:
            return condition_in_lines(catalogue, NoneOf(parts=only.parts), titles)
        parts = tuple(condition_in_lines(catalogue, part, titles) for part in only.parts)
        return Line("以下各项不都成立:", parts)
    return Line(test_in_words(catalogue, only, titles, holds=False))


def numbered(line: Line, number: str = "") -> tuple[tuple[int, str, str], ...]:
    """Depth, number and text of a line and all below it; the parts of the top line have numbers 1, 2, 3.1 …"""
    depth = number.count(".") + 1 if number else 0
    own = ((depth, number, line.text),)
    start = f"{number}." if number else ""
    return own + tuple(
        entry for position, part in enumerate(line.parts, start=1) for entry in numbered(part, f"{start}{position}")
    )

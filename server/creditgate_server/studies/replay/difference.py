"""The first place at which two decisions differ, named as a person reads it."""

from __future__ import annotations

from typing import Any

import msgspec

_NAMES = ("code", "rule", "what", "feed", "identifier", "document_number", "ladder")
"""What tells the elements of a list apart, the first that there is."""
_LONGEST = 160
_WORDS = frozenset({"title", "label", "supplier", "reason", "found", "summary", "note"})
"""Text that a program words, beside the codes that say what is meant."""


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """Where, in which finding, and what stands there."""

    place: str
    """Field by field from the decision down, for example `measures[1].until`."""
    finding: str
    """The element of a list that it lies in, for example `strict-review`; empty where it lies in none."""
    then: str
    """JSON, shortened."""
    now: str


NOTHING = "(没有)"
"""Stands for a field or an element that is not there."""
_GONE = object()


def first_difference(then: bytes, now: bytes) -> Difference:
    """Of two canonical texts that are not the same bytes."""
    found = _compare(msgspec.json.decode(then), msgspec.json.decode(now), "", "")
    return found or Difference(place="", finding="", then="规范字节不同", now="规范字节不同")


def only_reworded(then: bytes, now: bytes) -> bool:
    """Whether two decisions say the same in other words, as those of two releases may."""
    return bool(_without_words(msgspec.json.decode(then)) == _without_words(msgspec.json.decode(now)))


def _without_words(value: Any) -> Any:  # noqa: ANN401 - JSON
    if isinstance(value, dict):
        return {
            key: bool(inner) if key in _WORDS and isinstance(inner, str) else _without_words(inner)
            for key, inner in value.items()
        }
    return [_without_words(inner) for inner in value] if isinstance(value, list) else value


def _compare(then: Any, now: Any, place: str, finding: str) -> Difference | None:  # noqa: ANN401 - JSON
    if then == now:
        return None
    if isinstance(then, dict) and isinstance(now, dict):
        for key in sorted(then.keys() | now.keys()):
            inner = f"{place}.{key}" if place else key
            found = _compare(then.get(key, _GONE), now.get(key, _GONE), inner, finding)
            if found is not None:
                return found
    if isinstance(then, list) and isinstance(now, list):
        for index in range(max(len(then), len(now))):
            left = then[index] if index < len(then) else _GONE
            right = now[index] if index < len(now) else _GONE
            named = _name(left) or _name(right) or finding
            found = _compare(left, right, f"{place}[{index}]", named)
            if found is not None:
                return found
    return Difference(place=place, finding=finding, then=_short(then), now=_short(now))


def _name(element: Any) -> str:  # noqa: ANN401 - JSON
    if not isinstance(element, dict):
        return ""
    return next((str(element[name]) for name in _NAMES if element.get(name)), "")


def _short(value: Any) -> str:  # noqa: ANN401 - JSON
    if value is _GONE:
        return NOTHING
    text = msgspec.json.encode(value, order="sorted").decode()
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "…"

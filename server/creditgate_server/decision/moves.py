"""What two answers to one question differ in, in Chinese words: the parts that answers of several kinds share."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from typing import TypeVar

import msgspec

from ..codes import shown_identifier
from .parts import Graded, Standing, Unsettled

NONE = "无"
OPEN = "不能确定"
"""An open grade or level."""
Thing = TypeVar("Thing")


class Move(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that is otherwise."""

    what: str
    subject: str
    """Whom it is about; empty: the whole answer."""
    then: str
    now: str


def grade_words(grade: Graded) -> str:
    """A grade with its code, as people name it."""
    return f"{grade.code}({grade.title})" if grade.code and grade.title != grade.code else grade.code or OPEN


def level_words(level: Graded) -> str:
    """A level by its title."""
    return level.title or level.code or OPEN


def standing_moves(then: Standing, now: Standing) -> Iterator[Move]:
    """Grade, level and ratings of one subject."""
    who = shown_identifier(then.identifier)
    yield from if_moved("信用等级", who, grade_words(then.grade), grade_words(now.grade))
    yield from if_moved("监管等级", who, level_words(then.level), level_words(now.level))
    for what, before, after in (("信用等级", then.grade, now.grade), ("监管等级", then.level, now.level)):
        if before.code == after.code and before.rule != after.rule:
            yield Move(what=f"{what}的规则", subject=who, then=before.rule or NONE, now=after.rule or NONE)
    yield from thing_moves(
        by_name(then.ratings, lambda each: each.ladder),
        by_name(now.ratings, lambda each: each.ladder),
        lambda each: ("行业评价", who, f"{each.title} {each.rating}({each.decided_on.isoformat()})"),
    )


def open_moves(then: Iterable[Unsettled], now: Iterable[Unsettled], whom: list[str]) -> Iterator[Move]:
    """What is not known. `whom`: the subjects by place."""
    yield from thing_moves(
        by_name(then, lambda each: (each.subject, each.what)),
        by_name(now, lambda each: (each.subject, each.what)),
        lambda each: ("待查明", whom[each.subject], f"{each.label}: {each.reason}"),
    )


def if_moved(what: str, subject: str, then: str, now: str) -> Iterator[Move]:
    """A move where the words differ."""
    if then != now:
        yield Move(what=what, subject=subject, then=then, now=now)


def by_name(things: Iterable[Thing], key: Callable[[Thing], object]) -> dict[object, Thing]:
    """Things by what names them."""
    return {key(thing): thing for thing in things}


def thing_moves(
    then: Mapping[object, Thing], now: Mapping[object, Thing], words: Callable[[Thing], tuple[str, str, str]]
) -> Iterator[Move]:
    """Things of one kind, by what names them: gone, come, or with other words."""
    for key in (*then, *(key for key in now if key not in then)):
        before = words(then[key]) if key in then else None
        after = words(now[key]) if key in now else None
        what, subject, _ = before or after or ("", "", "")
        yield from if_moved(what, subject, before[2] if before else NONE, after[2] if after else NONE)


def listed(names: Iterable[str]) -> str:
    """Names in a row."""
    return "、".join(names) or NONE


def until_words(day: date | None) -> str:
    """A last day, where there is one."""
    return f", 至 {day.isoformat()}" if day else ""

"""Where to object and until when: the ways of the receipt's rule set, with a last day where there is a start."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from ...decision.working_days import WorkingDays
from ...rulebook import catalogue as rules
from ...rulebook.bundle import RuleSet
from ...rulebook.words import span_in_words
from .values import ObjectionSaid
from .words import bases, iso

NO_WAYS = "当时的规则集没有收录救济途径: 请看部门决定书上写明的途径和期限"
_ONE_DAY = timedelta(days=1)
_ORGAN = "{部门}"


@dataclass(frozen=True, slots=True)
class LastDay:
    """The last day of a period, inclusive."""

    day: date
    counted: date
    """Before it moved for a holiday."""
    sure: bool
    """False: the year's holidays are not arranged yet, so that it may still move."""


def last_day(working_days: WorkingDays, start: date, span: rules.Span) -> LastDay | None:
    """The last day of a period that an event on `start` starts; None where working days of it are not arranged.

    The starting day is not counted. Where the last day is a holiday, the first working day behind it is the last.
    Source: 民事诉讼法 第八十五条; 行政复议法 第八十八条; 行政诉讼法 第一百零一条.
    """
    counted = working_days.end_of(start, span)
    if counted is None:
        return None
    day = counted
    while (working := working_days.is_working(day)) is False:
        day += _ONE_DAY
    return LastDay(day, counted, sure=working is not None)


def objections(
    rule_set: RuleSet,
    asked: str,
    organ: str,
    lists: Collection[str],
    day: date,
    decided_on: date | None,
) -> tuple[ObjectionSaid, ...]:
    """The ways that are open to a party.

    `asked`: code of the kind of question.
    `organ`: code of the organ that decides. `lists`: those on which a subject is. `day`: legal day by which ways are
    picked. `decided_on`: day of the organ's decision against which there may be an objection; None: not known.
    """
    catalogue = rule_set.catalogue
    working_days = WorkingDays(catalogue.calendars.values())
    title = catalogue.organs[organ].title if organ in catalogue.organs else "办理的部门"
    by_law_of = decided_on or day
    return tuple(
        _objection(rule_set, way, title, working_days, decided_on if way.from_decision else None)
        for way in catalogue.objections.values()
        if way.effective.holds_on(by_law_of) and asked in way.asked and _is_open(way, organ, lists)
    )


def _is_open(way: rules.Objection, organ: str, lists: Collection[str]) -> bool:
    return (
        (not way.organs or organ in way.organs)
        and organ not in way.except_organs
        and (not way.lists or not set(way.lists).isdisjoint(lists))
    )


def _objection(
    rule_set: RuleSet, way: rules.Objection, organ: str, working_days: WorkingDays, start: date | None
) -> ObjectionSaid:
    end = last_day(working_days, start, way.within) if start is not None and way.within is not None else None
    return ObjectionSaid(
        code=way.code,
        title=way.title,
        text=way.text.replace(_ORGAN, organ),
        where=way.where.replace(_ORGAN, organ),
        period=_period(way),
        last_day=iso(end.day) if end is not None and end.sure else "",
        note=_note(start, end),
        basis=bases(rule_set, way.basis),
        verified=way.verified,
    )


def _period(way: rules.Objection) -> str:
    if way.within is None:
        return "法律没有规定期限, 越早越好"
    return f"自{way.since}起 {span_in_words(way.within)}内(当日不计入)"


def _note(start: date | None, end: LastDay | None) -> str:
    if start is None or end is None:
        return ""
    if not end.sure:
        return (
            f"部门的决定作出于 {start}。当天知道的, 期限届满日是 {end.counted}, 遇法定休假日顺延到休假日后的第一日; "
            f"{end.day.year} 年的放假安排还没有收录, 请自行核对"
        )
    moved = f"(届满日 {end.counted} 是休假日, 顺延)" if end.day != end.counted else ""
    return f"部门的决定作出于 {start}。当天知道的, 最后一天是 {end.day}{moved}; 收到决定书晚的, 从收到之日另算"

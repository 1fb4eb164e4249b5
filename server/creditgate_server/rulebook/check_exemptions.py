"""Checks exemption entries, how long they are in force, and the calendars by which their terms are counted."""

from __future__ import annotations

from collections.abc import Callable

from .catalogue import Calendar, Exemption
from .language import GiveLeniency, Leniency, Place
from .library import Library, Placed
from .source import Faults

_SATURDAY = 5


def check_exemptions(library: Library, need: Callable[[str, str, Place, str], bool], faults: Faults) -> None:
    """Note unknown instruments of entries, doubled basic codes, and days of a calendar that can't be meant."""
    first: dict[str, Place] = {}
    for placed in library.entries["exemptions"]:
        entry: Exemption = placed.value
        for position, cited in enumerate(entry.penalty_basis):
            need("instruments", cited.instrument, placed.at("penalty_basis", position, "instrument"), "")
        place = placed.at("basic_code")
        if entry.basic_code in first:
            where = f"{first[entry.basic_code].file}:{first[entry.basic_code].line}"
            faults.add(place, f"基本编码 {entry.basic_code} 重复, {where} 已经写过", "核对编码", entry.code)
        if entry.basic_code:
            first[entry.basic_code] = place
    _check_lives(library, faults)
    years: dict[int, Place] = {}
    for calendar in library.entries["calendars"]:
        _check_calendar(calendar, years, faults)


def _check_lives(library: Library, faults: Faults) -> None:
    """No entry is in force before or after the list that it is on."""
    lives = {placed.value.code: placed.value.effective for placed in library.entries["exemption_lists"]}
    for placed in library.rules:
        rule = placed.value
        if not isinstance(rule.then, GiveLeniency) or rule.then.leniency is Leniency.EXCLUDED:
            continue
        own, life = rule.effective, lives.get(rule.then.list)
        if life is None:
            continue
        hint = "事项只在清单施行期间适用: 查对 effective"
        if own.start < life.start:
            message = f"施行日期 {own.start} 早于清单 {rule.then.list} 的 {life.start}"
            faults.add(placed.at("effective", "from"), message, hint, rule.id)
        if life.until is not None and (own.until is None or own.until > life.until):
            message = f"截止日期 {own.until or '(没有写)'} 晚于清单 {rule.then.list} 的 {life.until}"
            faults.add(placed.at("effective", "until"), message, hint, rule.id)


def _check_calendar(placed: Placed[Calendar], years: dict[int, Place], faults: Faults) -> None:
    calendar = placed.value
    if calendar.year in years:
        faults.add(placed.at("year"), f"{calendar.year} 年的工作日安排写了两次", "合并为一个")
    years.setdefault(calendar.year, placed.at("year"))
    for field in ("holidays", "workdays"):
        for position, day in enumerate(getattr(calendar, field)):
            place = placed.at(field, position)
            if abs(day.year - calendar.year) > 1:
                faults.add(place, f"{day} 不在 {calendar.year} 年前后", "核对日期")
            if field == "workdays" and day.weekday() < _SATURDAY:
                faults.add(place, f"{day} 不是星期六或星期日, 不是调休上班的日子", "核对日期")
            if field == "workdays" and day in calendar.holidays:
                faults.add(place, f"{day} 既是放假又是上班", "删去其中一个")

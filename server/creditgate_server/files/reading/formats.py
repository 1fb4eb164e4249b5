"""Number formats: what a sheet shows for a number that it keeps."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

from .cells import Doubtful, number_text, sheet_number

Shown = Callable[[float], str]
"""Text of a number in a format; `Doubtful` where it can't be told."""

DAYS_BUILT_IN = frozenset({14, 15, 16, 17, 22, *range(27, 32), 36, *range(50, 55), 57, 58})
"""Formats of days that have numbers alone. 27 to 36 and 50 to 58 are those of Chinese, Japanese and Korean."""
TIMES_BUILT_IN = frozenset({18, 19, 20, 21, 32, 33, 34, 35, 45, 46, 47, 55, 56})
"""Of times of day. 32 to 35, 55 and 56 are so in Chinese."""
PERCENT_BUILT_IN = frozenset({9, 10})

_LITERAL = re.compile(r'"([^"]*)"|\\(.)|[_*].')
_BRACKETS = re.compile(r"\[[^\]]*\]")
_HALF_DAY = re.compile(r"am/pm|a/p|上午/下午", re.IGNORECASE)
_GENERAL = re.compile(r"general|g/通用格式|常规", re.IGNORECASE)
_EXPONENT = re.compile(r"e[+-]", re.IGNORECASE)
_UNITS = re.compile(r"[亿万千百]*元|[亿万千]")
_SCALED = re.compile(r"[0#?],+(?![0#?,])")
_PADDED = re.compile(r"0{2,}")


def shown_as(number: int, code: str, *, from_1904: bool) -> Shown | None:
    """How a format shows numbers; None where as they are. `code`: empty for formats that have numbers alone."""
    if not code:
        if number in DAYS_BUILT_IN:
            return _days_of_1904 if from_1904 else _days
        if number in TIMES_BUILT_IN:
            return _time
        return _percent if number in PERCENT_BUILT_IN else None
    section = _first_section(code)
    literals = "".join(match[1] or match[2] or "" for match in _LITERAL.finditer(section))
    bare = _BRACKETS.sub("", _LITERAL.sub("", section))
    elapsed = any(re.fullmatch(r"\[[hms]+\]", one, re.IGNORECASE) for one in _BRACKETS.findall(section))
    bare = _EXPONENT.sub("", _GENERAL.sub("", _HALF_DAY.sub("h", bare))).lower()
    if re.search(r"[yedgb]|aaa", bare) or ("m" in bare and not re.search(r"[hs]", bare) and not elapsed):
        return _days_of_1904 if from_1904 else _days
    if elapsed or re.search(r"[hs]", bare):
        return _time
    if "%" in bare:
        return _percent
    if _SCALED.search(bare) or ("!." in section and re.search(r"[万亿千]", section)):
        return _scaled
    unit = _UNITS.search(literals + bare)
    if unit:
        return _with_unit(unit.group())
    if _PADDED.fullmatch(bare.strip()):
        return _padded(len(bare.strip()))
    return None


def _first_section(code: str) -> str:
    """What is for positive numbers."""
    for match in re.finditer(r'"[^"]*"|\\.|(;)', code):
        if match[1]:
            return code[: match.start()]
    return code


# -- days -----------------------------------------------------------------------------------------------------------

_BEFORE = date(1899, 12, 30)
_BEFORE_1904 = date(1904, 1, 1)
_LAST = (date.max - _BEFORE).days
_LEAP_DAY = 60
"""The 1900 system holds 29 February 1900 to have been: serial numbers before it are off by one."""
_SECOND = 86_400


def _days(value: float) -> str:
    return _day(value, _BEFORE, 1, _LAST)


def _days_of_1904(value: float) -> str:
    return _day(value, _BEFORE_1904, 0, (date.max - _BEFORE_1904).days)


def _day(value: float, start: date, first: int, last: int) -> str:
    """The legal day of a serial number; its time of day, rounded to the second, is left out."""
    serial = round(value * _SECOND) // _SECOND if abs(value) <= last + 1 else -1
    if not first <= serial <= last or (start is _BEFORE and serial == _LEAP_DAY):
        return Doubtful(number_text(value), "这一格按日期显示, 但不是日历上的日期")
    if start is _BEFORE and serial < _LEAP_DAY:
        serial += 1
    return (start + timedelta(days=serial)).isoformat()


def _time(value: float) -> str:
    """A time of day; hours go on counting past 24."""
    seconds = round(value * _SECOND) if abs(value) < _LAST else -1
    if seconds < 0:
        return Doubtful(number_text(value), "这一格按时刻显示, 但不是时刻")
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"


# -- numbers --------------------------------------------------------------------------------------------------------


def _percent(value: float) -> str:
    text = sheet_number(value)
    if type(text) is Doubtful:
        return text
    percent = format((Decimal(text) * 100).normalize(), "f")
    return f"{percent}%"


def _scaled(value: float) -> str:
    return Doubtful(number_text(value), "数字格式把值缩小后显示, 看到的不是存下的数")


def _with_unit(unit: str) -> Shown:
    def shown(value: float) -> str:
        text = sheet_number(value)
        return text if type(text) is Doubtful else text + unit

    return shown


def _padded(digits: int) -> Shown:
    def shown(value: float) -> str:
        text = sheet_number(value)
        return text.zfill(digits) if type(text) is not Doubtful and text.isdigit() else text

    return shown

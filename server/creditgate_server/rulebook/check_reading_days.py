"""Checks that a text was read on a day that can be: not after today, and not before the text was there.

Today is the caller's: a rule set that replays later, or on another machine, says the same of its register.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

from .catalogue import Instrument
from .reader_verification import Register
from .source import Faults

_DAY = re.compile(r"(?<![0-9])([12][0-9]{3})-([0-9]{2})-([0-9]{2})(?![0-9])")
_YEAR = re.compile(r"[〔\[(（]([12][0-9]{3})(?:[〕\])）]|修订|修正)|(?:公告|令)([12][0-9]{3})年第")
"""How numbers and titles tell the year of an instrument: 〔2023〕5号, 公告2021年第1号, (2021修订)."""


def adopted_from(instrument: Instrument) -> date | None:
    """The first day on which the instrument can have been adopted, as its number or title tells; None: neither does.

    The day on which it takes effect says nothing: texts are read before that.
    """
    said = f"{instrument.number} {instrument.title}"
    days = []
    for year, month, day in _DAY.findall(said):
        try:
            days.append(date(int(year), int(month), int(day)))
        except ValueError:
            continue
    if days:
        return max(days)
    years = [int(one or other) for one, other in _YEAR.findall(said)]
    return date(max(years), 1, 1) if years else None


def check_reading_days(register: Register, instruments: Mapping[str, Instrument], today: date, faults: Faults) -> None:
    """Note every reading on a day to come, and every one of a text that was not adopted yet."""
    for placed in register.lines.values():
        for position, read in enumerate(placed.value.read):
            place = placed.at("read", position)
            instrument = instruments.get(read.instrument)
            adopted = adopted_from(instrument) if instrument is not None else None
            if read.day > today:
                message = f"{placed.value.of} 的核对日期 {read.day} 还没有到, 今天是 {today}"
                faults.add(place, message, "写实际核对的日期")
            elif adopted is not None and read.day < adopted:
                message = f"{placed.value.of} 的核对日期 {read.day} 早于 {read.instrument} 制定的日期 {adopted}"
                faults.add(place, message, "写实际核对的日期; 依据的文号或名称写错的, 改正依据")

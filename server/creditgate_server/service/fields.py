"""Checks of single fields of a question: text, days, instants, divisions. Each error names the field."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from google.protobuf.timestamp_pb2 import Timestamp

from ..decision.violation import NATION, divisions
from ..errors import InvalidQuestion
from ..rulebook.catalogue import Catalogue
from .wire import Check

EARLIEST_DAY = date(1990, 1, 1)
"""No question is judged on an earlier day."""

_CLOCK_SKEW = timedelta(seconds=5)
"""A caller's clock may be this far ahead of ours."""

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_WIDE_BLANK = "\u3000"
"""Chinese text has it; Python does not count it as printable."""
_VISIBLE_ASCII = re.compile(r"[\x20-\x7e]*")


def require_text(value: str, field: str, longest: int) -> str:
    """Text of 1 to `longest` printable characters, not only blanks."""
    if not value.strip():
        raise InvalidQuestion("不能为空", f"请填写 1 至 {longest} 个字符", field)
    if len(value) > longest:
        raise InvalidQuestion(f"过长: {len(value)} 个字符", f"最多 {longest} 个字符", field)
    if not value.replace(_WIDE_BLANK, " ").isprintable():
        raise InvalidQuestion("含有控制字符(如换行、制表、NUL)", "请去掉控制字符", field)
    return value


def require_id(value: str, field: str, longest: int) -> str:
    """An id of up to `longest` printable ASCII characters, or empty."""
    if len(value) > longest:
        raise InvalidQuestion(f"过长: {len(value)} 个字符", f"最多 {longest} 个字符", field)
    if not _VISIBLE_ASCII.fullmatch(value):
        raise InvalidQuestion("只能用可打印的 ASCII 字符", "建议用 UUID", field)
    return value


def text(longest: int) -> Check:
    """Reads text that must be there."""
    return lambda given, field, _: require_text(given, field, longest)


def identifier(longest: int) -> Check:
    """Reads an id that may be empty."""
    return lambda given, field, _: require_id(given, field, longest)


def parse_day(text: str, field: str) -> date:
    """A day from YYYY-MM-DD."""
    if not text:
        raise InvalidQuestion("日期是空的", "没有日期的, 不给这一项", field)
    if not _DAY.fullmatch(text):
        raise InvalidQuestion("日期格式不符", "请写成 YYYY-MM-DD, 例如 2026-04-01", field)
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InvalidQuestion("没有这一天", "请查对年月日", field) from None


def day_given(request: Any, field: str) -> date | None:  # noqa: ANN401 - of any kind
    """A day of a request that may leave it out: None where it does. One that is given as "" is an error."""
    return parse_day(getattr(request, field), field) if request.HasField(field) else None


def legal_day_asked(text: str | None, field: str, today: date) -> date:
    """The legal day that a question is about: not before 1990, not after today; None means today."""
    if text is None:
        return today
    day = parse_day(text, field)
    if day > today:
        raise InvalidQuestion(f"日期 {day} 晚于今天 {today}", "不能查询将来的日期", field)
    if day < EARLIEST_DAY:
        raise InvalidQuestion(f"日期 {day} 早于 {EARLIEST_DAY}", "请查对年份", field)
    return day


def instant_asked(given: Timestamp | None, field: str, now: datetime) -> datetime | None:
    """The instant up to which records count as known, in UTC, not after now; None where none is given."""
    if given is None:
        return None
    try:
        instant = given.ToDatetime(UTC)
    except (ValueError, OverflowError):
        raise InvalidQuestion("没有这一时刻", "请查对日期和时间", field) from None
    if instant > now + _CLOCK_SKEW:
        raise InvalidQuestion("时刻晚于现在", "不能查询将来的时刻", field)
    if instant.date() < EARLIEST_DAY:
        raise InvalidQuestion(f"时刻早于 {EARLIEST_DAY}", "请查对年份", field)
    return instant


def shown(text: str) -> str:
    """A caller's text as it may be repeated in a message: printable, at most 40 characters."""
    safe = "".join(letter if letter.isprintable() else "?" for letter in text[:40])
    return safe if len(text) <= 40 else safe + "…"


def nearest(wanted: str, known: Iterable[str]) -> str:
    """A hint that names the nearest known code; empty where none is near."""
    found = difflib.get_close_matches(wanted[:64], list(known), n=1, cutoff=0.6)
    return f"是否指 {found[0]}?" if found else ""


def meant(wanted: str, known: Mapping[str, Any]) -> str:
    """A hint that names the code of the entry with this very title, else the nearest code; empty where none is near."""
    for code, entry in known.items():
        if wanted and wanted == getattr(entry, "title", getattr(entry, "label", None)):
            return f"这是名称, 代码是 {code}"
    return nearest(wanted, known)


_REGION = re.compile(r"[0-9]{6}")


def region_asked(region: str, own_region: str, catalogue: Catalogue) -> str:
    """A division that the catalogue knows, or one of a province that it knows; the service's own where none is named.

    Of a city that it knows, only the counties and towns that it lists: a wrong number would be taken for one.
    Raises InvalidQuestion for the field `region`.
    """
    if not region:
        return own_region
    if not _REGION.fullmatch(region):
        raise InvalidQuestion("行政区划代码应为六位数字", "例如 441900", "region")
    known = catalogue.regions
    if known and not any(code in known for code in divisions(region) if code != NATION or region == NATION):
        raise InvalidQuestion(f"没有代码为 {region} 的行政区划", nearest(region, known) or "请查对代码", "region")
    city = f"{region[:4]}00"
    if city in known and region not in known:  # its lists are known, and none is of such a county or town
        meant = [f"{code}({known[code].title})" for code in sorted(known) if city in divisions(code)]
        raise InvalidQuestion(
            f"没有代码为 {region} 的县区或者镇街", f"请写所属的市或者已有的县区: {'、'.join(meant)}", "region"
        )
    return region

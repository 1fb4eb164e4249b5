"""From requests about exemption lists to checked values. Every fault is an InvalidQuestion that names the field."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from creditgate import limits
from creditgate.v1 import exemptions_pb2

from ..errors import InvalidQuestion
from ..exemptions.search.filters import EntryFilters
from ..rulebook.catalogue import Catalogue, ExemptionKind
from .fields import EARLIEST_DAY, nearest, parse_day, shown
from .regions import region_asked
from .unpack import require_organ
from .wire import member

_KIND = member(ExemptionKind, exemptions_pb2.ExemptionKind.DESCRIPTOR, "免罚类别")
_TOKEN = re.compile(r"([1-9][0-9]{0,8})-([0-9a-f]{16})")


@dataclass(frozen=True, slots=True)
class SearchQuestion:
    """A checked search."""

    query: str
    filters: EntryFilters
    day: date
    offset: int
    size: int
    sameness: str
    """The same for all pages of one search."""

    def token(self, total: int) -> str:
        """The token of the page after this one; empty where there is none."""
        after = self.offset + self.size
        return f"{after}-{self.sameness}" if after < total else ""


def unpack_search(
    request: exemptions_pb2.SearchRequest, catalogue: Catalogue, rule_set: str, today: date, own_region: str
) -> SearchQuestion:
    """The search. `rule_set`: digest of the one searched. `own_region`: what an empty region means.

    The query itself is checked by the search.
    """
    if request.organ:
        require_organ(request.organ, catalogue)
    if request.list:
        require_list(request.list, catalogue)
    region = "" if request.list and not request.region else region_asked(request.region, own_region, catalogue)
    day = day_asked(request.in_force_on, "in_force_on", today)
    filters = EntryFilters(
        organ=request.organ,
        region=region,
        kinds=_kinds(request.kinds),
        list=request.list,
        day=day,
        lapsed=request.include_not_in_force,
    )
    if request.page_size > limits.MOST_HITS:
        raise InvalidQuestion(f"每页条数过多: {request.page_size}", f"最多 {limits.MOST_HITS} 条", "page_size")
    sameness = _sameness(rule_set, request.query, filters)
    return SearchQuestion(
        query=request.query,
        filters=filters,
        day=day,
        offset=_offset(request.page_token, sameness),
        size=request.page_size or limits.USUAL_HITS,
        sameness=sameness,
    )


def day_asked(text: str, field: str, today: date) -> date:
    """A day on which lists are in force: not before 1990, today where none is named. Lists to come can be seen."""
    if not text:
        return today
    day = parse_day(text, field)
    if day < EARLIEST_DAY:
        raise InvalidQuestion(f"日期 {day} 早于 {EARLIEST_DAY}", "请查对年份", field)
    return day


def require_list(code: str, catalogue: Catalogue) -> None:
    """The exemption list is in the catalogue."""
    if code not in catalogue.exemption_lists:
        hint = nearest(code, catalogue.exemption_lists) or "请查对清单代码"
        raise InvalidQuestion(f"没有代码为 {shown(code)} 的免罚清单", hint, "list")


def _kinds(numbers: Iterable[int]) -> frozenset[ExemptionKind]:
    return frozenset(_KIND(number, f"kinds[{place}]", None) for place, number in enumerate(numbers))


def _sameness(rule_set: str, query: str, filters: EntryFilters) -> str:
    parts = (
        rule_set,
        query,
        filters.organ,
        filters.region,
        *sorted(kind.value for kind in filters.kinds),
        filters.list,
        filters.day,
    )
    return hashlib.sha256(repr((*parts, filters.lapsed)).encode()).hexdigest()[:16]


def _offset(token: str, sameness: str) -> int:
    if not token:
        return 0
    match = _TOKEN.fullmatch(token)
    if match is None:
        raise InvalidQuestion("翻页标记不正确", "用上一页给出的标记", "page_token")
    if match[2] != sameness:
        raise InvalidQuestion("翻页标记属于另一次查询, 或规则集已更换", "从第一页重新查询", "page_token")
    return int(match[1])

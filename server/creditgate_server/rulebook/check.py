"""Checks a library as a whole: every reference, every legal basis, every combination that can't be meant."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from msgspec import UNSET

from .catalogue import Catalogue, Citation, MeasureKind, Period, RecordKind, Terms
from .check_authority import check_authority
from .check_catalogue import check_limits, check_objections, check_parameters
from .check_elements import check_elements
from .check_rules import check_exemptions, check_rules
from .check_wording import check_wording
from .language import LIST_ENTRY, Place
from .library import Library, PlacedValue, name_of
from .source import Faults

_SECTION_TITLES = {
    "instruments": "依据",
    "measures": "措施目录",
    "record_kinds": "记录类别",
    "lists": "名单",
    "ladders": "行业等级",
    "feeds": "数据源",
    "organs": "部门",
    "traits": "办理方式",
    "items": "事项",
    "grades": "信用等级",
    "levels": "监管等级",
    "facts": "事实表",
    "parameters": "参数",
    "regions": "行政区划",
    "calendars": "工作日安排",
    "soft_measures": "柔性措施",
    "exemption_lists": "免罚清单",
    "exemptions": "免罚事项",
    "objections": "救济途径",
    "authority": "数据权威",
}
_REFERENCES = {
    "record_kinds": {"feed": "feeds", "may_be": "record_kinds"},
    "lists": {"feed": "feeds", "organ": "organs", "rests_on": "record_kinds"},
    "ladders": {"feed": "feeds"},
    "feeds": {"organ": "organs"},
    "items": {"organ": "organs", "traits": "traits"},
    "measures": {"yields_to": "measures"},
    "facts": {"ladder": "ladders", "feed": "feeds", "occurred": "facts"},
    "exemption_lists": {
        "organ": "organs",
        "region": "regions",
        "instrument": "instruments",
        "measures": "soft_measures",
    },
    "exemptions": {"organ": "organs"},
    "objections": {"organs": "organs", "except_organs": "organs", "lists": "lists"},
    "authority": {"facts": "facts", "kinds": "record_kinds", "lists": "lists"},
}
"""For each section: fields that name entries of another."""


class KnownCodes:
    """Known codes of each section. What could not be read counts as known: its own fault is enough."""

    def __init__(self, library: Library, faults: Faults) -> None:
        self._faults = faults
        self._known = {
            section: {name_of(placed.value) for placed in library.entries[section]} | library.broken[section]
            for section in library.entries
        }
        self._known["record_kinds"].add(LIST_ENTRY)

    def need(self, section: str, code: str, place: Place, rule: str = "") -> bool:
        """Whether the code is known; a fault with the nearest known one is noted where it is not."""
        known = self._known[section]
        if code in known:
            return True
        self._faults.add(
            place, f"{_SECTION_TITLES[section]}里没有 {code}", self._faults.nearest(code, sorted(known)), rule
        )
        return False


def check(library: Library, catalogue: Catalogue, faults: Faults, warnings: Faults) -> None:
    """Note every fault and every warning of a library."""
    names = KnownCodes(library, faults)
    for section, entries in library.entries.items():
        _check_doubled(section, entries, faults)
        for placed in entries:
            _check_references(section, placed, names)
    for placed in library.entries["measures"]:
        _check_measure(placed, catalogue, faults)
    for placed in library.entries["record_kinds"]:
        _check_kind(placed, faults)
        _check_undecided(placed, catalogue, faults)
    for placed in (*library.entries["record_kinds"], *library.entries["lists"]):
        _check_terms(placed, catalogue, names, faults)
    for placed in library.entries["ladders"]:
        _check_ladder(placed, faults)
    check_exemptions(library, names.need, faults)
    check_objections(library, catalogue, faults)
    check_authority(library, catalogue, names.need, faults)
    check_parameters(library, catalogue, names.need, faults, warnings)
    if not library.rules and not faults.found:
        faults.add(Place(file=_first_file(library), line=1, column=1), "规则库里没有任何规则", "写上 book 和 rules")
    check_rules(library, catalogue, names.need, faults, warnings)
    check_limits(library, catalogue, faults)
    check_wording(library, catalogue, faults)
    check_elements(library, catalogue, faults)


def _first_file(library: Library) -> str:
    return next((placed.at().file for entries in library.entries.values() for placed in entries), "")


def _check_doubled(section: str, entries: list[PlacedValue[Any]], faults: Faults) -> None:
    first: dict[str, Place] = {}
    for placed in entries:
        code = name_of(placed.value)
        place = placed.at("name" if section == "facts" else "code")
        if code in first:
            where = f"{first[code].file}:{first[code].line}"
            message = f"{_SECTION_TITLES[section]}代码 {code} 重复, {where} 已经写过"
            faults.add(place, message, "删去其中一个, 或换一个代码")
        first.setdefault(code, place)


def _check_references(section: str, placed: PlacedValue[Any], names: KnownCodes) -> None:
    for field, target in _REFERENCES.get(section, {}).items():
        value = getattr(placed.value, field)
        if isinstance(value, str) and value:
            names.need(target, value, placed.at(field))
        elif isinstance(value, tuple):
            for position, code in enumerate(value):
                names.need(target, code, placed.at(field, position))
    _check_citations(getattr(placed.value, "basis", ()), placed, (), names)


def _check_citations(
    basis: Iterable[Citation], placed: PlacedValue[Any], path: tuple[str | int, ...], names: KnownCodes
) -> None:
    for position, cited in enumerate(basis):
        names.need("instruments", cited.instrument, placed.at(*path, "basis", position, "instrument"))


def _check_measure(placed: PlacedValue[Any], catalogue: Catalogue, faults: Faults) -> None:
    measure = placed.value
    known = (*catalogue.record_kinds, *catalogue.lists, *catalogue.facts, "grade", "level")
    for position, trigger in enumerate(measure.triggers):
        if trigger not in known:
            message = f"没有名为 {trigger} 的记录类别、名单或事实"
            faults.add(placed.at("triggers", position), message, faults.nearest(trigger, known))
    restraint = measure.kind is MeasureKind.RESTRAINT
    if measure.prohibits and not restraint:
        faults.add(placed.at("prohibits"), "激励措施不能是禁止", "删去 prohibits, 或改为 kind: restraint")
    if measure.yields_to and restraint:
        faults.add(placed.at("yields_to"), "只有激励措施才让位于惩戒措施", "删去 yields_to")
        return
    for position, code in enumerate(measure.yields_to):
        other = catalogue.measures.get(code)
        if other and other.kind is not MeasureKind.RESTRAINT:
            faults.add(placed.at("yields_to", position), f"{code} 不是惩戒措施", "激励只让位于惩戒措施")


def _check_kind(placed: PlacedValue[RecordKind], faults: Faults) -> None:
    kind = placed.value
    for position, terms in enumerate(kind.terms):
        if terms.severity and terms.severity not in kind.severities:
            message = f"{kind.code} 没有程度 {terms.severity}"
            place = placed.at("terms", position, "severity")
            faults.add(place, message, faults.nearest(terms.severity, kind.severities) or "先在 severities 里写上")


def _check_undecided(placed: PlacedValue[RecordKind], catalogue: Catalogue, faults: Faults) -> None:
    """A kind that stands for one of others, and it is not known which."""
    kind = placed.value
    if kind.may_be is UNSET:
        return
    if len(set(kind.may_be)) < 2:
        faults.add(placed.at("may_be"), f"{kind.code} 只可能是一种记录", "写出两种以上, 或删去 may_be")
    if kind.terms:
        faults.add(placed.at("terms"), "没有写明是哪一种的记录没有自己的期限", "删去 terms, 期限写在 may_be 的各类别里")
    for position, code in enumerate(kind.may_be):
        place, other = placed.at("may_be", position), catalogue.record_kinds.get(code)
        if other is None:
            continue
        if other.may_be is not UNSET:
            faults.add(place, f"{code} 本身也没有写明是哪一种", "写出它可能是的各类别")
        if other.feed != kind.feed:
            faults.add(place, f"{code} 由另一个数据源 {other.feed} 报送", f"应同为 {kind.feed}")
        if not set(other.severities) <= set(kind.severities):
            faults.add(place, f"{kind.code} 缺少 {code} 的程度", f"severities 写上 {'、'.join(other.severities)}")


def _check_terms(placed: PlacedValue[Any], catalogue: Catalogue, names: KnownCodes, faults: Faults) -> None:
    earlier: list[Terms] = []
    for position, terms in enumerate(placed.value.terms):
        _check_citations(terms.basis, placed, ("terms", position), names)
        if any(_both_law(terms, other) for other in earlier):
            place = placed.at("terms", position, "severity")
            message = f"程度 {terms.severity or '(不限)'} 的期限写了两次"
            faults.add(place, message, "合并为一条, 或用 effective、applies_to 分开施行的日期")
        earlier.append(terms)
        for number, organ in enumerate(terms.organs or ()):
            if organ not in catalogue.organs:
                faults.add(placed.at("terms", position, "organs", number), f"没有部门 {organ}", "查对 organs")
        if not terms.repairable and terms.repair_after_months is not None:
            place = placed.at("terms", position, "repair_after_months")
            faults.add(place, "不可修复却写了 repair_after_months", "删去其中一个")
        if placed.value.code in catalogue.lists and not isinstance(placed.value, RecordKind) and terms.severity:
            listed = catalogue.record_kinds.get(LIST_ENTRY)
            if not listed or terms.severity not in listed.severities:
                place = placed.at("terms", position, "severity")
                faults.add(place, f"名单没有程度 {terms.severity}", "删去 severity")


def _both_law(one: Terms, other: Terms) -> bool:
    """Whether both can be the law for one record on one day, neither before the other."""
    if one.precision != other.precision or one.severity != other.severity:
        return False
    organs = one.organs is UNSET or other.organs is UNSET or not set(one.organs).isdisjoint(other.organs)
    grounds = one.grounds is UNSET or other.grounds is UNSET or not set(one.grounds).isdisjoint(other.grounds)
    days = one.effective is UNSET or other.effective is UNSET or _meet(_span(one.effective), _span(other.effective))
    decided = (
        one.applies_to is UNSET
        or other.applies_to is UNSET
        or _meet(
            (one.applies_to.decided_from or date.min, one.applies_to.decided_until or date.max),
            (other.applies_to.decided_from or date.min, other.applies_to.decided_until or date.max),
        )
    )
    return organs and grounds and days and decided


def _span(period: Period) -> tuple[date, date]:
    return period.start, period.until or date.max


def _meet(one: tuple[date, date], other: tuple[date, date]) -> bool:
    return one[0] <= other[1] and other[0] <= one[1]


def _check_ladder(placed: PlacedValue[Any], faults: Faults) -> None:
    if "none" in placed.value.ratings:
        place = placed.at("ratings", placed.value.ratings.index("none"))
        faults.add(place, "none 表示没有评级, 不能作为等级", "换一个代码")

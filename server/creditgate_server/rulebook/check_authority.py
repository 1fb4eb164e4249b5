"""Checks the table of authority: each entry says of what, ranks feeds that are known, and no two entries meet."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import combinations

from .catalogue import OWN_FEED, Authority, Catalogue, FactSource, Period
from .check_catalogue import check_in_force
from .language import Place
from .library import Library, PlacedValue
from .source import Faults

_KEPT = (FactSource.ATTRIBUTE, FactSource.RATING)


def check_authority(
    library: Library, catalogue: Catalogue, need: Callable[[str, str, Place, str], bool], faults: Faults
) -> None:
    """Note every fault. Codes of facts, kinds and lists are checked before."""
    entries = library.entries["authority"]
    for placed in entries:
        _check_what(placed, catalogue, faults)
        _check_ranks(placed, need, faults)
        for position, cited in enumerate(placed.value.basis):
            instrument = catalogue.instruments.get(cited.instrument)
            if instrument is not None:
                place = placed.at("basis", position, "instrument")
                check_in_force(placed.value.effective, instrument, "数据权威", place, faults)
    for earlier, later in combinations(entries, 2):
        _check_apart(earlier.value, later, faults)


def _check_what(placed: PlacedValue[Authority], catalogue: Catalogue, faults: Faults) -> None:
    entry = placed.value
    said = [name for name in ("facts", "record_fields", "relations") if getattr(entry, name)]
    if len(said) != 1:
        message = "facts、record_fields、relations 要写一个, 并且只写一个"
        faults.add(placed.at(said[1]) if said else placed.at(), message, "分成几条写")
    if (entry.kinds or entry.lists) and not entry.record_fields:
        faults.add(placed.at("kinds" if entry.kinds else "lists"), "kinds 和 lists 只和 record_fields 一起写", "删去它")
    for position, name in enumerate(entry.facts):
        fact = catalogue.facts.get(name)
        if fact is not None and fact.source not in _KEPT:
            message = f"{name} 不是数据源送来的事实"
            faults.add(placed.at("facts", position), message, "这里只写 source 为 attribute 或 rating 的事实")


def _check_ranks(placed: PlacedValue[Authority], need: Callable[[str, str, Place, str], bool], faults: Faults) -> None:
    seen: set[str] = set()
    for rank, ranked in enumerate(placed.value.ranked):
        for position, feed in enumerate(ranked.feeds):
            place = placed.at("ranked", rank, "feeds", position)
            if feed in seen:
                faults.add(place, f"{feed} 排了两次", "每个数据源只排一次")
            seen.add(feed)
            if feed != OWN_FEED:
                need("feeds", feed, place, "")
            elif placed.value.relations:
                faults.add(place, "关系不属于哪个数据源, 不能写 own", "写出数据源的代码")


def _check_apart(earlier: Authority, placed: PlacedValue[Authority], faults: Faults) -> None:
    later = placed.value
    if not _meet(earlier.effective, later.effective):
        return
    for what in _shared(earlier, later):
        message = f"{what} 的权威来源在同一时期写了两次: {earlier.code} 已经写过"
        faults.add(placed.at("code"), message, "合并为一条, 或让两条的有效期不重叠")
        return


def _shared(one: Authority, other: Authority) -> Iterator[str]:
    """What both entries are about."""
    yield from sorted(set(one.facts) & set(other.facts))
    yield from sorted(set(one.relations) & set(other.relations))
    if _all(one) or _all(other) or set(one.kinds) & set(other.kinds) or set(one.lists) & set(other.lists):
        yield from sorted(set(one.record_fields) & set(other.record_fields))


def _all(entry: Authority) -> bool:
    return not entry.kinds and not entry.lists


def _meet(one: Period, other: Period) -> bool:
    return (one.until is None or one.until >= other.start) and (other.until is None or other.until >= one.start)

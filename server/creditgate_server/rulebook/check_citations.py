"""Checks the legal basis of rules: in force all the time, and of a rank that may order the measure."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from .catalogue import Catalogue, Citation, Instrument, MeasureKind, Period, Rank
from .language import GiveLeniency, GiveMeasure, Place, Rule
from .library import Placed
from .source import Faults

PROHIBITING_RANKS = frozenset({Rank.LAW, Rank.ADMINISTRATIVE_REGULATION})
"""Ranks of which a rule must cite one to order a measure that forbids a licence."""
RESTRAINING_RANKS = PROHIBITING_RANKS | {
    Rank.JUDICIAL_INTERPRETATION,
    Rank.CENTRAL_DOCUMENT,
    Rank.LOCAL_REGULATION,
    Rank.DEPARTMENT_RULE,
}
"""Ranks of which a rule must cite one to order any restraint."""


def check_basis(
    placed: Placed[Rule],
    catalogue: Catalogue,
    need: Callable[[str, str, Place, str], bool],
    faults: Faults,
    warnings: Faults,
) -> None:
    """Note citations unknown or not in force every day of the rule, and ranks too low for the measure."""
    rule = placed.value
    cited: list[Instrument] = []
    for position, citation in enumerate(rule.basis):
        place = placed.at("basis", position, "instrument")
        known = need("instruments", citation.instrument, place, rule.id)
        instrument = catalogue.instruments.get(citation.instrument)
        if known and instrument:
            cited.append(instrument)
            check_in_force(rule.effective, instrument, "规则", place, faults)
        if not citation.article and not _is_its_list(rule, citation, catalogue):
            warnings.add(placed.at("basis", position), f"引用 {citation.instrument} 没有写条款")
    if len(cited) == len(rule.basis):
        _check_rank(placed, cited, catalogue, faults)


def _is_its_list(rule: Rule, citation: Citation, catalogue: Catalogue) -> bool:
    """Whether a rule cites the exemption list that it stands in: its entries have no articles."""
    listed = catalogue.exemption_lists.get(rule.then.list) if isinstance(rule.then, GiveLeniency) else None
    return listed is not None and listed.instrument == citation.instrument


def check_in_force(life: Period, instrument: Instrument, what: str, place: Place, faults: Faults) -> None:
    """Note a citation that is not in force on every day of what cites it: a rule (规则) or a parameter (参数)."""
    own = instrument.effective
    name = f"{instrument.code}《{instrument.title}》"
    if own.until is not None and (life.until is None or life.until > own.until):
        stops = max(own.until + timedelta(days=1), life.start)
        end = "长期有效" if life.until is None else f"至 {life.until}"
        message = f"依据已失效: {name} 自 {_day(stops)} 起不再有效, {what}却{end}"
        hint = f"给{what}写上 until: {own.until}, 另写一版引用新的依据"
        if life.start > own.until:
            hint = f"引用{what}有效期内有效的依据"
        faults.add(place, message, hint)
    elif life.start < own.start:
        message = f"依据尚未施行: {name} 自 {_day(own.start)} 起施行, {what}却自 {life.start} 起"
        faults.add(place, message, f"把{what}的 from 改为 {own.start} 或更晚, 或引用当时有效的依据")


def _day(day: date) -> str:
    return day.isoformat()


def _check_rank(placed: Placed[Rule], cited: list[Instrument], catalogue: Catalogue, faults: Faults) -> None:
    then = placed.value.then
    measure = catalogue.measures.get(then.measure) if isinstance(then, GiveMeasure) else None
    if measure is None:
        return
    ranks = {instrument.rank for instrument in cited}
    place = placed.at("basis")
    if measure.prohibits and not ranks & PROHIBITING_RANKS:
        message = f"措施 {measure.code} 是禁止, 依据中却没有法律或行政法规"
        faults.add(place, message, "引用法律或行政法规, 或改用不禁止的措施")
    elif measure.kind is MeasureKind.RESTRAINT and not ranks & RESTRAINING_RANKS:
        message = f"措施 {measure.code} 是惩戒, 依据的层级不够"
        faults.add(place, message, "引用法律、法规、司法解释、中央文件或部门规章")

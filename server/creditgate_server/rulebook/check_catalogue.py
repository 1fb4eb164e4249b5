"""Checks what the catalogue says: bases in force, parameters, ways to object, limits of measures.

A rule adds nothing to its measure and makes nothing heavier (清单管理). Source: 国办发〔2020〕49号 (no restraint
beyond the catalogue, none widened or made heavier).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from itertools import pairwise

from msgspec import UNSET

from .catalogue import (
    Catalogue,
    Citation,
    Duty,
    Instrument,
    MeasureEntry,
    MeasureKind,
    Objection,
    Parameter,
    Period,
    Rank,
)
from .language import (
    CORRECTION_TERM,
    RECHECK_TERM,
    Book,
    Condition,
    CountTest,
    GiveMeasure,
    GiveWarning,
    Leaf,
    Place,
    Rule,
    fold,
    fold_test,
)
from .library import Library, PlacedValue
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
    placed: PlacedValue[Rule],
    catalogue: Catalogue,
    need: Callable[[str, str, Place, str], bool],
    faults: Faults,
    warnings: Faults,
) -> None:
    """Note citations unknown or not in force every day of the rule, and ranks too low for the measure."""
    rule = placed.value
    _check_own_practice(placed, catalogue, faults)
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
    if len(cited) == len(rule.basis) and rule.source is UNSET:
        _check_rank(placed, cited, catalogue, faults)


def _check_own_practice(placed: PlacedValue[Rule], catalogue: Catalogue, faults: Faults) -> None:
    """Note own practice where the law alone may speak: it warns and cautions, it neither forbids nor commands."""
    rule, then = placed.value, placed.value.then
    measure = catalogue.measures.get(then.measure) if isinstance(then, GiveMeasure) else None
    cautions = isinstance(then, GiveMeasure) and then.duty is Duty.OPTIONAL and not (measure and measure.prohibits)
    if rule.source is not UNSET and not (cautions or isinstance(then, GiveWarning)):
        message = "本市自定、没有法律依据的规则, 不能给出禁止、“应当”的措施、等级或者处罚上的结论"
        hint = "写上 basis; 或改为提示(warning)、duty: optional 的措施; 都不行的删去"
        faults.add(placed.at("source"), message, hint)
    if measure is None or not measure.prohibits:
        return
    for code in rule.parameters:
        value = next(one for one in catalogue.parameters[code].values if one.effective.holds_on(rule.effective.start))
        if value.source is not UNSET:
            message = f"措施 {measure.code} 是禁止, 条件却用了本市自定的参数 {code}"
            faults.add(placed.at("when"), message, "禁止的条件都要有法律、行政法规的依据: 换一个参数")


def _is_its_list(rule: Rule, citation: Citation, catalogue: Catalogue) -> bool:
    """Whether a rule cites the exemption list that it stands in: its entries have no articles."""
    listed = catalogue.exemption_lists.get(rule.exempting.list) if rule.exempting is not None else None
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


def _check_rank(placed: PlacedValue[Rule], cited: list[Instrument], catalogue: Catalogue, faults: Faults) -> None:
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


def check_parameters(
    library: Library,
    catalogue: Catalogue,
    need: Callable[[str, str, Place, str], bool],
    faults: Faults,
    warnings: Faults,
) -> None:
    """Note every fault and warning."""
    used = {name for placed in library.rules for name in placed.value.parameters} | {RECHECK_TERM, CORRECTION_TERM}
    for placed in library.entries["parameters"]:
        _check_values(placed, faults)
        _check_parameter_basis(placed, catalogue, need, faults)
        if placed.value.code not in used and not library.broken["rules"]:
            message = f"没有规则用到参数 {placed.value.code}"
            faults.add(placed.at("code"), message, "删去它, 或在规则里用它")
    for place, rule in library.literals:
        hint = "写成 {param: …}, 在 parameters 一节给出名称、日期和依据"
        warnings.add(place, "期限或金额直接写在条件里", hint, rule)


def _check_values(placed: PlacedValue[Parameter], faults: Faults) -> None:
    for number, (earlier, later) in enumerate(pairwise(placed.value.values), start=1):
        until = earlier.effective.until
        if until is None or until >= later.effective.start:
            message = f"参数 {placed.value.code} 的两个值有效期重叠或次序颠倒"
            hint = "按日期先后写; 给前一个值写上 until, 在后一个值 from 的前一天"
            faults.add(placed.at("values", number, "effective"), message, hint)


def _check_parameter_basis(
    placed: PlacedValue[Parameter],
    catalogue: Catalogue,
    need: Callable[[str, str, Place, str], bool],
    faults: Faults,
) -> None:
    for number, value in enumerate(placed.value.values):
        for position, cited in enumerate(value.basis):
            place = placed.at("values", number, "basis", position, "instrument")
            instrument = catalogue.instruments.get(cited.instrument)
            if need("instruments", cited.instrument, place, "") and instrument is not None:
                check_in_force(value.effective, instrument, "参数", place, faults)


def check_objections(library: Library, catalogue: Catalogue, faults: Faults) -> None:
    """Note periods without a start, starts without a period, and instruments not in force. Codes are checked before."""
    for placed in library.entries["objections"]:
        _check_period(placed, faults)
        _check_objection_basis(placed, catalogue, faults)


def _check_period(placed: PlacedValue[Objection], faults: Faults) -> None:
    objection = placed.value
    if (objection.within is None) != (objection.since == ""):
        faults.add(placed.at("within"), "within 和 since 要一起写", "since 说明期限从何时起算")
    if objection.from_decision and objection.within is None:
        faults.add(placed.at("from_decision"), "没有期限, 不能从决定之日推算", "写上 within, 或删去 from_decision")
    if objection.organs and objection.except_organs:
        faults.add(placed.at("except_organs"), "organs 和 except_organs 不能都写", "删去其中一个")


def _check_objection_basis(placed: PlacedValue[Objection], catalogue: Catalogue, faults: Faults) -> None:
    for position, cited in enumerate(placed.value.basis):
        instrument = catalogue.instruments.get(cited.instrument)
        if instrument is not None:
            place = placed.at("basis", position, "instrument")
            check_in_force(placed.value.effective, instrument, "救济途径", place, faults)


_WORDS = {Book.GRADE: "grade", Book.LEVEL: "level"}


def check_limits(library: Library, catalogue: Catalogue, faults: Faults) -> None:
    """Note every rule that orders a measure for another role or cause, or more heavily, than the catalogue allows."""
    books = {placed.value.id: placed.value.book for placed in library.rules}
    for placed in library.rules:
        then = placed.value.then
        measure = catalogue.measures.get(then.measure) if isinstance(then, GiveMeasure) else None
        if measure is not None and isinstance(then, GiveMeasure):
            _check_roles(placed, measure, faults)
            _check_duty(placed, then, measure, faults)
            _check_triggers(placed, measure, books, faults)


def _check_roles(placed: PlacedValue[Rule], measure: MeasureEntry, faults: Faults) -> None:
    for position, role in enumerate(placed.value.applies.roles):
        if measure.roles and role not in measure.roles:
            message = f"措施 {measure.code} 不能用于 {role.value}"
            hint = f"清单规定的适用对象: {'、'.join(one.value for one in measure.roles)}"
            faults.add(placed.at("applies", "roles", position), message, hint, placed.value.id)


def _check_duty(placed: PlacedValue[Rule], then: GiveMeasure, measure: MeasureEntry, faults: Faults) -> None:
    if measure.duty is Duty.OPTIONAL and then.duty is Duty.MANDATORY:
        message = f"措施 {measure.code} 在清单里是“可以”, 规则不能加重为“应当”"
        faults.add(placed.at("then", "duty"), message, "改为 duty: optional", placed.value.id)


def _check_triggers(
    placed: PlacedValue[Rule], measure: MeasureEntry, books: Mapping[str, Book], faults: Faults
) -> None:
    when = placed.value.when
    if measure.triggers and (when is None or not _caused(when, frozenset(measure.triggers), books)):
        message = f"措施 {measure.code} 不能因这些情形适用"
        hint = f"清单规定的情形: {'、'.join(measure.triggers)}; 条件成立时须总有其中之一"
        faults.add(placed.at("when"), message, hint, placed.value.id)


def _caused(condition: Condition, triggers: frozenset[str], books: Mapping[str, Book]) -> bool:
    """Whether the condition can't hold without one of the triggers."""
    return fold(
        condition,
        all_of=lambda parts: any(_caused(part, triggers, books) for part in parts),
        any_of=lambda parts: all(_caused(part, triggers, books) for part in parts),
        none_of=lambda _: False,
        test=lambda test: _caused_by(test, triggers, books),
    )


def _caused_by(test: Leaf, triggers: frozenset[str], books: Mapping[str, Book]) -> bool:
    def of_records(one: CountTest) -> bool:
        named = one.select.lists or one.select.kinds
        return one.at_least is not None and bool(named) and triggers.issuperset(named)

    return fold_test(
        test,
        fact=lambda one: one.fact in triggers,
        age=lambda one: one.fact in triggers,
        records=of_records,
        related=of_records,
        finding=lambda one: _WORDS.get(books.get(one.rule, Book.MEASURES), "") in triggers,
        within=lambda _: False,
        first=lambda _: False,
    )

"""Checks rules: what they name, where they are asked, what they test, what they order."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from itertools import pairwise

from .catalogue import Calendar, Catalogue, Exemption, FactSource, Period
from .check_catalogue import check_basis
from .language import (
    LIST_ENTRY,
    PARTY_HEARD,
    AgeTest,
    Book,
    Condition,
    FactTest,
    GiveGrade,
    GiveLeniency,
    GiveLevel,
    GiveMeasure,
    GiveWarning,
    Leaf,
    Leniency,
    Place,
    RelatedTest,
    Role,
    Rule,
    Select,
    facts_of_test,
    fold,
    fold_effect,
    fold_test,
    rule_of_test,
)
from .library import Library, PlacedValue
from .reader_values import Path
from .source import Faults

Need = Callable[[str, str, Place, str], bool]
"""Notes a fault where a section (first) has no such code (second)."""

_ORDER = {book: position for position, book in enumerate(Book)}
_BOOK_TITLES = {Book.GRADE: "信用等级", Book.LEVEL: "监管等级", Book.MEASURES: "措施", Book.LENIENCY: "不予处罚"}
_EFFECTS: dict[Book, tuple[type, ...]] = {
    Book.GRADE: (GiveGrade,),
    Book.LEVEL: (GiveLevel,),
    Book.MEASURES: (GiveMeasure,),
    Book.LENIENCY: (GiveLeniency, GiveWarning),
}
_EFFECT_EXAMPLES = {
    Book.GRADE: "{grade: D}",
    Book.LEVEL: "{level: key}",
    Book.MEASURES: "{measure: no-priority, duty: mandatory}",
    Book.LENIENCY: "{leniency: no_penalty_minor}",
}
_FACT_BOOK = {FactSource.GRADE: Book.GRADE, FactSource.LEVEL: Book.LEVEL}
"""The book that gives a fact: only later books may test it."""
_OF_A_VIOLATION = (FactSource.CIRCUMSTANCE, FactSource.CASE)
"""Sources of facts that only the leniency book may test."""
_NOT_OF_A_VIOLATION = (FactSource.CALLER, FactSource.GRADE, FactSource.LEVEL)
"""Sources of facts that the leniency book may not test."""
_SETTLED = (Leniency.ORDINARY, Leniency.UNDETERMINED)
"""What follows from the rules and is given by none."""


def check_rules(library: Library, catalogue: Catalogue, need: Need, faults: Faults, warnings: Faults) -> None:
    """Note every fault and warning of the rules."""
    _check_versions(library.rules, faults)
    for placed in library.rules:
        faults.rule = warnings.rule = placed.value.id
        _check_applies(placed, catalogue, need, faults)
        _check_effect(placed, catalogue, need, faults)
        _check_tests(placed, catalogue, need, faults)
        check_basis(placed, catalogue, need, faults, warnings)
    faults.rule = warnings.rule = ""
    _check_findings(library, faults)
    _check_unused(library, faults, warnings)


def _check_versions(rules: list[PlacedValue[Rule]], faults: Faults) -> None:
    versions: dict[str, list[PlacedValue[Rule]]] = defaultdict(list)
    for placed in rules:
        versions[placed.value.id].append(placed)
    for rule_id, group in versions.items():
        first = group[0]
        for placed in group[1:]:
            if placed.value.book is not first.value.book:
                where = f"{first.at('id').file}:{first.at('id').line}"
                message = f"规则编号 {rule_id} 在两册里都有, {where} 已经用过"
                faults.add(placed.at("id"), message, "换一个编号", rule_id)
        same = [placed for placed in group if placed.value.book is first.value.book]
        same.sort(key=lambda placed: placed.value.effective.start)
        for earlier, later in pairwise(same):
            until = earlier.value.effective.until
            if until is None or until >= later.value.effective.start:
                _note_overlap(earlier, later, faults)


def _note_overlap(earlier: PlacedValue[Rule], later: PlacedValue[Rule], faults: Faults) -> None:
    other = earlier.at("id")
    message = f"规则 {later.value.id} 与 {other.file}:{other.line} 的同号规则有效期重叠"
    hint = "给前一版写上 until, 在后一版 from 的前一天; 若不是同一条规则, 换一个编号"
    faults.add(later.at("effective"), message, hint, later.value.id)


def _check_applies(placed: PlacedValue[Rule], catalogue: Catalogue, need: Need, faults: Faults) -> None:
    rule = placed.value
    sections = {"items": "items", "traits": "traits", "organs": "organs"}
    places = {"exemptions": "exemptions", "regions": "regions"}
    known = True
    laws = {"statutes": "instruments"}
    of_list = isinstance(rule.then, GiveLeniency) and rule.then.list
    for field, section in (sections | laws if of_list else sections | places | laws).items():
        for position, code in enumerate(getattr(rule.applies, field) or ()):
            known &= need(section, code, placed.at("applies", field, position), rule.id)
    allowed = {
        Book.GRADE: (),
        Book.LEVEL: ("organs",),
        Book.MEASURES: (*sections, "stages", "roles"),
        Book.LENIENCY: ("organs", *places, *laws),
    }
    for field in (*sections, *places, *laws, "stages", "roles"):
        given = getattr(rule.applies, field)
        if given and field not in allowed[rule.book] and given != (Role.APPLICANT,):
            message = f"{_BOOK_TITLES[rule.book]}册的规则不能用 applies.{field}"
            faults.add(placed.at("applies", field), message, "删去这一行")
    if known and rule.book is Book.MEASURES and not _meets_an_item(rule, catalogue):
        faults.add(placed.at("applies"), "没有事项会用到这条规则", "检查 applies 里的 items、traits 和 organs")


def _meets_an_item(rule: Rule, catalogue: Catalogue) -> bool:
    applies = rule.applies
    for item in catalogue.items.values():
        named = item.code in applies.items or bool(set(applies.traits).intersection(item.traits))
        anywhere = not applies.items and not applies.traits
        if (named or anywhere) and (not applies.organs or item.organ in applies.organs):
            return True
    return False


def _check_effect(placed: PlacedValue[Rule], catalogue: Catalogue, need: Need, faults: Faults) -> None:
    rule, then = placed.value, placed.value.then
    if not isinstance(then, _EFFECTS[rule.book]):
        message = f"{_BOOK_TITLES[rule.book]}册的规则不能这样写 then"
        faults.add(placed.at("then"), message, f"例如 then: {_EFFECT_EXAMPLES[rule.book]}")
        return
    fold_effect(
        then,
        grade=lambda one: need("grades", one.grade, placed.at("then", "grade"), rule.id),
        level=lambda one: need("levels", one.level, placed.at("then", "level"), rule.id),
        measure=lambda one: need("measures", one.measure, placed.at("then", "measure"), rule.id),
        leniency=lambda one: _check_leniency(placed, one, need, faults),
        warning=lambda _: True,
    )


def _check_leniency(placed: PlacedValue[Rule], then: GiveLeniency, need: Need, faults: Faults) -> bool:
    path = ("measures",) if then.list else ("then", "measures")
    for position, code in enumerate(then.measures):
        if (*path, position) in placed.places:  # a list's own measures are checked with the list
            need("soft_measures", code, placed.at(*path, position), placed.value.id)
    if then.leniency in _SETTLED:
        message = f"{then.leniency} 由其他规则都不成立得出, 不由规则给出"
        faults.add(placed.at("then", "leniency"), message, "换一个结论, 或删去这条规则")
    return then.leniency not in _SETTLED


def tests_with_paths(condition: Condition | None, path: Path = ("when",)) -> Iterator[tuple[Leaf, Path]]:
    """All tests of a condition with their paths, in writing order."""

    def of_parts(parts: tuple[Condition, ...]) -> Iterator[tuple[Leaf, Path]]:
        for position, part in enumerate(parts):
            yield from tests_with_paths(part, (*path, position))

    if condition is None:
        return iter(())
    return fold(condition, all_of=of_parts, any_of=of_parts, none_of=of_parts, test=lambda test: iter(((test, path),)))


def _check_tests(placed: PlacedValue[Rule], catalogue: Catalogue, need: Need, faults: Faults) -> None:
    for test, path in tests_with_paths(placed.value.when):
        _check_test(test, placed, path, catalogue, need, faults)


def _check_test(
    test: Leaf, placed: PlacedValue[Rule], path: Path, catalogue: Catalogue, need: Need, faults: Faults
) -> None:
    fold_test(
        test,
        fact=lambda one: _check_fact_test(one, placed, path, catalogue, faults),
        age=lambda one: _check_fact_test(one, placed, path, catalogue, faults),
        records=lambda one: _check_select(one.select, placed, (*path, "records"), catalogue, need, faults),
        related=lambda one: _check_related(one, placed, path, catalogue, need, faults),
        finding=lambda _: None,  # looked at where all rules are known
        within=lambda one: _check_of_violation((one.fact, one.since), placed, path, catalogue, faults),
        first=lambda _: _check_of_violation((), placed, path, catalogue, faults),
    )


def _check_fact_test(
    test: FactTest | AgeTest, placed: PlacedValue[Rule], path: Path, catalogue: Catalogue, faults: Faults
) -> None:
    entry = catalogue.facts[test.fact]
    given_by = _FACT_BOOK.get(entry.source)
    if given_by and _ORDER[placed.value.book] <= _ORDER[given_by]:
        message = f"{test.fact} 由{_BOOK_TITLES[given_by]}册得出, {_BOOK_TITLES[placed.value.book]}册还不能用它"
        faults.add(placed.at(*path, "fact"), message, "只有后面的册可以用: 等级 → 监管等级 → 措施")
        return
    leniency = placed.value.book is Book.LENIENCY
    if entry.source in (_NOT_OF_A_VIOLATION if leniency else _OF_A_VIOLATION):
        message = f"{_BOOK_TITLES[placed.value.book]}册不能用来源为 {entry.source} 的事实 {test.fact}"
        hint = "用违法情节(circumstance)、日期(case)或登记信息(attribute)" if leniency else "违法情节只用于不予处罚册"
        faults.add(placed.at(*path, "fact"), message, hint)


def _check_of_violation(
    days: tuple[str, ...], placed: PlacedValue[Rule], path: Path, catalogue: Catalogue, faults: Faults
) -> None:
    if placed.value.book is not Book.LENIENCY:
        faults.add(placed.at(*path), "within 和 first 只用于不予处罚册", "改用 at_least_months_ago 或 records")
        return
    for name in days:
        if catalogue.facts[name].source is not FactSource.CASE:
            faults.add(placed.at(*path), f"within 只比较案件的日期, {name} 不是", "用来源为 case 的事实")


def _check_related(
    test: RelatedTest, placed: PlacedValue[Rule], path: Path, catalogue: Catalogue, need: Need, faults: Faults
) -> None:
    if placed.value.book is Book.LENIENCY:
        faults.add(placed.at(*path), "related 不用于不予处罚册", "删去这个条件")
    if not any(feed.relations is True for feed in catalogue.feeds.values()):
        faults.add(placed.at(*path), "没有一个数据源说明关联关系", "在 feeds 里写 relations: true")
    _check_select(test.select, placed, (*path, "records"), catalogue, need, faults)


def _check_select(
    select: Select, placed: PlacedValue[Rule], path: Path, catalogue: Catalogue, need: Need, faults: Faults
) -> None:
    rule = placed.value.id
    if select.looks_at_item and placed.value.book is not Book.MEASURES:
        name = "that_licence" if select.that_licence is True else "items_organ"
        message = f"{_BOOK_TITLES[placed.value.book]}册不知道问的是哪个事项, 不能用 {name}"
        faults.add(placed.at(*path, name), message, "只用于措施册")
    known = True
    for field, section in {"kinds": "record_kinds", "lists": "lists", "organs": "organs"}.items():
        for position, code in enumerate(getattr(select, field)):
            known &= need(section, code, placed.at(*path, field, position), rule)
    for position, code in enumerate(select.kinds):
        kind = catalogue.record_kinds.get(code)
        if kind is not None and isinstance(kind.may_be, tuple):
            hint = f"写 {'、'.join(kind.may_be)}; 没有写明是哪一种的记录由此不能确定"
            faults.add(placed.at(*path, "kinds", position), f"{code} 不是一种记录, 只说明没有写明是哪一种", hint)
    if not known:
        return
    if LIST_ENTRY in select.kinds and not catalogue.lists:
        faults.add(placed.at(*path, "kinds"), "规则库里没有任何名单", "先写 lists 一节")
    kinds = select.kinds or (*catalogue.record_kinds, LIST_ENTRY)
    entries = [catalogue.record_kinds[kind] for kind in kinds if kind in catalogue.record_kinds]
    severities = [severity for entry in entries for severity in entry.severities]
    for position, severity in enumerate(select.severities):
        if severity not in severities:
            place = placed.at(*path, "severities", position)
            faults.add(place, f"所选记录类别没有程度 {severity}", faults.nearest(severity, severities))


def _check_findings(library: Library, faults: Faults) -> None:
    books: dict[str, set[Book]] = defaultdict(set)
    for placed in library.rules:
        books[placed.value.id].add(placed.value.book)
    for placed in library.rules:
        for test, path in tests_with_paths(placed.value.when):
            if (rule := rule_of_test(test)) and rule not in library.broken["rules"]:
                _check_finding(rule, placed, placed.at(*path, "finding"), books, faults)


def _check_finding(
    named: str, placed: PlacedValue[Rule], place: Place, books: Mapping[str, set[Book]], faults: Faults
) -> None:
    rule = placed.value
    if rule.book is Book.LENIENCY:
        faults.add(place, "不予处罚册不能引用其他册的结论", "写出条件本身", rule.id)
        return
    if named not in books:
        earlier = [rule_id for rule_id, found in books.items() if Book.MEASURES not in found]
        faults.add(place, f"没有规则 {named}", faults.nearest(named, earlier), rule.id)
    elif any(_ORDER[book] >= _ORDER[rule.book] for book in books[named]):
        message = f"规则 {named} 不在前面的册里, 不能引用它的结论"
        faults.add(place, message, "只能引用前面的册: 等级 → 监管等级 → 措施", rule.id)


def _check_unused(library: Library, faults: Faults, warnings: Faults) -> None:
    tested: set[str] = set(library.tested_apart)
    ordered: set[str] = set()
    for placed in library.rules:
        rule = placed.value
        for test, _ in tests_with_paths(rule.when):
            tested |= facts_of_test(test)
        if isinstance(rule.then, GiveMeasure):
            ordered.add(rule.then.measure)
    entries = [placed.value for placed in library.entries["facts"]]
    tested |= {entry.occurred for entry in entries if entry.name in tested}
    if any(entry.presumed is not None for entry in entries if entry.name in tested):
        tested.add(PARTY_HEARD)
    complete = not any(library.broken[name] for name in ("rules", "exemptions", "exemption_lists"))
    for fact in library.entries["facts"] if complete else ():
        if fact.value.name not in tested:
            message = f"没有规则用到事实 {fact.value.name}"
            faults.add(fact.at("name"), message, "删去它, 或在规则里用它")
    for measure in library.entries["measures"]:
        if measure.value.code not in ordered:
            warnings.add(measure.at("code"), f"没有规则用到措施 {measure.value.code}")


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
    _check_penal_laws(library, faults)
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


def _check_penal_laws(library: Library, faults: Faults) -> None:
    """On each day of an entry some law that it names makes the act punishable: when one ends, the next is named too."""
    laws = {placed.value.code: placed.value.effective for placed in library.entries["instruments"]}
    lives: dict[str, list[Period]] = defaultdict(list)
    for placed in library.rules:
        rule = placed.value
        if isinstance(rule.then, GiveLeniency) and rule.then.leniency is not Leniency.EXCLUDED:
            for code in rule.applies.exemptions:
                lives[code].append(rule.effective)
    for written in library.entries["exemptions"]:
        entry: Exemption = written.value
        cited = [laws[one.instrument] for one in entry.penalty_basis if one.instrument in laws]
        if len(cited) < len(entry.penalty_basis) or not cited:
            continue
        ends = [law.until + timedelta(days=1) for law in cited if law.until is not None]
        for life in lives[entry.code]:
            over = {life.start} if any(end <= life.start for end in ends) else set()
            turns = sorted({*over, *(day for day in ends if life.holds_on(day))})
            open_day = next((day for day in turns if not any(law.holds_on(day) for law in cited)), None)
            if open_day is not None:
                message = f"{open_day} 没有一件设定依据施行, 事项却仍在清单上适用"
                hint = "依据已经废止的, 另写上接替它的法律和条款; 没有接替的, 事项到那一天为止"
                faults.add(written.at("penalty_basis"), message, hint, entry.code)
                break


def _check_calendar(placed: PlacedValue[Calendar], years: dict[int, Place], faults: Faults) -> None:
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

"""Checks rules: what they name, where they are asked, what they test, what they order."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from itertools import pairwise

from .catalogue import Catalogue, FactSource
from .check_citations import check_basis
from .language import (
    LIST_ENTRY,
    AgeTest,
    AllOf,
    AnyOf,
    Book,
    Condition,
    FactTest,
    FindingTest,
    GiveGrade,
    GiveLevel,
    GiveMeasure,
    Leaf,
    NoneOf,
    Place,
    RecordTest,
    Role,
    Rule,
    Select,
)
from .reader import Library, Placed
from .reader_values import Path
from .source import Faults

Need = Callable[[str, str, Place, str], bool]
"""Notes a fault where a section (first) has no such code (second)."""

_ORDER = {book: position for position, book in enumerate(Book)}
_BOOK_TITLES = {Book.GRADE: "信用等级", Book.LEVEL: "监管等级", Book.MEASURES: "措施"}
_EFFECTS = {Book.GRADE: GiveGrade, Book.LEVEL: GiveLevel, Book.MEASURES: GiveMeasure}
_EFFECT_EXAMPLES = {
    Book.GRADE: "{grade: D}",
    Book.LEVEL: "{level: key}",
    Book.MEASURES: "{measure: no-priority, duty: mandatory}",
}
_FACT_BOOK = {FactSource.GRADE: Book.GRADE, FactSource.LEVEL: Book.LEVEL}
"""The book that gives a fact: only later books may test it."""


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


def _check_versions(rules: list[Placed[Rule]], faults: Faults) -> None:
    versions: dict[str, list[Placed[Rule]]] = defaultdict(list)
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


def _note_overlap(earlier: Placed[Rule], later: Placed[Rule], faults: Faults) -> None:
    other = earlier.at("id")
    message = f"规则 {later.value.id} 与 {other.file}:{other.line} 的同号规则有效期重叠"
    hint = "给前一版写上 until, 在后一版 from 的前一天; 若不是同一条规则, 换一个编号"
    faults.add(later.at("effective"), message, hint, later.value.id)


def _check_applies(placed: Placed[Rule], catalogue: Catalogue, need: Need, faults: Faults) -> None:
    rule = placed.value
    sections = {"items": "items", "traits": "traits", "organs": "organs"}
    known = True
    for field, section in sections.items():
        for position, code in enumerate(getattr(rule.applies, field)):
            known &= need(section, code, placed.at("applies", field, position), rule.id)
    allowed = {Book.GRADE: (), Book.LEVEL: ("organs",), Book.MEASURES: (*sections, "stages", "roles")}
    for field in (*sections, "stages", "roles"):
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


def _check_effect(placed: Placed[Rule], catalogue: Catalogue, need: Need, faults: Faults) -> None:
    rule, then = placed.value, placed.value.then
    if not isinstance(then, _EFFECTS[rule.book]):
        message = f"{_BOOK_TITLES[rule.book]}册的规则不能这样写 then"
        faults.add(placed.at("then"), message, f"例如 then: {_EFFECT_EXAMPLES[rule.book]}")
        return
    if isinstance(then, GiveGrade):
        need("grades", then.grade, placed.at("then", "grade"), rule.id)
    elif isinstance(then, GiveLevel):
        need("levels", then.level, placed.at("then", "level"), rule.id)
    else:
        need("measures", then.measure, placed.at("then", "measure"), rule.id)


def tests_with_paths(condition: Condition | None, path: Path = ("when",)) -> Iterator[tuple[Leaf, Path]]:
    """All tests of a condition with their paths, in writing order."""
    if isinstance(condition, AllOf | AnyOf | NoneOf):
        for position, part in enumerate(condition.parts):
            yield from tests_with_paths(part, (*path, position))
    elif condition is not None:
        yield condition, path


def _check_tests(placed: Placed[Rule], catalogue: Catalogue, need: Need, faults: Faults) -> None:
    for test, path in tests_with_paths(placed.value.when):
        if isinstance(test, FactTest | AgeTest):
            _check_fact_test(test, placed, path, catalogue, faults)
        elif isinstance(test, RecordTest):
            _check_select(test.select, placed, (*path, "records"), catalogue, need, faults)


def _check_fact_test(
    test: FactTest | AgeTest, placed: Placed[Rule], path: Path, catalogue: Catalogue, faults: Faults
) -> None:
    entry = catalogue.facts[test.fact]
    given_by = _FACT_BOOK.get(entry.source)
    if given_by and _ORDER[placed.value.book] <= _ORDER[given_by]:
        message = f"{test.fact} 由{_BOOK_TITLES[given_by]}册得出, {_BOOK_TITLES[placed.value.book]}册还不能用它"
        faults.add(placed.at(*path, "fact"), message, "只有后面的册可以用: 等级 → 监管等级 → 措施")


def _check_select(
    select: Select, placed: Placed[Rule], path: Path, catalogue: Catalogue, need: Need, faults: Faults
) -> None:
    rule = placed.value.id
    known = True
    for field, section in {"kinds": "record_kinds", "lists": "lists", "organs": "organs"}.items():
        for position, code in enumerate(getattr(select, field)):
            known &= need(section, code, placed.at(*path, field, position), rule)
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
            if isinstance(test, FindingTest) and test.rule not in library.broken["rules"]:
                _check_finding(test.rule, placed, placed.at(*path, "finding"), books, faults)


def _check_finding(
    named: str, placed: Placed[Rule], place: Place, books: Mapping[str, set[Book]], faults: Faults
) -> None:
    rule = placed.value
    if named not in books:
        earlier = [rule_id for rule_id, found in books.items() if Book.MEASURES not in found]
        faults.add(place, f"没有规则 {named}", faults.nearest(named, earlier), rule.id)
    elif any(_ORDER[book] >= _ORDER[rule.book] for book in books[named]):
        message = f"规则 {named} 不在前面的册里, 不能引用它的结论"
        faults.add(place, message, "只能引用前面的册: 等级 → 监管等级 → 措施", rule.id)


def _check_unused(library: Library, faults: Faults, warnings: Faults) -> None:
    tested: set[str] = set()
    ordered: set[str] = set()
    for placed in library.rules:
        rule = placed.value
        tests = tests_with_paths(rule.when)
        tested.update(test.fact for test, _ in tests if isinstance(test, FactTest | AgeTest))
        if isinstance(rule.then, GiveMeasure):
            ordered.add(rule.then.measure)
    complete = not library.broken["rules"]
    for fact in library.entries["facts"] if complete else ():
        if fact.value.name not in tested:
            message = f"没有规则用到事实 {fact.value.name}"
            faults.add(fact.at("name"), message, "删去它, 或在规则里用它")
    for measure in library.entries["measures"]:
        if measure.value.code not in ordered:
            warnings.add(measure.at("code"), f"没有规则用到措施 {measure.value.code}")

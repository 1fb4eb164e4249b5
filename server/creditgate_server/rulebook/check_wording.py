"""Checks that what is written of a rule says the numbers that its code has: titles, 适用情形, warnings, conditions.

A number of the wording is held against those of the code that are counted in the same way: 二十四个月 against a window
of months, 不满六个月 against `less_than: 6`. What the code leaves to a person (a flag, whose label may hold a number)
is not held against anything. Ends are compared where both are told. Lighter penalties (从轻) tell how high they are: no
condition has that.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from fractions import Fraction

from msgspec import UNSET

from .catalogue import (
    Catalogue,
    FactType,
    FirstDefinition,
    ListEntry,
    Parameter,
    ParameterType,
    RecordKind,
    Span,
    Terms,
)
from .language import (
    AgeTest,
    Aggregate,
    Compare,
    Condition,
    CountTest,
    FactTest,
    FirstTest,
    GiveMeasure,
    GiveWarning,
    Leaf,
    Place,
    Rule,
    Select,
    Window,
    facts_of_test,
    fold,
    fold_test,
    leaves,
)
from .library import Library, PlacedValue
from .numbers import TIME, Quantity, Scale, of_fact, quantities
from .reader_values import Path
from .source import Faults

_HINT = "改正其中一个: 以文件原文为准"
_OPPOSITE = {
    Compare.LESS: Compare.AT_LEAST,
    Compare.AT_LEAST: Compare.LESS,
    Compare.AT_MOST: Compare.MORE,
    Compare.MORE: Compare.AT_MOST,
}
_BOUNDS = {Compare.LESS: "小于", Compare.AT_MOST: "不超过", Compare.MORE: "超过", Compare.AT_LEAST: "不少于"}
_WHOLE = frozenset(Scale) - TIME - {Scale.MONEY, Scale.SHARE, Scale.GRAMS, Scale.GRAMS_PER_HOUR}
"""Units of which nothing lies between two neighbours: less than 6 is at most 5."""
_SENTENCE = re.compile(r"[^。;]+")
_OF_FIRST = re.compile(r"首次|初次|首违|首犯|同类违法|违法记录|违法行为记录")
_NOT_OF_FIRST = re.compile(r"有效期[^,、]*|另写[^,]*除外|(?:签|填)[^,]*")
"""What a sentence on first violations may also tell: how long the list is in force, entries that say otherwise."""
_WITHOUT_LIMIT = re.compile(r"(?:没有|不限|未写|不写)(?:期间|年限|期限)")
PARAMETER_UNITS = {
    ParameterType.MONTHS: (Scale.MONTHS, Fraction(1)),
    ParameterType.DAYS: (Scale.DAYS, Fraction(1)),
    ParameterType.MONEY: (Scale.MONEY, Fraction(1)),
    ParameterType.PERCENT: (Scale.SHARE, Fraction(1, 100)),
}


def check_wording(library: Library, catalogue: Catalogue, faults: Faults) -> None:
    """Note every number that the wording has otherwise than the code."""
    for placed in library.rules:
        _check_rule(placed, catalogue, faults)
    _check_measures(library, catalogue, faults)
    for kind in (*library.entries["record_kinds"], *library.entries["lists"]):
        for position, terms in enumerate(kind.value.terms):
            _check_terms(terms, kind, position, faults)
    for listed in library.entries["exemption_lists"]:
        first = listed.value.first
        _check_remark(listed.value.remark, () if first is None else (first,), (), listed.at("remark"), faults)
    for parameter in library.entries["parameters"]:
        _check_parameter(parameter, faults)


def numbers_of(condition: Condition | None, catalogue: Catalogue) -> tuple[Quantity, ...]:
    """Numbers that a condition compares with, in writing order; below `none` with the opposite end."""
    if condition is None:
        return ()
    return tuple(_numbers(condition, catalogue, turned=False))


def _numbers(condition: Condition, catalogue: Catalogue, *, turned: bool) -> Iterator[Quantity]:
    def of_parts(parts: Iterable[Condition], *, turned: bool) -> Iterator[Quantity]:
        for part in parts:
            yield from _numbers(part, catalogue, turned=turned)

    return fold(
        condition,
        all_of=lambda parts: of_parts(parts, turned=turned),
        any_of=lambda parts: of_parts(parts, turned=turned),
        none_of=lambda parts: of_parts(parts, turned=not turned),
        test=lambda test: (_turned(one) if turned else one for one in _of_test(test, catalogue)),
    )


def _turned(quantity: Quantity) -> Quantity:
    return replace(quantity, bound=_OPPOSITE[quantity.bound]) if quantity.bound else quantity


def _of_test(test: Leaf, catalogue: Catalogue) -> Iterator[Quantity]:
    return fold_test(
        test,
        fact=lambda one: _of_fact_test(one, catalogue),
        age=_of_length,
        records=_of_records,
        related=_of_records,
        finding=lambda _: iter(()),
        within=lambda one: of_span(one.span),
        first=_of_first,
    )


def _of_fact_test(test: FactTest, catalogue: Catalogue) -> Iterator[Quantity]:
    fact = catalogue.facts.get(test.fact)
    if fact is None or fact.type not in (FactType.WHOLE, FactType.MONEY):
        return
    for value in test.values:
        bound = None if test.compare is Compare.IN else test.compare
        if isinstance(value, int) and (made := of_fact(value, fact.unit, bound)) is not None:
            yield made


def _of_length(length: AgeTest | Window | Span) -> Iterator[Quantity]:
    if length.months:
        yield Quantity(Fraction(length.months), Scale.MONTHS)
    if length.days:
        yield Quantity(Fraction(length.days), Scale.DAYS)


def of_span(span: Span) -> Iterator[Quantity]:
    """A length of time."""
    yield from _of_length(span)
    if span.working_days:
        yield Quantity(Fraction(span.working_days), Scale.WORKING_DAYS)


def _of_first(test: FirstTest) -> Iterator[Quantity]:
    yield from of_first_definition(test.definition)


def of_first_definition(definition: FirstDefinition) -> Iterator[Quantity]:
    """How far back a list looks for earlier violations; a calendar year (年度) is told as a year."""
    if definition.months:
        yield Quantity(Fraction(definition.months), Scale.MONTHS)
    if definition.days is not UNSET:
        yield Quantity(Fraction(definition.days), Scale.DAYS)
    if definition.calendar_year is True:
        yield Quantity(Fraction(12), Scale.MONTHS)


def _of_records(test: CountTest) -> Iterator[Quantity]:
    unit = Scale.TIMES if test.aggregate is Aggregate.COUNT else Scale.MONEY
    for value, bound in ((test.at_least, Compare.AT_LEAST), (test.at_most, Compare.AT_MOST)):
        if value is not None:
            yield Quantity(Fraction(value), unit, bound)
    yield from _of_select(test.select)


def _of_select(select: Select) -> Iterator[Quantity]:
    if select.window is not None:
        yield from _of_length(select.window)
    for fen in (select.each_at_least, select.fine_each_at_least):
        if fen is not UNSET and fen:
            yield Quantity(Fraction(fen), Scale.MONEY, Compare.AT_LEAST)


def _left_to_persons(condition: Condition | None, catalogue: Catalogue) -> tuple[Quantity, ...]:
    """Numbers in the labels of the facts that are tested: who answers looks at them, the code does not."""
    labels = []
    for leaf in leaves(condition):
        for name in sorted(facts_of_test(leaf)):
            fact = catalogue.facts.get(name)
            labels.append(fact.label.partition("(")[0] if fact is not None else "")
    return tuple(quantity for label in labels for quantity in quantities(label))


def _check_rule(placed: PlacedValue[Rule], catalogue: Catalogue, faults: Faults) -> None:
    rule = placed.value
    code, elsewhere = numbers_of(rule.when, catalogue), _left_to_persons(rule.when, catalogue)
    for text, path, what in _texts_of(rule):
        _compare(quantities(text), code, elsewhere, placed.at(*path), what, "条件", faults, rule.id)
    if rule.exempting is not None and rule.exempting.remark:
        firsts = tuple(leaf.definition for leaf in leaves(rule.when) if isinstance(leaf, FirstTest))
        _check_remark(rule.exempting.remark, firsts, code, placed.at("remark"), faults, rule.id)
    if rule.exempting is not None and not rule.exempting.only_lighter:
        for told in quantities(rule.exempting.circumstances):
            if not any(_alike(one, told) or one.same_number(told) for one in (*code, *elsewhere)):
                message = f"适用情形写了“{told.text}”, 条件里没有这样的数"
                hint = "在 when、first 或 corrected 里写上, 或者删去这个数"
                faults.add(placed.at("circumstances"), message, hint, rule.id)


def _check_remark(
    remark: str,
    firsts: tuple[FirstDefinition, ...],
    code: tuple[Quantity, ...],
    place: Place,
    faults: Faults,
    rule: str = "",
) -> None:
    """What a remark says of first violations: how far back they are looked for, and how many there may have been."""
    lengths = tuple(one for first in firsts for one in of_first_definition(first))
    times = tuple(one for one in code if one.unit is Scale.TIMES)
    for sentence in _SENTENCE.findall(remark):
        if not firsts or not _OF_FIRST.search(sentence):
            continue
        said = _NOT_OF_FIRST.sub("", sentence)
        told = quantities(said)
        spans = [one for one in told if one.unit in TIME]
        _compare((one for one in told if one.unit not in TIME), times, (), place, "备注", "条件", faults, rule)
        _compare(spans, lengths, (), place, "备注", "first ", faults, rule)
        if spans and not lengths:
            message = f"备注写的是“{spans[0].text}”, first 里却没有期间"
            faults.add(place, message, "在 first 写 months 或 days; 清单没有期间的, 改正备注", rule)
        elif lengths and (unlimited := _WITHOUT_LIMIT.search(said)) is not None:
            faults.add(place, f"备注写的是“{unlimited.group()}”, first 里却是 {lengths[0]}", _HINT, rule)


def _texts_of(rule: Rule) -> Iterator[tuple[str, Path, str]]:
    yield rule.title, ("title",), "标题"
    if rule.exempting is not None and rule.exempting.circumstances:
        yield rule.exempting.circumstances, ("circumstances",), "适用情形"
    if isinstance(rule.then, GiveWarning):
        yield rule.then.warning, ("then", "warning"), "提示"


def _check_measures(library: Library, catalogue: Catalogue, faults: Faults) -> None:
    """A length of time that a measure tells stands in one of the rules that order it."""
    ordering: dict[str, list[Rule]] = defaultdict(list)
    for placed in library.rules:
        if isinstance(placed.value.then, GiveMeasure):
            ordering[placed.value.then.measure].append(placed.value)
    for measure in library.entries["measures"]:
        rules = ordering[measure.value.code]
        code = tuple(one for rule in rules for one in numbers_of(rule.when, catalogue) if one.unit in TIME)
        told = tuple(one for rule in rules for one in quantities(rule.title))
        for field, what in (("title", "标题"), ("instruction", "说明")):
            text = getattr(measure.value, field)
            _compare(quantities(text), code, told, measure.at(field), what, "用这项措施的规则", faults)


def _check_terms(
    terms: Terms, placed: PlacedValue[RecordKind] | PlacedValue[ListEntry], position: int, faults: Faults
) -> None:
    """公示满三个月 is the time after which repair may be asked for."""
    if terms.repair_after_months is None:
        return
    code = (Quantity(Fraction(terms.repair_after_months), Scale.MONTHS, Compare.AT_LEAST),)
    told = (one for one in quantities(terms.condition) if one.unit is Scale.MONTHS and one.bound is Compare.AT_LEAST)
    place = placed.at("terms", position, "condition")
    _compare(told, code, (), place, "修复条件", "repair_after_months", faults)


def _check_parameter(placed: PlacedValue[Parameter], faults: Faults) -> None:
    parameter = placed.value
    unit = PARAMETER_UNITS.get(parameter.type)
    if unit is None:
        return
    code = tuple(Quantity(value.value * unit[1], unit[0]) for value in parameter.values)
    _compare(quantities(parameter.title), code, (), placed.at("title"), "标题", "参数的值", faults)


def _compare(
    wording: Iterable[Quantity],
    code: tuple[Quantity, ...],
    elsewhere: tuple[Quantity, ...],
    place: Place,
    what: str,
    where: str,
    faults: Faults,
    rule: str = "",
) -> None:
    for told in wording:
        alike = [one for one in code if _alike(one, told)]
        if not alike or any(told.same_number(one) for one in elsewhere):
            continue
        same = [one for one in alike if _same_number(one, told)]
        if not same:
            numbers = "、".join(dict.fromkeys(str(one) for one in alike))
            faults.add(place, f"{what}写的是“{told.text}”, {where}里却是 {numbers}", _HINT, rule)
        elif not any(_ends_agree(one, told) for one in same):
            ends = "、".join(dict.fromkeys(f"{_BOUNDS[one.bound]} {one}" for one in same if one.bound))
            faults.add(place, f"{what}写的是“{told.text}”, {where}里却是{ends}", _HINT, rule)


def _alike(one: Quantity, told: Quantity) -> bool:
    """Whether both may be about the same matter."""
    return one.unit is told.unit or (one.unit in TIME and told.unit in TIME)


def _same_number(one: Quantity, told: Quantity) -> bool:
    return one.same_number(told) or (one.bound is not None and told.bound is not None and _closed(one) == _closed(told))


def _ends_agree(one: Quantity, told: Quantity) -> bool:
    return one.bound is None or told.bound is None or _closed(one) == _closed(told)


def _closed(quantity: Quantity) -> tuple[Compare | None, Fraction]:
    """The same bound with its end inside, where the unit has neighbours."""
    if quantity.unit in _WHOLE and quantity.bound is Compare.LESS:
        return Compare.AT_MOST, quantity.value - 1
    if quantity.unit in _WHOLE and quantity.bound is Compare.MORE:
        return Compare.AT_LEAST, quantity.value + 1
    return quantity.bound, quantity.value

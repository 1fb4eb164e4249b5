"""Checks rules against the limits of their measure in the catalogue: nothing added, nothing made heavier (清单管理).

Source: 国办发〔2020〕49号 (no restraint beyond the catalogue, none widened or made heavier).
"""

from __future__ import annotations

from collections.abc import Mapping

from .catalogue import Catalogue, Duty, MeasureEntry
from .language import (
    Book,
    Condition,
    GiveMeasure,
    Leaf,
    RecordTest,
    Rule,
    fold,
    fold_test,
)
from .library import Library, Placed
from .source import Faults

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


def _check_roles(placed: Placed[Rule], measure: MeasureEntry, faults: Faults) -> None:
    for position, role in enumerate(placed.value.applies.roles):
        if measure.roles and role not in measure.roles:
            message = f"措施 {measure.code} 不能用于 {role.value}"
            hint = f"清单规定的适用对象: {'、'.join(one.value for one in measure.roles)}"
            faults.add(placed.at("applies", "roles", position), message, hint, placed.value.id)


def _check_duty(placed: Placed[Rule], then: GiveMeasure, measure: MeasureEntry, faults: Faults) -> None:
    if measure.duty is Duty.OPTIONAL and then.duty is Duty.MANDATORY:
        message = f"措施 {measure.code} 在清单里是“可以”, 规则不能加重为“应当”"
        faults.add(placed.at("then", "duty"), message, "改为 duty: optional", placed.value.id)


def _check_triggers(placed: Placed[Rule], measure: MeasureEntry, books: Mapping[str, Book], faults: Faults) -> None:
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
    def of_records(one: RecordTest) -> bool:
        named = one.select.lists or one.select.kinds
        return one.at_least is not None and bool(named) and triggers.issuperset(named)

    return fold_test(
        test,
        fact=lambda one: one.fact in triggers,
        age=lambda one: one.fact in triggers,
        records=of_records,
        finding=lambda one: _WORDS.get(books.get(one.rule, Book.MEASURES), "") in triggers,
        within=lambda _: False,
        first=lambda _: False,
    )

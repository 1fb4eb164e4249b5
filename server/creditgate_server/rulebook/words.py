"""Tests and values in Chinese words, for officials and firms."""

from __future__ import annotations

from .catalogue import Catalogue, FactEntry, FactType
from .language import (
    AgeTest,
    Aggregate,
    Compare,
    Effect,
    FactTest,
    GiveGrade,
    GiveLevel,
    Leaf,
    RecordState,
    RecordTest,
    Select,
    Value,
)

_COMPARE = {Compare.LESS: "小于", Compare.AT_MOST: "不超过", Compare.MORE: "超过", Compare.AT_LEAST: "不少于"}
_COMPARE_DAY = {Compare.LESS: "早于", Compare.AT_MOST: "不晚于", Compare.MORE: "晚于", Compare.AT_LEAST: "不早于"}
_STATE = {RecordState.EFFECTIVE: "有效", RecordState.REPAIRED: "已修复", RecordState.EXPIRED: "已届满"}
_SEVERITY = {"minor": "轻微", "general": "一般", "serious": "严重"}


def value_in_words(fact: FactEntry, value: Value | None) -> str:
    """A fact's value in Chinese, with its unit."""
    if value is None:
        return "未知"
    if fact.type is FactType.FLAG:
        return "是" if value == 1 else "否"
    if fact.type is FactType.MONEY:
        return yuan(int(value))
    return f"{value}{fact.unit}"


def yuan(fen: int) -> str:
    """Fen as yuan in Chinese: 6650 → 66.50 元."""
    sign = "-" if fen < 0 else ""
    return f"{sign}{abs(fen) // 100}.{abs(fen) % 100:02d} 元"


def test_in_words(catalogue: Catalogue, test: Leaf) -> str:
    """One test of a condition in Chinese."""
    if isinstance(test, FactTest):
        return _fact_test(catalogue.facts[test.fact], test)
    if isinstance(test, AgeTest):
        period = f"{test.months} 个月" if test.months else f"{test.days} 日"
        return f"{catalogue.facts[test.fact].label}距今已满 {period}"
    if isinstance(test, RecordTest):
        return _record_test(catalogue, test)
    return f"规则 {test.rule} 成立"


def _fact_test(fact: FactEntry, test: FactTest) -> str:
    if test.compare is Compare.IN:
        return f"{fact.label}为 " + "、".join(value_in_words(fact, value) for value in test.values)
    words = _COMPARE_DAY if fact.type is FactType.DAY else _COMPARE
    return f"{fact.label}{words[test.compare]} {value_in_words(fact, test.values[0])}"


def _record_test(catalogue: Catalogue, test: RecordTest) -> str:
    what = select_in_words(catalogue, test.select)
    bound = test.at_least if test.at_least is not None else test.at_most or 0
    word = "不少于" if test.at_least is not None else "不超过"
    if test.aggregate is Aggregate.AMOUNT:
        return f"{what}的罚没金额合计{word} {yuan(bound)}"
    return f"{what}{word} {bound} 条"


def select_in_words(catalogue: Catalogue, select: Select) -> str:
    """Which records are meant, in Chinese."""
    names = [catalogue.lists[code].title for code in select.lists]
    names += [
        catalogue.record_kinds[code].title for code in select.kinds if code in catalogue.record_kinds and not names
    ]
    window = ""
    if select.window is not None:
        window = f"近 {select.window.months} 个月内" if select.window.months else f"近 {select.window.days} 日内"
    severity = "、".join(_SEVERITY.get(code, code) for code in select.severities)
    organs = "、".join(catalogue.organs[code].title for code in select.organs if code in catalogue.organs)
    state = "、".join(_STATE[state] for state in select.states)
    return f"{window}{organs}{state}的{severity}" + ("、".join(names) or "信用记录")


def effect_in_words(catalogue: Catalogue, effect: Effect) -> str:
    """What a rule gives, in Chinese."""
    if isinstance(effect, GiveGrade):
        return f"公共信用等级 {effect.grade}"
    if isinstance(effect, GiveLevel):
        return f"监管等级 {catalogue.levels[effect.level].title}"
    return catalogue.measures[effect.measure].title

"""The facts that a caller gives: checked against the rule library's schema, put into the rule language's form."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from decimal import Decimal

from creditgate.limits import LARGEST_FEN, LARGEST_WHOLE, MOST_FACTS
from creditgate.v1 import common_pb2

from ..errors import InvalidQuestion, all_wrong
from ..rulebook.catalogue import FactEntry, FactSource, FactType
from ..rulebook.language import Value
from .fields import meant, nearest, parse_day, shown

_LOOKED_UP = "由系统查得, 不能由调用方给出"
_ELSEWHERE = {
    FactSource.CALLER: "是办理许可的事实, 不用于不予处罚的判断",
    FactSource.CIRCUMSTANCE: "是违法情节, 只用于不予处罚的判断",
    FactSource.CASE: "是案件的日期, 请写在日期栏里",
}
_WHOLE = re.compile(r"-?[0-9]{1,16}")
_MONEY = re.compile(r"[0-9]{1,16}(?:\.[0-9]{1,2})?")
_FLAGS = {"true": 1, "false": 0, "是": 1, "否": 0}
_OWN_FIELD = {
    FactType.FLAG: "flag",
    FactType.WHOLE: "whole",
    FactType.MONEY: "fen",
    FactType.DAY: "day",
    FactType.CHOICE: "choice",
}
_TYPE_NAMES = {
    FactType.FLAG: "是或否(true/false)",
    FactType.WHOLE: "整数",
    FactType.MONEY: "金额",
    FactType.DAY: "日期(YYYY-MM-DD)",
    FactType.CHOICE: "选项",
}


def unpack_facts(
    facts: Iterable[common_pb2.Fact], schema: dict[str, FactEntry], source: FactSource = FactSource.CALLER
) -> dict[str, Value]:
    """The facts by name, sorted; they must have the source. Raises InvalidQuestion: `facts[2].value.whole`."""
    values: dict[str, Value] = {}
    faults: list[InvalidQuestion] = []
    for index, fact in enumerate(facts):
        if index >= MOST_FACTS:
            raise InvalidQuestion(f"事实多于 {MOST_FACTS} 项", "请只给出与本事项有关的事实", "facts")
        try:
            values[fact.name] = _read(fact, f"facts[{index}]", schema, source, values)
        except InvalidQuestion as fault:
            faults.append(fault)
    if faults:
        raise all_wrong(faults)
    return dict(sorted(values.items()))


def _read(
    fact: common_pb2.Fact, field: str, schema: dict[str, FactEntry], source: FactSource, before: dict[str, Value]
) -> Value:
    entry = _schema_entry(fact.name, f"{field}.name", schema, source)
    if fact.name in before:
        raise InvalidQuestion(f"事实 {fact.name} 重复", "每项事实只给一次", f"{field}.name")
    return _value(fact.value, entry, f"{field}.value")


def _schema_entry(name: str, field: str, schema: dict[str, FactEntry], source: FactSource) -> FactEntry:
    entry = schema.get(name)
    if entry is not None and entry.source is source:
        return entry
    if entry is not None:
        raise InvalidQuestion(f"事实 {name} {_ELSEWHERE.get(entry.source, _LOOKED_UP)}", "请去掉这一项", field)
    askable = {known.name: known for known in schema.values() if known.source is source}
    hint = meant(name, askable) or "可用的事实见规则库的事实表"
    raise InvalidQuestion(f"没有名为 {shown(name)} 的事实" if name else "缺少事实名称", hint, field)


def _value(fact: common_pb2.FactValue, entry: FactEntry, field: str) -> Value:
    given = fact.WhichOneof("value")
    own = _OWN_FIELD[entry.type]
    if given == "written":
        return _WRITTEN[entry.type](fact.written, entry, f"{field}.written")
    if given is None:
        raise InvalidQuestion(f"事实 {entry.name} 没有值", f"应为{_TYPE_NAMES[entry.type]}, 填入 {own}", field)
    if given != own:
        raise InvalidQuestion(
            f"事实 {entry.name} 应为{_TYPE_NAMES[entry.type]}, 收到 {given}", f"请填入 {own}", f"{field}.{given}"
        )
    return _TYPED[entry.type](getattr(fact, own), entry, f"{field}.{own}")


def _flag(value: bool, _entry: FactEntry, _field: str) -> Value:
    return int(value)


def _whole(value: int, _entry: FactEntry, field: str) -> Value:
    if not -LARGEST_WHOLE <= value <= LARGEST_WHOLE:
        raise InvalidQuestion("整数超出范围", f"绝对值不超过 {LARGEST_WHOLE}", field)
    return value


def _fen(value: int, _entry: FactEntry, field: str) -> Value:
    if not 0 <= value <= LARGEST_FEN:
        raise InvalidQuestion("金额超出范围", f"0 至 {LARGEST_FEN} 分", field)
    return value


def _day(value: str, _entry: FactEntry, field: str) -> Value:
    return parse_day(value, field).isoformat()


def _choice(value: str, entry: FactEntry, field: str) -> Value:
    if value not in entry.choices:
        raise InvalidQuestion(
            f"{entry.label}没有选项 {shown(value)}",
            _choice_meant(value, entry) or f"可选: {'、'.join(entry.choices)}",
            field,
        )
    return value


def _choice_meant(value: str, entry: FactEntry) -> str:
    """A hint that names the code of a choice with this title, or the nearest code."""
    titled = dict(zip(entry.titles, entry.choices, strict=False))
    return f"这是名称, 代码是 {titled[value]}" if value in titled else nearest(value, entry.choices)


def _written_flag(text: str, _entry: FactEntry, field: str) -> Value:
    if text not in _FLAGS:
        raise InvalidQuestion(f"应为 true 或 false, 收到 {shown(text)}", "请写 true 或 false", field)
    return _FLAGS[text]


def _written_whole(text: str, entry: FactEntry, field: str) -> Value:
    if not _WHOLE.fullmatch(text):
        raise InvalidQuestion(f"应为整数, 收到 {shown(text)}", "例如 12", field)
    return _whole(int(text), entry, field)


def _written_money(text: str, entry: FactEntry, field: str) -> Value:
    if not _MONEY.fullmatch(text):
        raise InvalidQuestion(f"应为以元计的金额, 收到 {shown(text)}", "最多两位小数, 例如 66.50", field)
    return _fen(int(Decimal(text) * 100), entry, field)


_Reader = Callable[[str, FactEntry, str], Value]
_TYPED: dict[FactType, Callable[..., Value]] = {
    FactType.FLAG: _flag,
    FactType.WHOLE: _whole,
    FactType.MONEY: _fen,
    FactType.DAY: _day,
    FactType.CHOICE: _choice,
}
_WRITTEN: dict[FactType, _Reader] = {
    FactType.FLAG: _written_flag,
    FactType.WHOLE: _written_whole,
    FactType.MONEY: _written_money,
    FactType.DAY: _day,
    FactType.CHOICE: _choice,
}

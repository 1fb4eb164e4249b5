"""Reads conditions: nested all / any / none over tests of facts, records and earlier findings."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import cast

from .catalogue import Area, FactEntry, FactType, FirstDefinition, ParameterType, Span
from .language import (
    LIST_ENTRY,
    AgeTest,
    Aggregate,
    AllOf,
    AnyOf,
    Compare,
    Condition,
    FactTest,
    FindingTest,
    FirstTest,
    NoneOf,
    PenaltyKind,
    RecordState,
    RecordTest,
    RelatedTest,
    RelationKind,
    RelationMoment,
    Select,
    Value,
    Window,
    WithinTest,
)
from .reader_parameters import or_parameter
from .reader_values import (
    MAX_WHOLE,
    Reader,
    Schema,
    Trail,
    code,
    day,
    fields,
    fields_schema,
    flag,
    many,
    mapping,
    money,
    one_of,
    refuse_kind,
    rule_id,
    takes,
    whole,
    whole_between,
    word,
)
from .source import KeyedNode, Node, Scalar, Unreadable
from .source import Mapping as MappingNode

MAX_MONTHS, MAX_DAYS = 1200, 36500
"""Longest window or age, inclusive."""

_GROUPS: dict[str, type[AllOf] | type[AnyOf] | type[NoneOf]] = {"all": AllOf, "any": AnyOf, "none": NoneOf}
_EXAMPLE = "{fact: commitment_requested, is: true}"
_ORDERED = (FactType.WHOLE, FactType.MONEY)
_EQUALS = {"is": False, "in": False, "is_not": True, "not_in": True}
"""Whether the test is the opposite of being one of the values."""
_ORDERS = {
    "less_than": (Compare.LESS, _ORDERED),
    "at_most": (Compare.AT_MOST, _ORDERED),
    "more_than": (Compare.MORE, _ORDERED),
    "at_least": (Compare.AT_LEAST, _ORDERED),
    "before": (Compare.LESS, (FactType.DAY,)),
    "on_or_before": (Compare.AT_MOST, (FactType.DAY,)),
    "after": (Compare.MORE, (FactType.DAY,)),
    "on_or_after": (Compare.AT_LEAST, (FactType.DAY,)),
}
_AGES = {
    "at_least_months_ago": ("months", False),
    "less_than_months_ago": ("months", True),
    "at_least_days_ago": ("days", False),
    "less_than_days_ago": ("days", True),
}
_AGE_READERS = {
    "months": or_parameter(whole_between(1, MAX_MONTHS), ParameterType.MONTHS),
    "days": or_parameter(whole_between(1, MAX_DAYS), ParameterType.DAYS),
}
_COMPARISONS = (*_EQUALS, *_ORDERS, *_AGES)
_TYPE_WORDS = {
    FactType.FLAG: "是否",
    FactType.WHOLE: "整数",
    FactType.MONEY: "金额",
    FactType.DAY: "日期",
    FactType.CHOICE: "选项",
}


@takes(money.schema)
def _least_money(node: Node, trail: Trail) -> int:
    fen = money(node, trail)
    if fen <= 0:
        trail.faults.refuse(node.place, "at_least 的金额应大于 0, 否则条件总是成立")
    return fen


_SELECT: dict[str, Reader[object]] = {
    "kinds": many(code),
    "lists": many(code),
    "severities": many(code),
    "organs": many(code),
    "states": many(one_of(RecordState)),
    "each_at_least": or_parameter(_least_money, ParameterType.MONEY),
    "within_months": or_parameter(whole_between(1, MAX_MONTHS), ParameterType.MONTHS),
    "within_days": or_parameter(whole_between(1, MAX_DAYS), ParameterType.DAYS),
    "penalty_kinds": many(one_of(PenaltyKind)),
    "fine_each_at_least": or_parameter(_least_money, ParameterType.MONEY),
    "that_licence": flag,
    "items_organ": flag,
    "ban_running": flag,
    "open_ended": flag,
    "grounds": many(code),
}
_SELECT_FLAGS = ("that_licence", "items_organ", "ban_running", "open_ended")


CONDITION: Schema = {"$ref": "#/$defs/condition"}
"""Schema of a condition, where `conditions_schema` stands among the definitions."""


@dataclass(frozen=True, slots=True)
class FactTable:
    """The fact schema: entries that were read, and names of entries that could not be."""

    entries: Mapping[str, FactEntry]
    broken: frozenset[str] = frozenset()

    def typed(self, node: Node, trail: Trail) -> FactEntry:
        """The fact that a node names. Raises `Unreadable`."""
        name = code(node, trail)
        entry = self.entries.get(name)
        if entry is None and name not in self.broken:
            trail.faults.add(node.place, f"事实表里没有 {name}", trail.faults.nearest(name, list(self.entries)))
        if entry is None:
            raise Unreadable
        return entry


def read_value(fact: FactEntry) -> Reader[Value]:
    """Reader of a value in the fact's own written form."""

    @takes(flag.schema)
    def flag_value(node: Node, trail: Trail) -> Value:
        return int(flag(node, trail))

    @takes(day.schema)
    def day_value(node: Node, trail: Trail) -> Value:
        return day(node, trail).isoformat()

    @takes({"enum": list(fact.choices)} if fact.choices else word.schema)
    def choice_value(node: Node, trail: Trail) -> Value:
        chosen = word(node, trail)
        if fact.choices and chosen not in fact.choices:
            message = f"“{chosen}”不是 {fact.name}({fact.label})的选项"
            trail.faults.refuse(node.place, message, f"可用的有: {'、'.join(fact.choices)}")
        return chosen

    readers: dict[FactType, Reader[Value]] = {
        FactType.FLAG: flag_value,
        FactType.WHOLE: or_parameter(whole, ParameterType.WHOLE, ParameterType.PERCENT),
        FactType.MONEY: or_parameter(money, ParameterType.MONEY),
        FactType.DAY: day_value,
        FactType.CHOICE: choice_value,
    }
    return readers[fact.type]


def condition_reader(facts: FactTable) -> Reader[Condition]:
    """Reader of a condition over these facts."""

    def read(node: Node, trail: Trail) -> Condition:
        found = mapping(node, trail, _EXAMPLE)
        heads: dict[str, Callable[[MappingNode, Trail], Condition]] = {
            "fact": lambda written, at: _fact_test(written, facts, at),
            "records": _record_test,
            "related": _related_test,
            "finding": _finding_test,
            "within": lambda written, at: _within_test(written, facts, at),
            "first": _first_test,
        }
        for name, head in heads.items():
            if name in found.pairs:
                return head(found, trail)
        groups = [name for name in found.pairs if name in _GROUPS]
        if len(groups) == 1 and len(found.pairs) == 1:
            return _group(groups[0], found.pairs[groups[0]], reader, trail)
        if groups:
            place = list(found.pairs.values())[1].key.place
            trail.faults.refuse(place, "一个条件里只能有 all、any、none 中的一个", "请再套一层 all")
        pair = next(iter(found.pairs.values()))
        hint = trail.faults.nearest(pair.key.text, [*_GROUPS, *heads])
        return trail.faults.refuse(pair.key.place, f"没有条件 {pair.key.text}", hint)

    reader: Reader[Condition] = Reader(read, CONDITION)
    return reader


def _group(name: str, pair: KeyedNode, read: Reader[Condition], trail: Trail) -> Condition:
    parts = many(read)(pair.value, trail)
    return _GROUPS[name](parts=parts)


def _finding_test(node: MappingNode, trail: Trail) -> Condition:
    values = fields(node, {"finding": rule_id}, ("finding",), trail)
    return FindingTest(rule=str(values["finding"]))


def _within_test(node: MappingNode, facts: FactTable, trail: Trail) -> Condition:
    pair = fields(node, {"within": _raw_mapping}, ("within",), trail)["within"]
    assert isinstance(pair, MappingNode)
    inner = trail.step("within", pair.place)
    values = fields(pair, {"fact": code, "since": code, **SPAN_READERS}, ("fact", "since"), inner)
    for name in ("fact", "since"):
        written = pair.pairs[name]
        fact = facts.typed(written.value, inner)
        if fact.type is not FactType.DAY:
            trail.faults.refuse(written.value.place, f"{fact.name}({fact.label})不是日期, within 只比较日期")
    span = Span(**{name: _whole_of(values[name]) for name in SPAN_READERS if name in values})
    require_one_unit(span, pair, inner)
    return WithinTest(fact=str(values["fact"]), since=str(values["since"]), span=span)


def require_one_unit(span: Span, node: MappingNode, trail: Trail) -> None:
    """A length of time has one unit, or none at all: then the event came no later than the day itself."""
    if sum(1 for amount in (span.months, span.days, span.working_days) if amount) > 1:
        trail.faults.refuse(node.place, "months、days、working_days 只能写一个", "删去其余的")


def _raw_mapping_of(node: Node, trail: Trail) -> MappingNode:
    return mapping(node, trail, "{fact: corrected_on, since: discovered_on, working_days: 5}")


SPAN_READERS: dict[str, Reader[object]] = {
    "months": or_parameter(whole_between(1, MAX_MONTHS), ParameterType.MONTHS),
    "days": or_parameter(whole_between(1, MAX_DAYS), ParameterType.DAYS),
    "working_days": or_parameter(whole_between(1, 250), ParameterType.DAYS),
}
_WITHIN_SCHEMA = fields_schema({"fact": code, "since": code, **SPAN_READERS}, ("fact", "since"))
_raw_mapping: Reader[object] = Reader(_raw_mapping_of, _WITHIN_SCHEMA)

FIRST_READERS: dict[str, Reader[object]] = {
    "months": or_parameter(whole_between(1, MAX_MONTHS), ParameterType.MONTHS),
    "any_kind": flag,
    "same_organ": flag,
    "area": one_of(Area),
    "days": or_parameter(whole_between(1, MAX_DAYS), ParameterType.DAYS),
    "calendar_year": flag,
}
_FIRST_WINDOWS = ("months", "days", "calendar_year")


@takes(fields_schema(FIRST_READERS, ()))
def read_first(node: Node, trail: Trail) -> FirstDefinition:
    """What counts as first: the window, the kind, the organ, the area."""
    written = mapping(node, trail, "{months: 24, area: city}")
    values = fields(written, FIRST_READERS, (), trail)
    windows = [name for name in _FIRST_WINDOWS if values.get(name)]
    if len(windows) > 1:
        trail.faults.refuse(written.place, "months、days、calendar_year 只能写一个", "删去其余的")
    if values.get("calendar_year") is False:  # as if it were not written
        del values["calendar_year"]
    return FirstDefinition(**values)  # type: ignore[arg-type]


def _first_test(node: MappingNode, trail: Trail) -> Condition:
    definition = fields(node, {"first": read_first}, ("first",), trail)["first"]
    assert isinstance(definition, FirstDefinition)
    return FirstTest(definition=definition)


def _comparison(node: MappingNode, known: tuple[str, ...], trail: Trail) -> KeyedNode:
    """The one comparison of a test."""
    given = [pair for name, pair in node.pairs.items() if name != "fact"]
    if not given:
        trail.faults.refuse(node.place, "这个条件没有比较", f"例如 {_EXAMPLE}")
    for pair in given:
        if pair.key.text not in known:
            hint = trail.faults.nearest(pair.key.text, list(known))
            trail.faults.refuse(pair.key.place, f"没有比较 {pair.key.text}", hint)
    if len(given) > 1:
        trail.faults.refuse(given[1].key.place, "一个条件只能有一个比较", "请在 all 下分成两条")
    return given[0]


def _fact_test(node: MappingNode, facts: FactTable, trail: Trail) -> Condition:
    named = node.pairs["fact"]
    pair = _comparison(node, _COMPARISONS, trail)
    fact = facts.typed(named.value, trail)
    comparison = pair.key.text
    if comparison in _EQUALS:
        opposite = _EQUALS[comparison]
        inner = trail.step(0, node.place) if opposite else trail
        return _negated(opposite, _equals_test(fact, pair, named, inner))
    if comparison in _ORDERS:
        compare, types = _ORDERS[comparison]
        _need_type(fact, types, pair, trail)
        trail.step("fact", named.value.place)
        value = read_value(fact)(pair.value, trail.step("values", pair.value.place))
        return FactTest(fact=fact.name, compare=compare, values=(value,))
    unit, opposite = _AGES[comparison]
    _need_type(fact, (FactType.DAY,), pair, trail)
    inner = trail.step(0, node.place) if opposite else trail
    inner.step("fact", named.value.place)
    amount = _AGE_READERS[unit](pair.value, trail)
    months, days = (amount, 0) if unit == "months" else (0, amount)
    return _negated(opposite, AgeTest(fact=fact.name, months=months, days=days))


def _equals_test(fact: FactEntry, pair: KeyedNode, named: KeyedNode, trail: Trail) -> FactTest:
    trail.step("fact", named.value.place)
    at_values = trail.step("values", pair.value.place)
    reader = read_value(fact)
    if pair.key.text in {"in", "not_in"}:
        values = many(reader)(pair.value, at_values)
    else:
        values = (reader(pair.value, at_values),)
    return FactTest(fact=fact.name, compare=Compare.IN, values=values)


def _negated(opposite: bool, test: FactTest | AgeTest) -> Condition:
    return NoneOf(parts=(test,)) if opposite else test


def _need_type(fact: FactEntry, types: tuple[FactType, ...], pair: KeyedNode, trail: Trail) -> None:
    if fact.type in types:
        return
    message = f"{fact.name}({fact.label})的类型是“{_TYPE_WORDS[fact.type]}”, 不能用 {pair.key.text}"
    usable = [*_EQUALS, *(name for name, (_, kinds) in _ORDERS.items() if fact.type in kinds)]
    usable += list(_AGES) if fact.type is FactType.DAY else []
    trail.faults.refuse(pair.key.place, message, f"可用的有: {'、'.join(usable)}")


def _record_test(node: MappingNode, trail: Trail) -> Condition:
    values = fields(node, _RECORDS, ("records",), trail)
    bounds = [name for name in ("at_least", "at_most", "amount", "fine") if name in values]
    if len(bounds) > 1:
        place = node.pairs[bounds[1]].key.place
        trail.faults.refuse(place, "只能写 at_least、at_most、amount、fine 中的一个", "请在 all 下分成两条")
    select = values["records"]
    assert isinstance(select, Select)
    if bounds in (["amount"], ["fine"]):
        amount = values[bounds[0]]
        assert isinstance(amount, tuple)
        least, most = amount
        return RecordTest(select=select, aggregate=Aggregate(bounds[0]), at_least=least, at_most=most)
    if bounds == ["at_most"]:
        return RecordTest(select=select, at_most=_whole_of(values["at_most"]))
    return RecordTest(select=select, at_least=_whole_of(values.get("at_least", 1)))


def _related_test(node: MappingNode, trail: Trail) -> Condition:
    return cast("RelatedTest", fields(node, {"related": _related}, ("related",), trail)["related"])


def _read_related(node: Node, trail: Trail) -> RelatedTest:
    values = fields(mapping(node, trail, _RELATED_EXAMPLE), _RELATED, ("as", "of", "while", "records"), trail)
    return RelatedTest(
        kinds=values["as"],  # type: ignore[arg-type]
        of=values["of"] is True,
        moment=RelationMoment(str(values["while"])),
        select=values["records"],  # type: ignore[arg-type]
        at_least=_whole_of(values.get("at_least", 1)),
    )


def _whole_of(value: object) -> int:
    assert isinstance(value, int)
    return value


def _read_amount(node: Node, trail: Trail) -> tuple[int | None, int | None]:
    """The bounds of an amount in fen: at least and at most, exactly one of them."""
    found = mapping(node, trail, "{at_least: 100000.00}")
    values = fields(found, _AMOUNT, (), trail)
    if len(values) != 1:
        trail.faults.refuse(found.place, "amount 里应有 at_least 或 at_most 中的一个", "例如 {at_least: 100000.00}")
    least, most = values.get("at_least"), values.get("at_most")
    return (None if least is None else _whole_of(least)), (None if most is None else _whole_of(most))


@takes(money.schema)
def _most_money(node: Node, trail: Trail) -> int:
    fen = money(node, trail)
    if fen < 0:
        trail.faults.refuse(node.place, "at_most 的金额不能小于 0, 否则条件总不成立")
    return fen


_AMOUNT: dict[str, Reader[object]] = {
    "at_least": or_parameter(_least_money, ParameterType.MONEY),
    "at_most": or_parameter(_most_money, ParameterType.MONEY),
}
_amount: Reader[tuple[int | None, int | None]] = Reader(_read_amount, fields_schema(_AMOUNT, ()))


@takes(fields_schema(_SELECT, ()))
def _select(node: Node, trail: Trail) -> Select:
    if isinstance(node, Scalar) and not node.text:
        raise refuse_kind(node, trail, "一组字段(字段: 值)", "{kinds: [penalty]}")
    written = mapping(node, trail, "{kinds: [penalty], within_months: 24}")
    values = fields(written, _SELECT, (), trail)
    if "within_months" in values and "within_days" in values:
        place = written.pairs["within_days"].key.place
        trail.faults.refuse(place, "within_months 和 within_days 只能写一个", "删去其中一个")
    months = _whole_of(values.pop("within_months", 0))
    days = _whole_of(values.pop("within_days", 0))
    if months or days:
        values["window"] = Window(months=months, days=days)
    if "lists" in values and values.setdefault("kinds", (LIST_ENTRY,)) != (LIST_ENTRY,):
        place = written.pairs["kinds"].value.place
        trail.faults.refuse(place, f"写了 lists 时 kinds 只能是 {LIST_ENTRY}", "删去 kinds, 或用 any 分成两条")
    _check_select(written, values, trail)
    for name in _SELECT_FLAGS:
        if values.get(name) is False:  # as if it were not written
            del values[name]
    return Select(**values)  # type: ignore[arg-type]


def _check_select(written: MappingNode, values: Mapping[str, object], trail: Trail) -> None:
    """What can't be asked together."""

    def refuse(name: str, message: str, hint: str) -> None:
        trail.faults.refuse(written.pairs[name].key.place, message, hint)

    kinds, listed = values.get("kinds", ()), "lists" in values
    for name in ("penalty_kinds", "fine_each_at_least", "that_licence"):
        if name in values and (listed or not kinds or LIST_ENTRY in kinds):  # type: ignore[operator]
            refuse(name, f"{name} 只问处罚等记录, 要写 kinds, 不能是名单", "例如 {kinds: [penalty], …}")
    if "grounds" in values and not listed:
        refuse("grounds", "grounds 只问名单的列入事由, 要写 lists", "例如 {lists: [market-serious], grounds: […]}")
    if values.get("open_ended") is True and values.get("ban_running") is not True:
        refuse("open_ended", "open_ended 只说明禁止没有期限, 要和 ban_running 一起写", "加上 ban_running: true")
    if values.get("open_ended") is True and written.pairs.keys() & {"within_months", "within_days"}:
        refuse("open_ended", "法律没有期限的禁止, 不能又写 within_months 或 within_days", "删去其中一个")
    if values.get("items_organ") is True and "organs" in values:
        refuse("items_organ", "items_organ 和 organs 只能写一个", "删去其中一个")


_RECORDS: dict[str, Reader[object]] = {
    "records": _select,
    "at_least": or_parameter(whole_between(1, MAX_WHOLE), ParameterType.WHOLE),
    "at_most": or_parameter(whole_between(0, MAX_WHOLE), ParameterType.WHOLE),
    "amount": _amount,
    "fine": _amount,
}


_RELATED_EXAMPLE = "{as: [legal_representative], of: true, while: decided, records: {kinds: [penalty]}}"
_RELATED: dict[str, Reader[object]] = {
    "as": many(one_of(RelationKind)),
    "of": flag,
    "while": one_of(RelationMoment),
    "records": _select,
    "at_least": or_parameter(whole_between(1, MAX_WHOLE), ParameterType.WHOLE),
}
_related: Reader[object] = Reader(_read_related, fields_schema(_RELATED, ("as", "of", "while", "records")))


def conditions_schema(facts: Mapping[str, FactEntry]) -> Schema:
    """The schema of a condition over these facts: one branch for each fact, so that editors offer its own values."""
    branches = [
        {
            "type": "object",
            "properties": {name: many(Reader(_no_reader, CONDITION)).schema},
            "required": [name],
            "additionalProperties": False,
        }
        for name in _GROUPS
    ]
    branches += [_fact_schema(fact) for fact in facts.values()]
    branches.append(fields_schema(_RECORDS, ("records",)))
    branches.append(fields_schema({"related": _related}, ("related",)))
    branches.append(fields_schema({"finding": rule_id}, ("finding",)))
    branches.append(fields_schema({"within": _raw_mapping}, ("within",)))
    branches.append(fields_schema({"first": read_first}, ("first",)))
    return {"anyOf": branches}


def _fact_schema(fact: FactEntry) -> Schema:
    value = read_value(fact)
    comparisons: dict[str, Schema] = {
        name: many(value).schema if name in {"in", "not_in"} else value.schema for name in _EQUALS
    }
    comparisons |= {name: value.schema for name, (_, types) in _ORDERS.items() if fact.type in types}
    if fact.type is FactType.DAY:
        comparisons |= {name: _AGE_READERS[unit].schema for name, (unit, _) in _AGES.items()}
    return {
        "type": "object",
        "title": fact.label,
        "properties": {"fact": {"const": fact.name}, **comparisons},
        "required": ["fact"],
        "minProperties": 2,
        "maxProperties": 2,
        "additionalProperties": False,
    }


def _no_reader(node: Node, _trail: Trail) -> Condition:
    raise refuse_kind(node, _trail, "条件", _EXAMPLE)

"""What rules say in Chinese: the words that templates, explanations and answers share.

Tests, effects, parameters and periods as phrases; a whole condition as a tree of sentences.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from msgspec import UNSET, UnsetType

from .catalogue import (
    Area,
    Catalogue,
    Citation,
    Correction,
    FactEntry,
    FactSource,
    FactType,
    FirstDefinition,
    Parameter,
    ParameterType,
    Period,
    RestsOn,
    Span,
)
from .language import (
    LIST_ENTRY,
    AgeTest,
    Aggregate,
    AnyOf,
    Compare,
    Condition,
    Effect,
    FactTest,
    FindingTest,
    GiveLeniency,
    Leaf,
    NoneOf,
    RecordState,
    RecordTest,
    RelatedTest,
    RelationMoment,
    Rule,
    Select,
    Value,
    Window,
    WithinTest,
    fold,
    fold_effect,
    fold_test,
)
from .titles import LENIENCIES, NO_RATING, PENALTY_KINDS, RELATIONS, SEVERITIES, SOURCES, STATES, SUBJECT_KINDS

_COMPARE = {Compare.LESS: "小于", Compare.AT_MOST: "不超过", Compare.MORE: "超过", Compare.AT_LEAST: "不少于"}
_COMPARE_DAY = {Compare.LESS: "早于", Compare.AT_MOST: "不晚于", Compare.MORE: "晚于", Compare.AT_LEAST: "不早于"}
_OPPOSITE = {
    Compare.LESS: Compare.AT_LEAST,
    Compare.AT_LEAST: Compare.LESS,
    Compare.AT_MOST: Compare.MORE,
    Compare.MORE: Compare.AT_MOST,
}
_FEN_PER_YUAN = 100
_FEN_PER_WAN = 1_000_000
_NO_TITLES: Mapping[str, str] = MappingProxyType({})


def value_in_words(fact: FactEntry, value: Value | None) -> str:
    """A fact's value in Chinese, with its unit."""
    if value is None:
        return "未知"
    if fact.type is FactType.FLAG:
        return "是" if value == 1 else "否"
    if fact.type is FactType.MONEY:
        return yuan(int(value))
    if fact.titles and value in fact.choices:
        return fact.titles[fact.choices.index(str(value))]
    return f"{value}{fact.unit}"


def choice_in_words(catalogue: Catalogue, fact: FactEntry, value: Value) -> str:
    """A value as rules name it: grades, levels and kinds of subject with their titles, round sums in 万元."""
    code = str(value)
    if fact.type is FactType.MONEY:
        return money_in_words(int(value))
    if fact.type is FactType.WHOLE:
        return f"{value} {fact.unit}" if fact.unit else code
    if fact.source is FactSource.GRADE and code in catalogue.grades:
        return f"{code}({catalogue.grades[code].title})"
    if fact.source is FactSource.LEVEL and code in catalogue.levels:
        return catalogue.levels[code].title
    if fact.source is FactSource.IDENTIFIER:
        return SUBJECT_KINDS.get(code, code)
    if fact.source is FactSource.RATING:
        return NO_RATING.get(code, code)
    return value_in_words(fact, value)


def yuan(fen: int) -> str:
    """Fen as yuan in Chinese: 6650 → 66.50 元."""
    sign = "-" if fen < 0 else ""
    return f"{sign}{abs(fen) // 100}.{abs(fen) % 100:02d} 元"


def grouped_yuan(fen: int) -> str:
    """The same with its thousands apart: 123456789 → 1,234,567.89 元."""
    return f"{'-' if fen < 0 else ''}{abs(fen) // 100:,}.{abs(fen) % 100:02d} 元"


def money_in_words(fen: int) -> str:
    """Fen as a bound is written: 500 万元, 66 元, 66.50 元."""
    if fen and fen % _FEN_PER_WAN == 0:
        return f"{fen // _FEN_PER_WAN} 万元"
    return yuan(fen) if fen % _FEN_PER_YUAN else f"{fen // _FEN_PER_YUAN} 元"


def test_in_words(
    catalogue: Catalogue, test: Leaf, titles: Mapping[str, str] = _NO_TITLES, *, holds: bool = True
) -> str:
    """One test of a condition in Chinese; where not `holds`, its opposite. `titles` are those of rules, by id."""
    return fold_test(
        test,
        fact=lambda one: _fact_test(catalogue, catalogue.facts[one.fact], one, holds=holds),
        age=lambda one: _age_test(catalogue, one, holds=holds),
        records=lambda one: _record_test(catalogue, one, holds=holds),
        related=lambda one: _related_test(catalogue, one, holds=holds),
        finding=lambda one: _finding_test(one, titles, holds=holds),
        within=lambda one: _within_test(catalogue, one, holds=holds),
        first=lambda one: ("" if holds else "不是") + first_in_words(one.definition),
    )


def _age_test(catalogue: Catalogue, test: AgeTest, *, holds: bool) -> str:
    period = f"{test.months} 个月" if test.months else f"{test.days} 日"
    return f"{catalogue.facts[test.fact].label}距今{'已' if holds else '未'}满 {period}"


def _finding_test(test: FindingTest, titles: Mapping[str, str], *, holds: bool) -> str:
    named = f"“{titles[test.rule]}”({test.rule})" if test.rule in titles else f" {test.rule} "
    return f"规则{named}{'成立' if holds else '不成立'}"


def _within_test(catalogue: Catalogue, test: WithinTest, *, holds: bool) -> str:
    what, since = catalogue.facts[test.fact].label, catalogue.facts[test.since].label
    if test.span == Span():
        return f"{what}{'不晚于' if holds else '晚于'}{since}"
    return f"{what}{'不晚于' if holds else '晚于'}{since}后 {span_in_words(test.span)}"


def span_in_words(span: Span) -> str:
    """A length of time in Chinese."""
    if span.months:
        return f"{span.months} 个月"
    return f"{span.working_days} 个工作日" if span.working_days else f"{span.days} 日"


def first_in_words(definition: FirstDefinition) -> str:
    """What counts as first, in Chinese."""
    window = _first_window(definition)
    organ = "由同一机关查处的" if definition.same_organ else ""
    area = "在本市" if definition.area is Area.CITY else ""
    kind = "违法" if definition.any_kind else "同类违法"
    return f"初次违法(此前{window}{area}没有{organ}{kind})"


def _first_window(definition: FirstDefinition) -> str:
    if definition.calendar_year is True:
        return "同一公历年度内"
    if definition.days is not UNSET:
        return f" {definition.days} 日内"
    return f" {definition.months} 个月内" if definition.months else ""


def correction_in_words(corrected: Correction) -> str:
    """What a list calls timely correction, in Chinese: any one of the ways."""
    ways = ["被发现以前自行改正"] if corrected.before_discovery else []
    ways += ["当场改正"] if corrected.on_the_spot else []
    ways += ["在责令的期限内改正"] if corrected.ordered else []
    ways += [f"自发现起 {span_in_words(corrected.within)}内改正"] if corrected.within else []
    return ", 或者".join(ways)


def _fact_test(catalogue: Catalogue, fact: FactEntry, test: FactTest, *, holds: bool) -> str:
    if test.compare is not Compare.IN:
        words = _COMPARE_DAY if fact.type is FactType.DAY else _COMPARE
        compare = test.compare if holds else _OPPOSITE[test.compare]
        return f"{fact.label}{words[compare]} {choice_in_words(catalogue, fact, test.values[0])}"
    if fact.type is FactType.FLAG and len(test.values) == 1:
        return f"{fact.label}: {'是' if (test.values[0] == 1) is holds else '否'}"
    values = [choice_in_words(catalogue, fact, value) for value in test.values]
    if len(values) == 1:
        return spaced(fact.label, "为" if holds else "不是", values[0])
    if not holds:
        return spaced(fact.label, "不属于", "、".join(values))
    return spaced(fact.label, "为", "、".join(values[:-1]), "或", values[-1])


def spaced(*parts: str) -> str:
    """Parts put together, with a blank where Chinese meets Latin letters or digits: 为 A 或 B."""
    text = ""
    for part in parts:
        text += f" {part}" if text and part and {_script(text[-1]), _script(part[0])} == {"latin", "chinese"} else part
    return text


def _script(letter: str) -> str:
    if letter.isascii():
        return "latin" if letter.isalnum() or letter == "-" else ""
    return "chinese" if letter.isalnum() else ""


def _record_test(catalogue: Catalogue, test: RecordTest, *, holds: bool) -> str:
    """A bound of one record reads as there being one or none."""
    bound = test.at_least if test.at_least is not None else (test.at_most or 0) + 1
    enough = holds is (test.at_least is not None)
    """Whether the sentence says that the bound is reached."""
    what = select_in_words(catalogue, test.select)
    if test.aggregate is not Aggregate.COUNT:
        summed = "罚没金额" if test.aggregate is Aggregate.AMOUNT else "罚款(不含没收)"
        return f"{what}, {summed}合计{_amount_bound(test, enough=enough)}"
    if bound == 1:
        return f"{'有' if enough else '没有'}{what}"
    return f"{what}不少于 {bound} 条" if enough else f"{what}不超过 {bound - 1} 条"


def _related_test(catalogue: Catalogue, test: RelatedTest, *, holds: bool) -> str:
    """Whose records, by the relation, and when it has to hold."""
    names = "、".join(RELATIONS[kind] for kind in test.kinds)
    now = test.moment is RelationMoment.NOW
    if test.of:
        who = f"由其担任{names}的主体" if now else f"在记录作出时由其担任{names}的主体"
    else:
        who = f"其现任{names}" if now else f"在记录作出时担任其{names}的主体"
    what = select_in_words(catalogue, test.select)
    if test.at_least == 1:
        return f"{who}{'有' if holds else '没有'}{what}"
    return f"{who}, {what}" + (f"不少于 {test.at_least} 条" if holds else f"不超过 {test.at_least - 1} 条")


def _amount_bound(test: RecordTest, *, enough: bool) -> str:
    if test.at_least is not None:
        return f"{'不少于' if enough else '小于'} {money_in_words(test.at_least)}"
    return f"{'超过' if enough else '不超过'} {money_in_words(test.at_most or 0)}"


def organ_in_words(catalogue: Catalogue, organ: str, region: str) -> str:
    """An organ's own name in a city whose records the registry holds; elsewhere what such organs are called."""
    entry = catalogue.organs[organ]
    own = any(code in catalogue.regions and catalogue.regions[code].covered for code in (region, f"{region[:4]}00"))
    return entry.title if own or not entry.elsewhere else entry.elsewhere


def select_in_words(catalogue: Catalogue, select: Select) -> str:
    """Which records are meant, in Chinese."""
    listed = bool(select.lists) or select.kinds == (LIST_ENTRY,)
    organs = "或".join(catalogue.organs[code].title for code in select.organs if code in catalogue.organs)
    if select.items_organ is True:
        organs = f"本事项的主管部门({organs})" if organs else "本事项的主管部门"
    window = "" if select.ban_running is True else _window(select.window)
    made = window + (f"由{organs}" if organs else "")
    qualities = [f"{made}{'列入' if listed else '作出'}"] if made else []
    qualities.append(_states(select.states))
    details = ["、".join(SEVERITIES.get(code, code) for code in select.severities)] if select.severities else []
    if select.each_at_least:
        details.append(f"每条罚没金额不少于 {money_in_words(select.each_at_least)}")
    details += _select_details(catalogue, select)
    return f"{'、'.join(qualities)}的{_records(catalogue, select)}" + (f"({'; '.join(details)})" if details else "")


def _select_details(catalogue: Catalogue, select: Select) -> Iterator[str]:
    """What is asked of a record that it may leave unsaid."""
    if select.penalty_kinds is not UNSET:
        yield "处罚种类含" + "或".join(PENALTY_KINDS[kind] for kind in select.penalty_kinds)
    if select.fine_each_at_least is not UNSET:
        yield f"每条罚款(不含没收)不少于 {money_in_words(select.fine_each_at_least)}"
    if select.items is not UNSET:
        titles = "或".join(f"“{catalogue.items[code].title}”" for code in select.items if code in catalogue.items)
        yield f"所涉许可就是本次申请的许可({titles})" if select.that_licence is True else f"所涉许可为{titles}"
    elif select.that_licence is True:
        yield "所涉许可就是本次申请的许可"
    if select.grounds is not UNSET:
        yield "列入事由为 " + "或 ".join(select.grounds)
    if select.ban_running is True:
        term = select.window
        years = "" if term is None else f"; 没有写明截止日的, 自决定之日起算 {_term(term)}"
        if select.open_ended is True:
            years = "; 没有写明截止日的一直有效"
        yield f"禁止期限未满{years}"


def _term(window: Window) -> str:
    return f"{window.months} 个月" if window.months else f"{window.days} 日"


def _window(window: Window | None) -> str:
    if window is None:
        return ""
    return f"近 {window.months} 个月内" if window.months else f"近 {window.days} 日内"


def _states(states: tuple[RecordState, ...]) -> str:
    names = [STATES[state] for state in STATES if state in states]
    return "不论" + "、".join(names[:-1]) + "还是" + names[-1] if len(names) == len(STATES) else "或".join(names)


def _records(catalogue: Catalogue, select: Select) -> str:
    if select.lists:
        names = "、".join(f"“{catalogue.lists[code].title}”" for code in select.lists)
        return f"名单记录(下列名单之一: {names})" if len(select.lists) > 1 else f"{names}记录"
    if not select.kinds:
        return "信用记录"
    titles = {code: kind.title for code, kind in catalogue.record_kinds.items()} | {LIST_ENTRY: "列入名单"}
    return "或".join(f"“{titles.get(code, code)}”" for code in select.kinds) + "记录"


def effect_in_words(catalogue: Catalogue, effect: Effect) -> str:
    """What a rule gives, in Chinese."""
    return fold_effect(
        effect,
        grade=lambda then: f"公共信用等级 {then.grade}",
        level=lambda then: f"监管等级 {catalogue.levels[then.level].title}",
        measure=lambda then: catalogue.measures[then.measure].title,
        leniency=lambda then: _leniency(catalogue, then),
        warning=lambda then: f"提示: {then.warning}",
    )


def _leniency(catalogue: Catalogue, then: GiveLeniency) -> str:
    listed = catalogue.exemption_lists.get(then.list)
    return LENIENCIES[then.leniency] + (f"({listed.title})" if listed else "")


_UNITS = {
    ParameterType.WHOLE: "",
    ParameterType.MONTHS: " 个月",
    ParameterType.DAYS: " 日",
    ParameterType.PERCENT: "%",
}


@dataclass(frozen=True, slots=True)
class ParameterWords:
    """A parameter that a rule uses, with its value on the rule's days."""

    code: str
    title: str
    value: str
    basis: tuple[Citation, ...]
    source: str
    """That it is the city's own practice; empty where it has a basis."""


def number_in_words(parameter: Parameter, value: int) -> str:
    """A value with its unit."""
    if parameter.type is ParameterType.MONEY:
        return money_in_words(value)
    return f"{value}{_UNITS[parameter.type]}"


def period_in_words(period: Period) -> str:
    """A period in words."""
    return f"{period.start} 至 {period.until}" if period.until else f"{period.start} 起"


def source_in_words(source: RestsOn | UnsetType) -> str:
    """That something is the city's own practice; empty where it is not."""
    return "" if source is UNSET else SOURCES[source]


def parameters_in_words(catalogue: Catalogue, rule: Rule) -> tuple[ParameterWords, ...]:
    """The parameters in a rule's condition. A version of a rule lies in one period of each of its parameters."""
    found = []
    for code in rule.parameters:
        parameter = catalogue.parameters[code]
        value = next(one for one in parameter.values if one.effective.holds_on(rule.effective.start))
        said = number_in_words(parameter, value.value)
        found.append(ParameterWords(code, parameter.title, said, value.basis, source_in_words(value.source)))
    return tuple(found)


ALWAYS = "不论什么情况(没有条件)"
_ALL, _ANY, _NONE = "以下各项都成立(且):", "以下任一项成立(或):", "以下各项都不成立(均不):"
_NOT_ALL = "以下各项不都成立:"


@dataclass(frozen=True, slots=True)
class ConditionLine:
    """One sentence of a condition, and the sentences that it heads, in writing order."""

    text: str
    parts: tuple[ConditionLine, ...] = ()


def condition_in_lines(catalogue: Catalogue, condition: Condition | None, titles: Mapping[str, str]) -> ConditionLine:
    """The whole condition. `titles` are those of rules, by id, for tests of findings."""
    if condition is None:
        return ConditionLine(ALWAYS)

    def lines(head: str, parts: tuple[Condition, ...]) -> ConditionLine:
        if len(parts) == 1:  # a group of one reads as that one
            return condition_in_lines(catalogue, parts[0], titles)
        return ConditionLine(head, tuple(condition_in_lines(catalogue, part, titles) for part in parts))

    return fold(
        condition,
        all_of=lambda parts: lines(_ALL, parts),
        any_of=lambda parts: lines(_ANY, parts),
        none_of=lambda parts: _opposite(catalogue, parts[0], titles) if len(parts) == 1 else lines(_NONE, parts),
        test=lambda test: ConditionLine(test_in_words(catalogue, test, titles)),
    )


def _opposite(catalogue: Catalogue, condition: Condition, titles: Mapping[str, str]) -> ConditionLine:
    """What a condition's opposite reads as: not "none of these" is at least one of them."""

    def not_all(parts: tuple[Condition, ...]) -> ConditionLine:
        if len(parts) == 1:
            return _opposite(catalogue, parts[0], titles)
        return ConditionLine(_NOT_ALL, tuple(condition_in_lines(catalogue, part, titles) for part in parts))

    return fold(
        condition,
        all_of=not_all,
        any_of=lambda parts: condition_in_lines(catalogue, NoneOf(parts=parts), titles),
        none_of=lambda parts: condition_in_lines(catalogue, AnyOf(parts=parts), titles),
        test=lambda test: ConditionLine(test_in_words(catalogue, test, titles, holds=False)),
    )


def numbered(line: ConditionLine, number: str = "") -> tuple[tuple[int, str, str], ...]:
    """Depth, number and text of a line and all below it; the parts of the top line have numbers 1, 2, 3.1 …"""
    depth = number.count(".") + 1 if number else 0
    own = ((depth, number, line.text),)
    start = f"{number}." if number else ""
    return own + tuple(
        entry for position, part in enumerate(line.parts, start=1) for entry in numbered(part, f"{start}{position}")
    )

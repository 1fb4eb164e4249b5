"""A stored receipt for people: its place and its explanation, in the order of the page."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Console
from rich.text import Text

from .._contract import (
    ExplainedBasis,
    ExplainedFact,
    ExplainedFinding,
    ExplainedLine,
    ExplainedObjection,
    ExplainedRemedy,
    FindingKind,
)
from ..titles import RECEIPT_PARTS
from ..values.receipts import Explanation, ReceiptResult
from .show import print_answer, print_level
from .show_leniency import print_leniency
from .words import day_words, printable

_KINDS = {
    FindingKind.GRADE: ("信用等级", "cyan"),
    FindingKind.LEVEL: ("监管等级", "cyan"),
    FindingKind.PROHIBITION: ("法律禁止", "bold red"),
    FindingKind.RESTRAINT: ("惩戒措施", "yellow"),
    FindingKind.INCENTIVE: ("激励措施", "green"),
    FindingKind.LENIENCY: ("免罚依据", "cyan"),
}


def print_receipt(console: Console, result: ReceiptResult, told: Explanation | None = None) -> None:
    """Its place in the chain, then what it means; without an explanation the answer, or what is stored."""
    console.print(Text(f"回执 {printable(result.receipt_id)}  {result.summary.issued_at.isoformat()}"))
    console.print(Text(f"链   {printable(result.chain)} 第 {result.number} 号"))
    console.print(Text(f"摘要 {printable(result.digest)}\n前项 {printable(result.previous_digest)}", style="dim"))
    for erased in result.erased:
        why = (
            f"{day_words(erased.erased_on)}, 依据: {printable(erased.ground)}, 删除回执 {printable(erased.receipt_id)}"
        )
        console.print(Text(f"{RECEIPT_PARTS[erased.part]}: 已依法删除({why})", style="bold"))
    if told is not None:
        print_explanation(console, told)
    elif result.check is not None:
        console.print()
        print_answer(console, result.check)
    elif result.level is not None:
        console.print()
        print_level(console, result.level)
    elif result.leniency is not None:
        console.print()
        print_leniency(console, result.leniency)
    else:
        console.print(Text(printable(result.canonical_json.decode())))


def print_explanation(console: Console, told: Explanation) -> None:
    """All of it."""
    several = len(told.subjects) > 1
    _heading(console, f"{told.kind_title}结果说明, 判断日 {day_words(told.as_of)}")
    _line(console, told.headline, style="bold")
    _list(console, "您现在可以做什么", told.next_steps, numbered=True)
    _lines(console, "问了什么", [*told.question, *_subjects(told.subjects)])
    _list(console, "已依法删除的内容", told.erased)
    if told.findings:
        _heading(console, "哪些规则起了作用")
        for finding in told.findings:
            _finding(console, finding, several=several)
    _list(console, "几条规则之间谁优先", told.precedence)
    _list(console, "还没有查清的情况", _missing(told))
    _list(console, "差一点就起作用的规则", _near_misses(told))
    _list(console, "当时知道什么, 从哪里来, 有多旧", (_fact(one, several=several) for one in told.known))
    _list(console, "怎样修复", (_remedy(one) for one in told.remedies))
    _lines(console, "接下来的程序", told.steps)
    _lines(console, "部门后来怎样办的", told.reports)
    if told.objections:
        _heading(console, "不服怎么办")
        for objection in told.objections:
            _objection(console, objection)
    _list(console, "用到的数据", _sources(told))
    _list(console, "说明", told.notes)


def _subjects(subjects: tuple[str, ...]) -> list[ExplainedLine]:
    if len(subjects) == 1:
        return [ExplainedLine("被查询的主体", subjects[0])]
    return [ExplainedLine(f"主体 {number}", subject) for number, subject in enumerate(subjects, start=1)]


def _subject(index: int | None) -> str:
    return "" if index is None else f"主体 {index + 1}"


def _finding(console: Console, one: ExplainedFinding, *, several: bool) -> None:
    kind, style = _KINDS.get(one.kind, (one.kind, ""))
    whom = f"({_subject(one.subject_index)})" if several else ""
    duty = f"({one.duty})" if one.duty else ""
    aside = "" if one.applies else " 没有采用"
    console.print(Text.assemble((f"[{kind}]", style), printable(f" {one.title}{duty}{whom}{aside}")), soft_wrap=True)
    if one.instruction:
        _line(console, f"  怎么办: {one.instruction}")
    if one.until_on is not None:
        _line(console, f"  到 {one.until_on} 为止(含当天), 情况不变的话")
    for evidence in one.evidence:
        _line(console, f"  因为: {evidence}")
    for rule in one.rules:
        _line(console, f"  规则: {rule.rule.title}({rule.rule.code}){'' if rule.counts else ' 也成立, 没有采用'}")
        for point in rule.condition:
            number = f"{point.number}. " if point.number else ""
            _line(console, f"    {'  ' * point.depth}{number}{point.text}")
    _basis(console, one.basis)


def _missing(told: Explanation) -> Iterable[str]:
    for one in told.undetermined:
        yield f"{one.label}: {one.reason}" + (f", 由{one.supplier}提供" if one.supplier else "")


def _near_misses(told: Explanation) -> Iterable[str]:
    for one in told.near_misses:
        gap = f", {one.gap}" if one.gap else ""
        rule = f"{one.rule.title}({one.rule.code})"
        yield f"{rule}: 要求 {one.condition}; 实际 {one.found}{gap}; 成立的话: {one.would_give}"


def _fact(one: ExplainedFact, *, several: bool) -> str:
    whom = f"{_subject(one.subject_index)}: " if several else ""
    age = f", {one.data_on}({one.age_days} 天前)" if one.data_on is not None else ""
    counted = ", ".join(part for part in ("" if one.counted else "不算", one.note) if part)
    detail = f": {one.detail}" if one.detail else ""
    return f"{whom}{one.what}{detail}{age}, 来源: {one.source}" + (f"; {counted}" if counted else "")


def _sources(told: Explanation) -> Iterable[str]:
    for one in told.sources:
        if one.data_on is None:
            yield f"{one.title}: 从未送来"
        else:
            old = ", 太旧, 不能依靠" if one.stale else ""
            yield f"{one.title}: 截至 {one.data_on}({one.age_days} 天前, 最长 {one.max_age_days} 天){old}"


def _remedy(one: ExplainedRemedy) -> str:
    first = f"最早 {one.earliest_on} 可以申请" if one.earliest_on is not None else "满足条件就可以申请"
    parts = [first if one.repairable else "现在不能修复", one.condition, one.where]
    until = f"不修复的话算到 {one.ends_on}" if one.ends_on is not None else ""
    how = "; ".join(part for part in (*parts, until) if part)
    return f"{one.record or one.ends}: {how}" + (f" (影响: {one.ends})" if one.record else "")


def _objection(console: Console, one: ExplainedObjection) -> None:
    _line(console, one.objection.title, style="bold")
    _line(console, f"  {one.text}")
    _line(console, f"  向谁提出: {one.where}; 期限: {one.period}")
    if one.last_on is not None:
        _line(console, f"  最后一天: {one.last_on}", style="bold")
    if one.note:
        _line(console, f"  {one.note}")
    _basis(console, one.basis)


def _basis(console: Console, basis: Iterable[ExplainedBasis]) -> None:
    for one in basis:
        number = f"({one.number})" if one.number else ""
        title = one.title.replace("《", "〈").replace("》", "〉")
        _line(console, f"  依据: 《{title}》{number}{one.article}{'' if one.verified else ' 待核实'}", style="dim")


def _heading(console: Console, title: str) -> None:
    console.print()
    _line(console, title, style="bold underline")


def _line(console: Console, text: str, *, style: str = "") -> None:
    console.print(Text(printable(text), style=style), soft_wrap=True)


def _list(console: Console, title: str, lines: Iterable[str], *, numbered: bool = False) -> None:
    found = list(lines)
    if found:
        _heading(console, title)
    for number, line in enumerate(found, start=1):
        _line(console, f"{number}. {line}" if numbered else f"- {line}")


def _lines(console: Console, title: str, lines: Iterable[ExplainedLine]) -> None:
    _list(console, title, [f"{line.label}: {line.text}" if line.text else line.label for line in lines])

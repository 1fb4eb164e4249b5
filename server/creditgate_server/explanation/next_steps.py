"""What the subject can do now, in a few sentences: the most useful first."""

from __future__ import annotations

from collections.abc import Iterator

from .values import Explanation, Remedy

_FIRST = 3
"""So many sentences of each sort: the rest is below."""


def next_steps(explanation: Explanation) -> tuple[str, ...]:
    """In sentences."""
    return (*_supply(explanation), *_repair(explanation), *_object(explanation))


def _supply(explanation: Explanation) -> Iterator[str]:
    for one in list(dict.fromkeys((missing.supplier, missing.label) for missing in explanation.missing))[:_FIRST]:
        supplier, label = one
        yield f"还要查清: {label}" + (f"(由{supplier}提供)" if supplier else "")


def _repair(explanation: Explanation) -> Iterator[str]:
    for one in explanation.remedies[:_FIRST]:
        yield _remedy(one, explanation.day)


def _remedy(remedy: Remedy, day: str) -> str:
    what = f"修复“{remedy.record}”, 解除“{remedy.ends}”" if remedy.record else f"解除“{remedy.ends}”"
    until = f"; 不修复的话, 算到 {remedy.ends_on}" if remedy.ends_on else ""
    if not remedy.repairable:
        return f"“{remedy.record or remedy.ends}”: 现在不能修复, {remedy.condition}{until}"
    later = remedy.earliest_on > day
    when = f"最早 {remedy.earliest_on} 可以申请" if later else "满足条件就可以申请"
    how = f", 条件: {remedy.condition}" if remedy.condition else ""
    where = f", 办理: {remedy.where}" if remedy.where else ""
    return f"{what}: {when}{how}{where}{until}"


def _object(explanation: Explanation) -> Iterator[str]:
    for one in explanation.objections:
        if one.last_day:
            yield f"{one.title}: 向{one.where}提出, 最后一天 {one.last_day}(按决定当天知道计算)"
    if explanation.objections and not any(one.last_day for one in explanation.objections):
        yield "认为信用记录有错或者不服部门的决定, 可以提出异议、申请行政复议或者起诉: 见“不服怎么办”"

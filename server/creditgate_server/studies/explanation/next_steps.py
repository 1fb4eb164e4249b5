"""What the subject can do now, in a few sentences: the most useful first."""

from __future__ import annotations

from collections.abc import Iterator

from ...judging.kinds import KINDS
from .values import Explanation, RemedySaid

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


def _remedy(remedy: RemedySaid, day: str) -> str:
    what = remedy.record or remedy.ends
    if not remedy.repairable:
        until = f"; 算到 {remedy.ends_on}, 次日起不再算" if remedy.ends_on else ""
        return f"“{what}”现在不能修复: {remedy.condition}{until}"
    later = remedy.earliest_on > day
    when = f"最早 {remedy.earliest_on} 可以申请" if later else "满足条件就可以申请"
    where = f", 办理: {remedy.where}" if remedy.where else ""
    how = f"。条件: {remedy.condition}" if remedy.condition else ""
    until = f"。不修复的话, 算到 {remedy.ends_on}" if remedy.ends_on else ""
    return f"修复“{what}”: {when}{where}{how}{until}"


def _object(explanation: Explanation) -> Iterator[str]:
    started = [one for one in explanation.objections if one.note]
    for one in started:
        until = f"最后一天 {one.last_day}(按决定当天知道计算)" if one.last_day else f"{one.period}, 见“不服怎么办”"
        yield f"{one.title}: 向{one.where}提出, {until}"
    if started or not explanation.objections:
        return
    kind = KINDS.get(explanation.kind)
    if kind is None or kind.reporting is not None:  # a decision of the organ follows
        yield "认为信用记录有错或者不服部门的决定, 可以提出异议、申请行政复议或者起诉: 见“不服怎么办”"
    else:
        yield "认为信用记录有错的, 可以提出异议: 见“不服怎么办”"

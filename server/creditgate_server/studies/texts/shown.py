"""The comparison with the texts in Chinese: lines for the terminal, and a table of counts by rank."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ...rulebook.catalogue import Rank
from ...rulebook.titles import RANKS
from .findings import WRONG, CitationState, Disagreement, TextComparison, TextFinding

KINDS = {
    Disagreement.MISSING: "没有这一条款",
    Disagreement.CHANGED: "文本变了",
    Disagreement.ENDED: "不在有效期",
    Disagreement.NUMBER: "数字不符",
    Disagreement.NOT_AT_HAND: "原文不在手边",
    Disagreement.LOOSE: "不够具体",
}


@dataclass(frozen=True, slots=True)
class Count:
    """Citations of instruments of one rank."""

    rank: str
    citations: int
    at_hand: int
    """The text of the cited article is in the folder."""
    verified: int
    wrong: int


def counts(compared: TextComparison) -> tuple[Count, ...]:
    """By rank, the highest first, and all together."""
    found = []
    for rank in Rank:
        of_rank = [one for one in compared.citations if one.rank is rank]
        if of_rank:
            found.append(_count(RANKS[rank], of_rank))
    return (*found, _count("合计", list(compared.citations)))


def _count(name: str, states: list[CitationState]) -> Count:
    return Count(
        name,
        len(states),
        sum(one.at_hand for one in states),
        sum(one.verified for one in states),
        sum(one.wrong for one in states),
    )


def line(finding: TextFinding) -> str:
    """One finding: its place, its kind, what and what to do."""
    fault = finding.fault
    hint = f" → {fault.hint}" if fault.hint else ""
    place = f"{fault.file}:{fault.line}:{fault.column}"
    return f"{place}: {KINDS[finding.kind]}: {fault.message} [{fault.rule}]{hint}"


def summary(compared: TextComparison) -> Iterator[str]:
    """Counts by rank and by kind."""
    for one in counts(compared):
        yield (
            f"{one.rank}: 引用 {one.citations} 处, 原文在手边 {one.at_hand} 处, "
            f"已核实 {one.verified} 处({_percent(one.verified, one.citations)}), 错误 {one.wrong} 处"
        )
    kinds = {kind: sum(one.kind is kind for one in compared.findings) for kind in Disagreement}
    yield "; ".join(f"{KINDS[kind]} {number} 处" for kind, number in kinds.items())
    if compared.unknown:
        yield f"文本 {compared.texts} 份; 目录里没有用到的 {len(compared.unknown)} 份: {'、'.join(compared.unknown)}"
    wrong = sum(one.kind in WRONG for one in compared.findings)
    yield "规则库与文本没有不符" if compared.sound else f"规则库与文本有 {wrong} 处不符"


def _percent(part: int, whole: int) -> str:
    return f"{100 * part // whole}%" if whole else "0%"

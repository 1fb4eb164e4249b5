"""A rejudgement as lines of text, and as one page of HTML that needs nothing else and prints on paper."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from ...decision.moves import Move
from ...decision.question import Inquiry
from ...judging.kinds import KINDS, TITLES, facts_of, kind_of
from ...pages.rendering import rendered
from .rejudge import JudgedSide, Rejudgement

TITLE = "重新判断对照"
SIDES = ("当时", "重新判断")
_BY = ("结论", "规则集", "依据的情况", "判断日")


def question_lines(question: Inquiry[Any]) -> Iterator[str]:
    """What was asked."""
    yield f"部门 {question.organ or '(未指明)'}"
    yield from kind_of(question).asked(question)
    for name, value in sorted(facts_of(question).items()):
        yield f"申报事实 {name} = {value}"
    yield f"用途 {question.purpose}"


def side_lines(rejudged: Rejudgement, answer: JudgedSide) -> tuple[str, ...]:
    """What one answer was reached by, and what it comes to."""
    return (_headline(rejudged, answer), answer.rule_set, f"{answer.knowledge}所知", answer.day.isoformat())


def verdict(rejudged: Rejudgement) -> str:
    """In one sentence."""
    if rejudged.same:
        return "两次结论逐字节相同(规则集摘要除外)"
    if not rejudged.moves:
        return "结论、等级和措施相同, 只有文字或依据的情况不同"
    then, now = _headline(rejudged, rejudged.then), _headline(rejudged, rejudged.now)
    return f"结论由“{then}”变为“{now}”" if then != now else f"结论仍为“{now}”, 内容有 {len(rejudged.moves)} 处不同"


def _headline(rejudged: Rejudgement, answer: JudgedSide) -> str:
    return KINDS[rejudged.kind].headline(answer.decision)


def text(rejudged: Rejudgement) -> str:
    """Lines for a terminal."""
    return "\n".join(_lines(rejudged))


def page(rejudged: Rejudgement) -> str:
    """The whole page."""
    return rendered(
        "rejudgement.html.j2",
        it=rejudged,
        title=TITLE,
        sides=SIDES,
        what=_what(rejudged),
        verdict=verdict(rejudged),
        question=tuple(question_lines(rejudged.question)),
        both=tuple(zip(_BY, *(side_lines(rejudged, one) for one in (rejudged.then, rejudged.now)), strict=True)),
    )


def _what(rejudged: Rejudgement) -> str:
    return f"{TITLES[rejudged.kind]}回执 {rejudged.receipt}, {rejudged.issued_at}"


def _lines(rejudged: Rejudgement) -> Iterator[str]:
    yield f"{TITLE}: {_what(rejudged)}"
    yield from (f"  {line}" for line in question_lines(rejudged.question))
    yield ""
    for side, answer in zip(SIDES, (rejudged.then, rejudged.now), strict=True):
        what, rules, known, day = side_lines(rejudged, answer)
        yield f"{side}: {what}"
        yield f"  规则集 {rules}"
        yield f"  按{known}的情况, 判断日 {day}"
    yield ""
    yield verdict(rejudged)
    yield from _move_lines("变化", rejudged.moves)
    yield from _move_lines("所知的变化", rejudged.known)
    if rejudged.left_out:
        yield f"重新判断时没有用到的申报事实: {'、'.join(rejudged.left_out)}"


def _move_lines(title: str, moves: Iterable[Move]) -> Iterator[str]:
    for number, move in enumerate(moves):
        if number == 0:
            yield f"{title}:"
        yield f"  {move.what}{f'({move.subject})' if move.subject else ''}"
        yield f"    {SIDES[0]}: {move.then}"
        yield f"    {SIDES[1]}: {move.now}"

"""`outcomes`: report what was done about a receipt, see what is open, follow an organ, count by rule."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import Annotated, TypeVar

import typer

from .. import limits
from .._contract import ApprovalResult, DepartureReason, PenaltyKind, PenaltyResult, WatchEvent
from ..errors import invalid
from ..values.outcomes import MeasureDone, OutcomeEvent, PenaltyDecision
from . import options
from .asked import fen_asked
from .command import Call, asks
from .show_outcomes import print_event, print_outcome, print_pending, print_reported, print_statistics

outcomes = typer.Typer(name="outcomes", help="反馈: 核查和免罚的结论办得怎样。")

_REASONS = "、".join(DepartureReason)

Post = Annotated[str, typer.Option("--post", metavar="岗位", help="作出决定的岗位, 不写姓名")]
SomeOrgan = Annotated[str, typer.Option("--organ", metavar="代码", help="部门代码; 不给: 调用方的所有部门")]
Code = TypeVar("Code", bound=str)


@asks(outcomes, "report")
def report(
    call: Call,
    receipt: options.Receipt,
    post: Post,
    result: Annotated[str, typer.Option("--result", metavar="结果", help="核查: " + "、".join(ApprovalResult))] = "",
    penalty: Annotated[str, typer.Option("--penalty", metavar="结果", help="免罚: " + "、".join(PenaltyResult))] = "",
    applied: Annotated[
        list[str] | None, typer.Option("--applied", metavar="措施[@主体]", help="已适用的措施; 可多次")
    ] = None,
    not_applied: Annotated[
        list[str] | None,
        typer.Option(
            "--not-applied", metavar="措施[@主体]=理由[:说明]", help=f"未适用的措施; 理由: {_REASONS}; 可多次"
        ),
    ] = None,
    kind: Annotated[
        list[str] | None,
        typer.Option("--kind", metavar="种类", help="处罚种类: " + "、".join(PenaltyKind) + "; 可多次"),
    ] = None,
    fine: Annotated[str, typer.Option("--fine", metavar="元", help="罚款, 例如 5000 或 66.50")] = "0",
    reason: Annotated[str, typer.Option("--reason", metavar="理由[:说明]", help="处罚决定与免罚结论不一致的理由")] = "",
    on: Annotated[str | None, options.a_day("--on", "决定日期, 默认今天")] = None,
    note: options.Note = "",
    request_id: options.RequestId = None,
) -> None:
    """反馈一份回执: 办理结果, 每项应当适用的措施已适用, 或未适用的理由。"""
    if bool(result) == bool(penalty):
        raise invalid("须给出一个办理结果", "核查用 --result, 免罚用 --penalty", "result")
    decided = _code(ApprovalResult, result, "result") if result else _decision(penalty, kind or (), fine, reason)
    measures = [_done(text, None, "applied") for text in applied or ()]
    measures += [_left(text) for text in not_applied or ()]
    call.tell(
        call.client.report_outcome(
            receipt,
            result=decided,
            post=post,
            measures=measures,
            decided_on=on,
            note=note,
            request_id=request_id,
        ),
        print_reported,
    )


@asks(outcomes, "withdraw")
def withdraw(
    call: Call,
    receipt: options.Receipt,
    post: Post,
    reason: Annotated[str, typer.Option("--reason", metavar="文字", help="撤回的原因, 不写个人信息")],
    request_id: options.RequestId = None,
) -> None:
    """撤回一份回执已有的反馈; 原反馈保留, 回执重新待反馈。"""
    call.tell(call.client.withdraw_report(receipt, reason=reason, post=post, request_id=request_id), print_reported)


@asks(outcomes, "show")
def show(call: Call, receipt: options.Receipt) -> None:
    """一份回执的反馈: 现状和每一次修订。"""
    call.tell(call.client.outcome(receipt), print_outcome)


@asks(outcomes, "pending", timeout="30")
def pending(
    call: Call,
    organ: SomeOrgan = "",
    item: Annotated[str, typer.Option("--item", metavar="代码", help="事项代码")] = "",
    overdue: Annotated[bool, typer.Option("--overdue", help="只列逾期的")] = False,
    limit: Annotated[int, typer.Option("--limit", metavar="条", min=1, max=limits.MOST_RECEIPTS, help="每页条数")] = 50,
    cursor: Annotated[str, typer.Option("--cursor", metavar="标记", help="上一页给出的标记")] = "",
) -> None:
    """列出待反馈和逾期未反馈的回执, 最早的在前。"""
    page = call.client.pending(organ=organ, item=item, overdue=overdue, limit=limit, cursor=cursor)
    call.tell(page, partial(print_pending, first=not cursor))


@asks(outcomes, "watch", timeout="60")
def watch(
    call: Call,
    organ: options.Organ,
    cursor_file: Annotated[
        Path | None, typer.Option("--cursor-file", metavar="文件", help="从文件中的标记接着听, 每件之后写回")
    ] = None,
    once: Annotated[bool, typer.Option("--once", help="听完现有的就结束")] = False,
) -> None:
    """接收一个部门的回执: 新的待反馈、逾期、反馈和撤回; 断线后接着听。"""
    for event in call.client.watch(organ, cursor=_kept(cursor_file), patience=call.seconds):
        if event.event is not WatchEvent.CAUGHT_UP:
            call.tell(event, print_event)
        _keep(cursor_file, event)
        if once and event.event is WatchEvent.CAUGHT_UP:
            return


@asks(outcomes, "statistics", timeout="60")
def statistics(
    call: Call,
    organ: SomeOrgan = "",
    rule: Annotated[str, typer.Option("--rule", metavar="编号", help="只统计一条规则")] = "",
    since: Annotated[str | None, options.a_day("--since", "回执日期不早于, 默认三十日前")] = None,
    until: Annotated[str | None, options.a_day("--until", "回执日期不晚于, 默认今天")] = None,
) -> None:
    """按规则统计: 应适用、已适用、未适用及理由、没有说明。"""
    call.tell(call.client.outcome_statistics(organ=organ, rule=rule, since=since, until=until), print_statistics)


# -- words of the command line --------------------------------------------------------------------------------------


def _decision(penalty: str, kinds: Iterable[str], fine: str, reason: str) -> PenaltyDecision:
    code, _, words = reason.partition(":")
    return PenaltyDecision(
        result=_code(PenaltyResult, penalty, "penalty"),
        kinds=tuple(_code(PenaltyKind, kind, "kind") for kind in kinds),
        fine_fen=fen_asked(fine, "fine"),
        reason=_code(DepartureReason, code, "reason") if code else None,
        words=words.strip(),
    )


def _left(text: str) -> MeasureDone:
    named, equals, why = text.partition("=")
    if not equals:
        hint = "写成 措施=理由[:说明], 例如 no-priority=repaired; 可以适用的措施可只写说明: 措施=:说明"
        raise invalid(f"未适用的措施写法不符: {text!r}", hint, "not-applied")
    code, _, words = why.partition(":")
    reason = _code(DepartureReason, code, "not-applied") if code else None
    return _done(named, reason, "not-applied", applied=False, words=words.strip())


def _done(
    text: str, reason: DepartureReason | None, field: str, *, applied: bool = True, words: str = ""
) -> MeasureDone:
    measure, at, subject = text.strip().partition("@")
    if at and not (subject.isascii() and subject.isdecimal()):
        raise invalid(f"主体写法不符: {text!r}", "写成 措施@主体的序号, 第一个主体为 1", field)
    if at and int(subject) < 1:
        raise invalid(f"没有第 {subject} 个主体", "第一个主体为 1", field)
    number = int(subject) - 1 if at else None
    return MeasureDone(measure, applied=applied, reason=reason, words=words, subject=number)


def _code(kind: type[Code], text: str, field: str) -> Code:
    known = [str(one) for one in kind]  # type: ignore[attr-defined]
    if text not in known:
        raise invalid(f"不认识的代码 {text!r}", "可用: " + "、".join(known), field)
    return kind(text)


def _kept(path: Path | None) -> str:
    if path is None or not path.exists():
        return ""
    try:
        return path.read_text("ascii").strip()
    except (OSError, UnicodeDecodeError) as fault:
        raise invalid(f"读不到标记文件 {path}", "请核对路径和内容, 或删去它从头听起", "cursor-file") from fault


def _keep(path: Path | None, event: OutcomeEvent) -> None:
    """Whole or not at all: a cursor that is cut off would be none."""
    if path is None:
        return
    beside = path.with_name(path.name + ".new")
    try:
        beside.write_text(event.cursor, "ascii")
        beside.replace(path)
    except OSError as fault:
        raise invalid(f"写不了标记文件 {path}: {fault.strerror}", "请核对路径和权限", "cursor-file") from fault

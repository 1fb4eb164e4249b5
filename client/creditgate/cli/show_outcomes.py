"""Outcomes for people: what was reported, what is open, events, counts by rule."""

from __future__ import annotations

from rich.console import Console
from rich.text import Text

from .._contract import (
    FollowedReceipt,
    FollowUpState,
    OutcomeStatistics,
    Override,
    PendingPage,
    ReportResult,
    WatchEvent,
)
from ..titles import EVENTS, FOLLOW_UP_STATES, PENALTIES, REASONS, RESULTS
from ..values.outcomes import MeasureDone, OutcomeEvent, OutcomeResult, PenaltyDecision, Revision
from .show import print_lines, table_of
from .words import day_words, duty_words, printable, yuan_words

_STATES = {
    FollowUpState.NOT_NEEDED: "dim",
    FollowUpState.OPEN: "bold cyan",
    FollowUpState.OVERDUE: "bold red",
    FollowUpState.SETTLED: "bold green",
    FollowUpState.SETTLED_BY_LATER: "green",
}
_EVENTS = {
    WatchEvent.NEEDED: "bold cyan",
    WatchEvent.OVERDUE: "bold red",
    WatchEvent.REPORTED: "bold green",
    WatchEvent.WITHDRAWN: "bold yellow",
}
"""Styles; the words are in `titles`."""


def print_reported(console: Console, result: ReportResult) -> None:
    """A report or a withdrawal that is durable."""
    due = f"  期限 {result.due_on}" if result.due_on else ""
    line = Text.assemble(f"第 {result.revision} 次修订  ", state_words(result.state), due)
    if result.late:
        line.append("  逾期反馈", "bold yellow")
    console.print(line)
    print_lines(console, "与结论不一致", [_override(one) for one in result.overrides], "yellow")
    console.print(
        Text.assemble(
            "回执 ", (printable(result.receipt.receipt_id), "bold"), (f"  {printable(result.receipt.digest)}", "dim")
        )
    )


def print_outcome(console: Console, result: OutcomeResult) -> None:
    """A receipt with every revision."""
    _print_receipt(console, result.receipt)
    if not result.revisions:
        console.print(Text("还没有反馈"))
    for revision in result.revisions:
        _print_revision(console, revision)


def print_pending(console: Console, page: PendingPage, *, first: bool) -> None:
    """A page of what is open."""
    if first:
        console.print(Text.assemble(f"待反馈 {page.open} 份, 其中逾期 ", (f"{page.overdue}", "bold red"), " 份"))
    if page.receipts:
        names = ("期限", "状态", "部门", "事项", "办件号", "结论", "措施", "回执")
        table = table_of(*names, whole=("期限", "回执"))
        for receipt in page.receipts:
            table.add_row(*_row(receipt))
        console.print(table)
    if page.next:
        console.print(Text(f"下一页: --cursor {printable(page.next)}"), soft_wrap=True)


def print_event(console: Console, event: OutcomeEvent) -> None:
    """One event, on one line."""
    line = Text.assemble((EVENTS[event.event], _EVENTS.get(event.event, "")))
    if event.revision is not None and event.revision.result:
        line.append(f"  {RESULTS.get(event.revision.result, event.revision.result)}")
    receipt = event.receipt
    if receipt is not None:
        due = f"  期限 {receipt.due_on}" if receipt.due_on else ""
        line.append(printable(f"  {receipt.id}  {receipt.item} {receipt.case_number}  {receipt.answer_title}{due}"))
    console.print(line, soft_wrap=True)


def print_statistics(console: Console, result: OutcomeStatistics) -> None:
    """Counts of receipts, then of rules."""
    console.print(Text(f"{result.since} 至 {result.until} 的回执"))
    console.print(
        Text(
            f"须反馈 {result.receipts}: 已反馈 {result.settled}(逾期反馈 {result.settled_late}), "
            f"由后一次核查反馈 {result.settled_by_later}, 待反馈 {result.open}(逾期 {result.overdue}); "
            f"无需反馈而反馈 {result.volunteered}"
        )
    )
    if not result.rules:
        return
    counts = ("给出", "应当", "已适用", "未适用", "没有说明", "不一致", "违反禁止")
    table = table_of("规则", *counts, "未适用的理由", whole=counts, right=counts)
    for rule in result.rules:
        reasons = "、".join(f"{one.title} {one.count}" for one in rule.reasons)
        numbers = (rule.ordered, rule.mandatory, rule.applied, rule.not_applied, rule.silent)
        table.add_row(
            Text.assemble(printable(rule.title), (f"\n{printable(rule.rule)}", "dim")),
            *(str(number) for number in numbers),
            Text(str(rule.overrides), "bold yellow" if rule.overrides else ""),
            Text(str(rule.against_prohibition), "bold red" if rule.against_prohibition else ""),
            printable(reasons),
        )
    console.print(table)


def state_words(state: FollowUpState) -> Text:
    """Where a receipt stands, in Chinese."""
    return Text(FOLLOW_UP_STATES[state], _STATES[state])


def _print_receipt(console: Console, receipt: FollowedReceipt) -> None:
    due = f"  期限 {receipt.due_on}" if receipt.due_on else ""
    progress = "  办理中" if receipt.in_progress else ""
    console.print(
        Text.assemble("回执 ", (printable(receipt.id), "bold"), "  ", state_words(receipt.state), due, progress)
    )
    console.print(Text(printable(f"办件 {receipt.organ} {receipt.item} {receipt.case_number}  {receipt.answer_title}")))
    if receipt.erased:
        console.print(Text("内容已依法删除", style="magenta"))
    lines = [
        f"{'不予' if one.prohibits else duty_words(one.duty)} {one.title}({one.measure})"
        + (f" 主体{one.subject + 1}" if one.subject else "")
        for one in receipt.measures
    ]
    print_lines(console, "措施", lines)


def _print_revision(console: Console, revision: Revision) -> None:
    mark = "  现行" if revision.counts else ""
    late = "  逾期" if revision.late else ""
    what = "撤回" if revision.withdrawal else RESULTS.get(revision.result, revision.result)
    head = f"第 {revision.number} 次  {what}  {day_words(revision.decided_on)}  {revision.post}{late}{mark}"
    console.print(Text(printable(head), style="bold" if revision.counts else ""))
    if revision.erased:
        console.print(Text("    内容已依法删除", style="magenta"))
    lines = [_done(one) for one in revision.measures]
    if revision.penalty is not None:
        lines += _penalty(revision.penalty)
    if revision.note:
        lines.append(revision.note)
    for line in lines:
        console.print(Text(f"    {printable(line)}"))
    for override in revision.overrides:
        console.print(Text(f"    与结论不一致: {printable(_override(override))}", style="yellow"))
    console.print(Text(printable(f"    {revision.receipt.receipt_id}  {revision.caller}"), style="dim"))


def _row(receipt: FollowedReceipt) -> tuple[Text, ...]:
    state = state_words(receipt.state)
    if receipt.in_progress:
        state.append(" 办理中", "")
    measures = "\n".join(
        f"{'不予' if one.prohibits else duty_words(one.duty)} {printable(one.title)}" for one in receipt.measures
    )
    return (
        Text(day_words(receipt.due_on)),
        state,
        Text(printable(receipt.organ)),
        Text(printable(receipt.item)),
        Text(printable(receipt.case_number)),
        Text(printable(receipt.answer_title)),
        Text("内容已依法删除" if receipt.erased else measures),
        Text(printable(receipt.id), style="dim"),
    )


def _done(done: MeasureDone) -> str:
    subject = f" 主体{done.subject + 1}" if done.subject else ""
    if done.applied:
        return f"已适用 {done.measure}{subject}"
    why = "; ".join(part for part in (REASONS.get(done.reason or "", ""), done.words) if part)
    return f"未适用 {done.measure}{subject}: {why}"


def _penalty(decision: PenaltyDecision) -> list[str]:
    lines = []
    if decision.kinds:
        lines.append("处罚 " + "、".join(PENALTIES.get(kind, kind) for kind in decision.kinds))
    if decision.fine_fen:
        lines.append(f"罚款 {yuan_words(decision.fine_fen)}")
    why = "; ".join(part for part in (REASONS.get(decision.reason or "", ""), decision.words) if part)
    return [*lines, f"理由 {why}"] if why else lines


def _override(override: Override) -> str:
    subject = f" 主体{override.subject + 1}" if override.subject else ""
    against = "(法律禁止准予)" if override.against_prohibition else ""
    title = override.rule_title or override.rule
    return f"{override.title}({override.measure}){subject}{against}: {override.reason_title}; 规则 {title}"

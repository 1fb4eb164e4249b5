"""OutcomeService: unpack, put to the answer, write, pack."""

from __future__ import annotations

import threading
import time
from collections.abc import Generator
from datetime import datetime

from creditgate.limits import LONGEST_CODE
from creditgate.v1 import outcomes_pb2

from ..clock import legal_day
from ..decision.outcome.cursors import LedgerPlace, WatchCursor, decode, encode
from ..decision.outcome.reporting import findings
from ..decision.outcome.standing import Deadlines
from ..decision.outcome.values import OUTCOME, RETRACTED, AnswerDuties, Findings, Report, Said
from ..decision.parts import canonical
from ..errors import Erased, InvalidQuestion, NotReady, UnknownThing, WrongState
from ..judging.kinds import KINDS
from ..ledger import trace
from ..ledger.figures import figures
from ..ledger.pending import LoopReceipt, PendingFilter, find, history, pending, told_about, totals
from ..ledger.receipt import Draft, Receipt
from ..ledger.stream import StreamStep, begin, quiet, step
from . import metrics
from .callers import Caller
from .calls import Call
from .fields import require_id, shown
from .following import PAGE, StreamTurns
from .gate import Gate
from .in_force import RulesAtHand
from .pack_outcomes import STATES, OutcomePacker, of_receipt, overrides, pack_figures, stamp
from .unpack import require_organ
from .unpack_outcomes import (
    Submission,
    page_size,
    period_asked,
    receipt_asked,
    unpack_report,
    unpack_withdrawal,
)

Events = Generator[outcomes_pb2.WatchResponse, None, None]

HEARTBEAT_SECONDS = 15.0
MOST_CLOCK_SECONDS = 5.0
"""A revision waits until its instant is behind that of the one before, where another machine's clock is ahead; no
longer than this."""


class Outcomes:
    """The service."""

    SERVICE = outcomes_pb2.DESCRIPTOR.services_by_name["OutcomeService"]
    QUICK = frozenset[str]()

    def __init__(self, gate: Gate) -> None:
        self._gate = gate
        self._counting = threading.Lock()
        self._following = StreamTurns(gate.store, gate.now, lambda: gate.calls.running > 0)

    def report(self, request: outcomes_pb2.ReportRequest, call: Call) -> outcomes_pb2.ReportResponse:
        """Take a report on a receipt."""
        asked = unpack_report(request, self._gate.now())
        followed, called_for = self._reportable(call.caller, asked.said.about)
        assert isinstance(asked.said, Report)
        report, found = findings(asked.said, called_for)
        receipt = self._write(call.caller, followed.receipt, asked, report, found, report.result.value)
        call.organ, call.item, call.receipt = followed.receipt.organ, followed.receipt.item, receipt.id
        call.outcome = report.result
        if not receipt.reused:
            metrics.reported(report.result, len(found.overrides))
        packer, after, number, about = self._standing(followed.receipt.id, receipt)
        return outcomes_pb2.ReportResponse(
            receipt=stamp(receipt),
            revision=number,
            state=STATES[packer.state(after)],
            due_on=packer.due_on(after.receipt),
            late=packer.late(after.receipt, about),
            overrides=overrides(found),
        )

    def withdraw_report(
        self, request: outcomes_pb2.WithdrawReportRequest, call: Call
    ) -> outcomes_pb2.WithdrawReportResponse:
        """Take back what was reported."""
        asked = unpack_withdrawal(request)
        followed = self._found(call.caller, asked.said.about)
        if followed.last_answer in ("", RETRACTED) and not self._said_before(call.caller, asked):
            raise WrongState("这份回执没有可以撤回的反馈", "请查对回执编号", "receipt")
        nothing = Findings(answer=followed.receipt.answer)
        receipt = self._write(call.caller, followed.receipt, asked, asked.said, nothing, RETRACTED)
        call.organ, call.item, call.receipt = followed.receipt.organ, followed.receipt.item, receipt.id
        call.outcome = RETRACTED
        packer, after, number, _ = self._standing(followed.receipt.id, receipt)
        return outcomes_pb2.WithdrawReportResponse(
            receipt=stamp(receipt),
            revision=number,
            state=STATES[packer.state(after)],
            due_on=packer.due_on(after.receipt),
        )

    def get_outcome(self, request: outcomes_pb2.GetOutcomeRequest, call: Call) -> outcomes_pb2.GetOutcomeResponse:
        """Every revision of what was reported on a receipt."""
        about = receipt_asked(request.receipt)
        self._found(call.caller, about)
        found = history(self._gate.store, about)
        assert found is not None
        row = found.followed.receipt
        call.organ, call.receipt = row.organ, row.id
        packer = self._packer()
        return outcomes_pb2.GetOutcomeResponse(
            receipt=packer.receipt(found.followed), revisions=packer.revisions(row, found.told)
        )

    def list_pending(self, request: outcomes_pb2.ListPendingRequest, call: Call) -> outcomes_pb2.ListPendingResponse:
        """A page of what is open."""
        limit = page_size(request.limit)
        after = decode(request.cursor, LedgerPlace) if request.cursor else LedgerPlace()
        taken = self._gate.rules.take()
        organs = self._organs(call.caller, request.organ, taken)
        call.organ = request.organ
        deadlines, today = _deadlines(taken), legal_day(self._gate.now())
        meant = PendingFilter(
            organs=organs, item=require_id(request.item, "item", LONGEST_CODE), overdue=request.overdue
        )
        store = self._gate.store
        found = pending(store, meant, deadlines, today, after, limit + 1)
        packer = OutcomePacker(deadlines, today)
        packed = outcomes_pb2.ListPendingResponse(receipts=[packer.receipt(one) for one in found[:limit]])
        if len(found) > limit:
            last = found[limit - 1].receipt
            packed.next = encode(LedgerPlace(last.issued_at, last.id))
        if not request.cursor:
            total = totals(store, meant, deadlines, today)
            packed.open, packed.overdue = total.open, total.overdue
        return packed

    def get_outcome_statistics(
        self, request: outcomes_pb2.GetOutcomeStatisticsRequest, call: Call
    ) -> outcomes_pb2.GetOutcomeStatisticsResponse:
        """Counts by rule."""
        period = period_asked(request.since, request.until, self._gate.now())
        taken = self._gate.rules.take()
        organs = self._organs(call.caller, request.organ, taken, of_all=call.caller.administrator)
        call.organ = request.organ
        rule = require_id(request.rule, "rule", LONGEST_CODE)
        with self._counting:
            call.require_awaited()
            found = figures(self._gate.store, organs, period, _deadlines(taken), rule)
        titles = {one.id: one.title for one in taken.serving.judge.rule_set.rules}
        return pack_figures(found, period, titles)

    def watch(self, request: outcomes_pb2.WatchRequest, call: Call) -> Events:
        """Follow an organ's receipts."""
        taken = self._gate.rules.take()
        require_organ(request.organ, taken.serving.catalogue)
        call.caller.require_organ(request.organ)
        call.organ = request.organ
        cursor = _resumed(request)
        if cursor is None:
            with self._following.turn(call.pause):
                cursor = begin(self._gate.store, request.organ, _deadlines(taken), self._gate.now())
        return self._follow(cursor, call)

    # -- parts ---------------------------------------------------------------------------------------------------------

    def _follow(self, cursor: WatchCursor, call: Call) -> Events:
        """Events from a cursor on, for ever."""
        say_at = 0.0
        with self._following.organ(cursor.organ):
            while True:
                found, events = self._read(cursor, call)
                yield from events
                behind: WatchCursor | None = found.cursor
                if not found.caught_up:
                    say_at = 0.0
                    cursor = found.cursor
                    continue
                while behind is not None:
                    cursor = behind
                    if time.monotonic() >= say_at:
                        caught_up = outcomes_pb2.WATCH_EVENT_CAUGHT_UP
                        yield outcomes_pb2.WatchResponse(event=caught_up, cursor=encode(cursor))
                        say_at = time.monotonic() + HEARTBEAT_SECONDS
                    call.pause(self._following.until_look())
                    behind = self._behind(cursor)

    def _read(self, cursor: WatchCursor, call: Call) -> tuple[StreamStep, list[outcomes_pb2.WatchResponse]]:
        with self._following.turn(call.pause):
            now = self._gate.now()
            deadlines = _deadlines(self._gate.rules.take())
            found = step(self._gate.store, cursor, deadlines, now, PAGE)
            packer = OutcomePacker(deadlines, legal_day(now))
            return found, [packer.event(event) for event in found.events]

    def _behind(self, cursor: WatchCursor) -> WatchCursor | None:
        """A cursor behind the last look, where that shows that there is nothing to read. Raises StoreDown."""
        seen = self._following.look()
        deadlines = _deadlines(self._gate.rules.take())
        return quiet(seen, cursor, deadlines, self._gate.now()) if seen is not None else None

    def _organs(
        self, caller: Caller, organ: str, taken: RulesAtHand, *, of_all: bool = False
    ) -> tuple[str, ...] | None:
        """The organs that are meant; None: all. `of_all`: the caller may see every organ's."""
        if not organ:
            return None if of_all else caller.organs
        require_organ(organ, taken.serving.catalogue)
        if not of_all:
            caller.require_organ(organ)
        return (organ,)

    def _found(self, caller: Caller, about: str) -> LoopReceipt:
        """A receipt of the caller's that can be reported on."""
        followed = find(self._gate.store, about)
        if followed is None:
            raise UnknownThing(f"没有编号为 {shown(about)} 的回执", "请查对回执编号", "receipt")
        caller.require_organ(followed.receipt.organ, "receipt")
        kind = KINDS.get(followed.receipt.kind)
        if kind is None or kind.reporting is None:
            raise InvalidQuestion("这份回执不是核查或免罚的回执", "反馈写核查结果中的回执编号", "receipt")
        return followed

    def _reportable(self, caller: Caller, about: str) -> tuple[LoopReceipt, AnswerDuties]:
        followed = self._found(caller, about)
        called_for = of_receipt(followed)
        if called_for is None:
            raise Erased("回执的内容已依法删除, 不能再反馈", "用 GetReceipt 查看删除的日期和依据", "receipt")
        return followed, called_for

    def _said_before(self, caller: Caller, asked: Submission) -> bool:
        """Whether this very request was taken before: the writer finds its receipt."""
        told = told_about(self._gate.store, asked.said.about)
        return bool(asked.request_id) and any(
            (one.caller, one.request_id) == (caller.name, asked.request_id) for one in told
        )

    def _write(
        self, caller: Caller, about: Receipt, asked: Submission, said: Said, found: Findings, answer: str
    ) -> Receipt:
        """The revision as a durable receipt, behind those that were there before."""
        told = told_about(self._gate.store, about.id)
        if told:
            self._later_than(told[-1].issued_at)
        draft = Draft(
            caller=caller.name,
            request_id=asked.request_id or None,
            body_digest=asked.body,
            kind=OUTCOME,
            organ=about.organ,
            item=about.item,
            case_number=about.case_number,
            rule_set=about.rule_set,
            trace=trace.current.get(),
            question=canonical(said),
            decision=canonical(found),
            answer=answer,
            about=about.id,
            case_key=about.case_key,
        )
        return self._gate.writer.write(draft)

    def _later_than(self, issued_at: str) -> None:
        """Wait until this machine's clock is behind an instant."""
        ahead = (datetime.fromisoformat(issued_at) - self._gate.now()).total_seconds()
        if ahead > MOST_CLOCK_SECONDS:
            raise NotReady("本机时钟落后于另一台机器", "请运维人员核对时钟, 稍后重试")
        if ahead >= 0:
            time.sleep(ahead + 0.001)

    def _standing(self, about: str, receipt: Receipt) -> tuple[OutcomePacker, LoopReceipt, int, Receipt]:
        """Where a receipt stands after a revision, with the revision's number and receipt."""
        found = history(self._gate.store, about)
        assert found is not None
        number, told = next((n, one) for n, one in enumerate(found.told, start=1) if one.id == receipt.id)
        return self._packer(), found.followed, number, told

    def _packer(self) -> OutcomePacker:
        return OutcomePacker(_deadlines(self._gate.rules.take()), legal_day(self._gate.now()))


def _deadlines(taken: RulesAtHand) -> Deadlines:
    return Deadlines(taken.serving.catalogue.organs)


def _resumed(request: outcomes_pb2.WatchRequest) -> WatchCursor | None:
    if not request.cursor:
        return None
    cursor = decode(request.cursor, WatchCursor)
    if cursor.organ != request.organ:
        raise InvalidQuestion("翻页标记属于另一个部门", "用同一部门上一次答复给出的标记", "cursor")
    return cursor

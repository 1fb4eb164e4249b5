"""From requests about outcomes to checked values. Every fault is an InvalidQuestion that names the field."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from datetime import date, datetime

import msgspec

from creditgate import limits
from creditgate.v1 import outcomes_pb2

from ..clock import add_days, legal_day
from ..codes import may_be_citizen_id
from ..decision.outcome.values import (
    APPROVALS,
    PENALTIES,
    MeasureDone,
    Penalty,
    Reason,
    Report,
    Result,
    Retraction,
    Said,
)
from ..decision.parts import canonical
from ..errors import InvalidQuestion
from ..ledger.figures import Period
from .fields import legal_day_asked, require_id, require_text
from .unpack import LONGEST_REQUEST_ID

LONGEST_RECEIPT_ID = 64
LONGEST_POST = 64
LONGEST_WORDS = 500
LONGEST_NOTE = 1000
LONGEST_RULE = 64
LARGEST_FINE = limits.LARGEST_FEN
"""Fen, inclusive."""
MOST_MEASURES = 500
USUAL_ON_A_PAGE, MOST_ON_A_PAGE = 50, 500
USUAL_DAYS, MOST_DAYS = 30, 366
"""Of a period that is counted."""

_IDENTITY = re.compile(r"(?<![0-9A-Za-z])[0-9]{17}[0-9Xx](?![0-9A-Za-z])")

APPROVAL_RESULTS = {one: outcomes_pb2.ApprovalResult.Value(f"APPROVAL_RESULT_{one.upper()}") for one in APPROVALS}
PENALTY_RESULTS = {one: outcomes_pb2.PenaltyResult.Value(f"PENALTY_RESULT_{one.upper()}") for one in PENALTIES}
PENALTY_KINDS = {one: outcomes_pb2.PenaltyKind.Value(f"PENALTY_KIND_{one.upper()}") for one in Penalty}
REASONS: dict[Reason | None, outcomes_pb2.DepartureReason.ValueType] = {
    None: outcomes_pb2.DEPARTURE_REASON_UNSPECIFIED,
    **{one: outcomes_pb2.DepartureReason.Value(f"DEPARTURE_REASON_{one.upper()}") for one in Reason},
}
_APPROVALS = {number: one for one, number in APPROVAL_RESULTS.items()}
_PENALTIES = {number: one for one, number in PENALTY_RESULTS.items()}
_KINDS = {number: one for one, number in PENALTY_KINDS.items()}
_REASONS = {number: one for one, number in REASONS.items()}


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """A checked report or withdrawal, and what makes its retry safe."""

    said: Said
    request_id: str
    body: str
    """Digest of the body."""


class _Body(msgspec.Struct, frozen=True, kw_only=True):
    """What makes two requests the same: what is said, with its day as the caller wrote it."""

    service: str
    said: Said
    decided_on: str = ""


def unpack_report(request: outcomes_pb2.ReportRequest, now: datetime) -> Asked:
    """What a Report says. Raises InvalidQuestion."""
    today = legal_day(now)
    result = _result(request)
    said = Report(
        about=receipt_asked(request.receipt),
        decided_on=legal_day_asked(request.decided_on, "decided_on", today),
        post=_text(request.post, "post", LONGEST_POST),
        note=_words(request.note, "note", LONGEST_NOTE),
        measures=_measures(request.measures),
        result=result.result,
        penalties=result.penalties,
        fine_fen=result.fine_fen,
        reason=result.reason,
        words=result.words,
    )
    written = msgspec.structs.replace(said, decided_on=date.min)  # a retry after midnight is the same one
    return _asked("report", said, written, request.decided_on, request.request_id)


def unpack_withdrawal(request: outcomes_pb2.WithdrawReportRequest) -> Asked:
    """What a WithdrawReport says. Raises InvalidQuestion."""
    said = Retraction(
        about=receipt_asked(request.receipt),
        post=_text(request.post, "post", LONGEST_POST),
        note=_text(request.reason, "reason", LONGEST_WORDS),
    )
    return _asked("withdraw", said, said, "", request.request_id)


def receipt_asked(receipt: str) -> str:
    """Id of the receipt that a request is about."""
    if not receipt:
        raise InvalidQuestion("缺少回执编号", "请填写核查结果中的回执编号", "receipt")
    return require_id(receipt, "receipt", LONGEST_RECEIPT_ID)


def page_size(limit: int) -> int:
    """Receipts on a page."""
    if limit > MOST_ON_A_PAGE:
        raise InvalidQuestion(f"limit 过大: {limit}", f"最多 {MOST_ON_A_PAGE}", "limit")
    return limit or USUAL_ON_A_PAGE


def period_asked(since: str, until: str, now: datetime) -> Period:
    """Legal days that are counted, both inclusive."""
    today = legal_day(now)
    last = legal_day_asked(until, "until", today)
    first = legal_day_asked(since, "since", today) if since else add_days(last, -USUAL_DAYS)
    if first > last:
        raise InvalidQuestion("统计的最后一天早于第一天", "把两个日期对调", "until")
    if first < add_days(last, -MOST_DAYS):
        raise InvalidQuestion(f"统计期过长: 自 {first} 至 {last}", f"最多 {MOST_DAYS} 日", "since")
    return Period(since=first, until=last, today=today)


def _asked(service: str, said: Said, written: Said, day: str, request_id: str) -> Asked:
    body = canonical(_Body(service=service, said=written, decided_on=day))
    return Asked(
        said=said,
        request_id=require_id(request_id, "request_id", LONGEST_REQUEST_ID),
        body=hashlib.sha256(body).hexdigest(),
    )


class _Result(msgspec.Struct, frozen=True, kw_only=True):
    result: Result
    penalties: tuple[Penalty, ...] = ()
    fine_fen: int = 0
    reason: Reason | None = None
    words: str = ""


def _result(request: outcomes_pb2.ReportRequest) -> _Result:
    given = request.WhichOneof("result")
    if given is None:
        raise InvalidQuestion("没有办理结果", "核查填 approval, 免罚填 penalty", "approval")
    return _approval(request.approval) if given == "approval" else _penalty(request.penalty)


def _approval(number: outcomes_pb2.ApprovalResult.ValueType) -> _Result:
    result = _APPROVALS.get(number)
    if result is None:
        raise InvalidQuestion(f"没有编号为 {number} 的审批结果", "请用 ApprovalResult 中的值", "approval")
    return _Result(result=result)


def _penalty(given: outcomes_pb2.PenaltyDecision) -> _Result:
    result = _PENALTIES.get(given.result)
    if result is None:
        raise InvalidQuestion(f"没有编号为 {given.result} 的处罚结果", "请用 PenaltyResult 中的值", "penalty.result")
    if not 0 <= given.fine_fen <= LARGEST_FINE:
        raise InvalidQuestion("罚款金额超出范围", f"0 至 {LARGEST_FINE} 分", "penalty.fine_fen")
    kinds: list[Penalty] = []
    for place, number in enumerate(given.kinds):
        kind = _KINDS.get(number)
        if kind is None:
            field = f"penalty.kinds[{place}]"
            raise InvalidQuestion(f"没有编号为 {number} 的处罚种类", "请用 PenaltyKind 中的值", field)
        if place > len(Penalty):
            raise InvalidQuestion("处罚种类过多", "每种只写一次", "penalty.kinds")
        kinds.append(kind)
    return _Result(
        result=result,
        penalties=tuple(kinds),
        fine_fen=given.fine_fen,
        reason=_reason(given.reason, "penalty.reason"),
        words=_words(given.words, "penalty.words", LONGEST_WORDS),
    )


def _measures(measures: Sequence[outcomes_pb2.MeasureDone]) -> tuple[MeasureDone, ...]:
    if len(measures) > MOST_MEASURES:
        raise InvalidQuestion(f"措施过多: {len(measures)} 项", f"最多 {MOST_MEASURES} 项", "measures")
    return tuple(_measure(one, f"measures[{place}]") for place, one in enumerate(measures))


def _measure(given: outcomes_pb2.MeasureDone, field: str) -> MeasureDone:
    if not given.measure:
        raise InvalidQuestion("缺少措施代码", "请填写回执中的措施代码", f"{field}.measure")
    return MeasureDone(
        code=require_id(given.measure, f"{field}.measure", LONGEST_RULE),
        subject=given.subject if given.HasField("subject") else None,
        applied=given.applied,
        reason=_reason(given.reason, f"{field}.reason"),
        words=_words(given.words, f"{field}.words", LONGEST_WORDS),
    )


def _reason(number: outcomes_pb2.DepartureReason.ValueType, field: str) -> Reason | None:
    if number not in _REASONS:
        raise InvalidQuestion(f"没有编号为 {number} 的理由", "请用 DepartureReason 中的值", field)
    return _REASONS[number]


def _words(text: str, field: str, longest: int) -> str:
    return _text(text, field, longest) if text else ""


def _text(text: str, field: str, longest: int) -> str:
    """Printable text without an identity number: reports are kept for ever."""
    require_text(text, field, longest)
    for found in _IDENTITY.finditer(text):
        if may_be_citizen_id(found.group().upper()):
            raise InvalidQuestion("文字中有公民身份号码", "反馈中不写个人信息, 请去掉", field)
    return text

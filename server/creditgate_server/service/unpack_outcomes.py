"""From requests about outcomes to checked values. Every fault is an InvalidQuestion that names the field."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime

import msgspec

from creditgate import limits
from creditgate.v1 import outcomes_pb2

from ..clock import add_days, legal_day
from ..codes import may_be_citizen_id
from ..decision.outcome.values import (
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
from ..ledger.figures import FigurePeriod
from .fields import legal_day_asked, require_id, require_text
from .wire import Reading, member

_IDENTITY = re.compile(r"(?<![0-9A-Za-z])[0-9]{17}[0-9Xx](?![0-9A-Za-z])")

_APPROVAL = member(Result, outcomes_pb2.ApprovalResult.DESCRIPTOR, "审批结果")
_PENALTY = member(Result, outcomes_pb2.PenaltyResult.DESCRIPTOR, "处罚结果")
_KIND = member(Penalty, outcomes_pb2.PenaltyKind.DESCRIPTOR, "处罚种类")
_REASON = member(Reason, outcomes_pb2.DepartureReason.DESCRIPTOR, "理由", {0: None})


class Submission(msgspec.Struct, frozen=True, kw_only=True):
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


def unpack_report(request: outcomes_pb2.ReportRequest, now: datetime) -> Submission:
    """What a Report says. Raises InvalidQuestion."""
    today = legal_day(now)
    result = _result(request)
    said = Report(
        about=receipt_asked(request.receipt),
        decided_on=legal_day_asked(request.decided_on or None, "decided_on", today),
        post=_text(request.post, "post", limits.LONGEST_POST),
        note=_words(request.note, "note", limits.LONGEST_NOTE),
        measures=_measures(request.measures),
        result=result.result,
        penalties=result.penalties,
        fine_fen=result.fine_fen,
        reason=result.reason,
        words=result.words,
    )
    written = msgspec.structs.replace(said, decided_on=date.min)  # a retry after midnight is the same one
    return _asked("report", said, written, request.decided_on, request.request_id)


def unpack_withdrawal(request: outcomes_pb2.WithdrawReportRequest) -> Submission:
    """What a WithdrawReport says. Raises InvalidQuestion."""
    said = WITHDRAWAL.read(request)
    return _asked("withdraw", said, said, "", request.request_id)


def receipt_asked(receipt: str) -> str:
    """Id of the receipt that a request is about."""
    if not receipt:
        raise InvalidQuestion("缺少回执编号", "请填写核查结果中的回执编号", "receipt")
    return require_id(receipt, "receipt", limits.LONGEST_RECEIPT_ID)


def page_size(limit: int) -> int:
    """Receipts on a page."""
    if limit > limits.MOST_RECEIPTS:
        raise InvalidQuestion(f"limit 过大: {limit}", f"最多 {limits.MOST_RECEIPTS}", "limit")
    return limit or limits.USUAL_RECEIPTS


def period_asked(since: str, until: str, now: datetime) -> FigurePeriod:
    """Legal days that are counted, both inclusive."""
    today = legal_day(now)
    last = legal_day_asked(until or None, "until", today)
    first = legal_day_asked(since, "since", today) if since else add_days(last, -limits.USUAL_DAYS)
    if first > last:
        raise InvalidQuestion("统计的最后一天早于第一天", "把两个日期对调", "until")
    if first < add_days(last, -limits.MOST_DAYS):
        raise InvalidQuestion(f"统计期过长: 自 {first} 至 {last}", f"最多 {limits.MOST_DAYS} 日", "since")
    return FigurePeriod(since=first, until=last, today=today)


def _asked(service: str, said: Said, written: Said, day: str, request_id: str) -> Submission:
    body = canonical(_Body(service=service, said=written, decided_on=day))
    return Submission(
        said=said,
        request_id=require_id(request_id, "request_id", limits.LONGEST_REQUEST_ID),
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
    if given == "approval":
        return _Result(result=_APPROVAL(request.approval, "approval", None))
    return PENALTY.read(request.penalty, at="penalty.")


def _fine(fen: int, field: str, _told: object) -> int:
    if not 0 <= fen <= limits.LARGEST_FEN:
        raise InvalidQuestion("罚款金额超出范围", f"0 至 {limits.LARGEST_FEN} 分", field)
    return fen


def _penalties(numbers: Iterable[int], field: str, _told: object) -> tuple[Penalty, ...]:
    kinds: list[Penalty] = []
    for place, number in enumerate(numbers):
        kind = _KIND(number, f"{field}[{place}]", None)
        if place > len(Penalty):
            raise InvalidQuestion("处罚种类过多", "每种只写一次", field)
        kinds.append(kind)
    return tuple(kinds)


def _measures(measures: Sequence[outcomes_pb2.MeasureDone]) -> tuple[MeasureDone, ...]:
    if len(measures) > limits.MOST_MEASURES:
        raise InvalidQuestion(f"措施过多: {len(measures)} 项", f"最多 {limits.MOST_MEASURES} 项", "measures")
    return tuple(MEASURE.read(one, at=f"measures[{place}].") for place, one in enumerate(measures))


def _measure_code(code: str, field: str, _told: object) -> str:
    if not code:
        raise InvalidQuestion("缺少措施代码", "请填写回执中的措施代码", field)
    return require_id(code, field, limits.LONGEST_CODE)


def _words(text: str, field: str, longest: int) -> str:
    return _text(text, field, longest) if text else ""


def _text(text: str, field: str, longest: int) -> str:
    """Printable text without an identity number: reports are kept for ever."""
    require_text(text, field, longest)
    for found in _IDENTITY.finditer(text):
        if may_be_citizen_id(found.group().upper()):
            raise InvalidQuestion("文字中有公民身份号码", "反馈中不写个人信息, 请去掉", field)
    return text


PENALTY = Reading(
    _Result,
    outcomes_pb2.PenaltyDecision,
    {
        "result": _PENALTY,
        "fine_fen": _fine,
        "penalties": _penalties,
        "reason": _REASON,
        "words": lambda given, field, _: _words(given, field, limits.LONGEST_WORDS),
    },
    named={"penalties": "kinds"},
)
MEASURE = Reading(
    MeasureDone,
    outcomes_pb2.MeasureDone,
    {
        "code": _measure_code,
        "reason": _REASON,
        "words": lambda given, field, _: _words(given, field, limits.LONGEST_WORDS),
    },
    named={"code": "measure"},
)
WITHDRAWAL = Reading(
    Retraction,
    outcomes_pb2.WithdrawReportRequest,
    {
        "about": lambda given, _field, _: receipt_asked(given),
        "post": lambda given, field, _: _text(given, field, limits.LONGEST_POST),
        "note": lambda given, field, _: _text(given, field, limits.LONGEST_WORDS),
    },
    named={"about": "receipt", "note": "reason"},
)

"""From requests to the lists and the register of exemptions to checked values. Every fault names the field.

`exempting` is the one place that reads out of the ledger what the register needs of a leniency receipt.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import msgspec

from creditgate import limits
from creditgate.v1 import exemption_register_pb2, exemptions_pb2

from ..decision.leniency.decision import LeniencyDecision
from ..errors import InvalidQuestion, WrongState
from ..exemptions.register.reading import By, GrantFilters
from ..exemptions.register.values import AnswerReceipt, Grant
from ..exemptions.search.filters import EntryFilters
from ..judging.kinds import LENIENCY
from ..ledger.receipt import Receipt
from ..rulebook.catalogue import Catalogue, ExemptionKind
from ..rulebook.language import Leniency
from ..rulebook.titles import LENIENCIES
from .callers import Caller
from .fields import EARLIEST_DAY, day_given, legal_day_asked, nearest, region_asked, require_id, shown
from .receipts import stored_decision, stored_question
from .unpack import HashOfPerson, identifier_asked, require_organ
from .wire import member

_KIND = member(ExemptionKind, exemptions_pb2.ExemptionKind.DESCRIPTOR, "免罚类别")


@dataclass(frozen=True, slots=True)
class SearchQuestion:
    """A checked search."""

    query: str
    filters: EntryFilters
    day: date


def unpack_search(
    request: exemptions_pb2.SearchExemptionsRequest, catalogue: Catalogue, today: date, own_region: str
) -> SearchQuestion:
    """The search. `own_region`: what an empty region means.

    The query itself is checked by the search.
    """
    if request.organ:
        require_organ(request.organ, catalogue)
    if request.exemption_list:
        require_list(request.exemption_list, catalogue)
    anywhere = request.exemption_list and not request.region
    region = "" if anywhere else region_asked(request.region, own_region, catalogue)
    day = day_asked(day_given(request, "as_of"), "as_of", today)
    filters = EntryFilters(
        organ=request.organ,
        region=region,
        kinds=_kinds(request.kinds),
        list=request.exemption_list,
        day=day,
        lapsed=request.include_not_in_force,
    )
    return SearchQuestion(query=request.query, filters=filters, day=day)


def day_asked(day: date | None, field: str, today: date) -> date:
    """A day on which lists are in force: not before 1990, today where none is named. Lists to come can be seen."""
    if day is not None and day < EARLIEST_DAY:
        raise InvalidQuestion(f"日期 {day} 早于 {EARLIEST_DAY}", "请查对年份", field)
    return day or today


def require_list(code: str, catalogue: Catalogue) -> None:
    """The exemption list is in the catalogue."""
    if code not in catalogue.exemption_lists:
        hint = nearest(code, catalogue.exemption_lists) or "请查对清单代码"
        raise InvalidQuestion(f"没有代码为 {shown(code)} 的免罚清单", hint, "exemption_list")


def _kinds(numbers: Iterable[int]) -> frozenset[ExemptionKind]:
    return frozenset(_KIND(number, f"kinds[{place}]", None) for place, number in enumerate(numbers))


EXEMPTS = (Leniency.NO_PENALTY_MINOR, Leniency.MAY_BE_EXEMPT, Leniency.FINE_MAY_BE_WAIVED)
"""Answers on which an exemption may be granted that the register takes down."""


class ExemptionAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A leniency answer that allows an exemption."""

    receipt: AnswerReceipt
    list: str
    """Exemption list on which it rests; empty: on the law alone."""
    day: date
    """Legal day of the answer."""


def exempting(receipt: Receipt) -> ExemptionAnswer:
    """What a receipt allows. Raises InvalidQuestion for another kind, WrongState where it allows none, Erased."""
    if receipt.kind != LENIENCY.code:
        raise InvalidQuestion("这份回执不是免罚判断的回执", "先作免罚判断, 用它的回执登记", "receipt_id")
    question, decision = stored_question(LENIENCY, receipt), stored_decision(LENIENCY, receipt, None)
    if decision.leniency not in EXEMPTS:
        raise WrongState(
            f"这份回执的结论不是免罚: {LENIENCIES[decision.leniency]}",
            "事实有变的, 重新判断, 用新的回执登记",
            "receipt_id",
        )
    return ExemptionAnswer(
        receipt=AnswerReceipt(
            id=receipt.id,
            kind=receipt.kind,
            organ=receipt.organ,
            subject=question.subject.identifier,
            exemption=decision.exemption,
        ),
        list=_list_of(decision),
        day=decision.day,
    )


def _list_of(decision: LeniencyDecision) -> str:
    """The list of the first rule that decided and is a list's."""
    for ground in decision.grounds:
        if ground.rule in decision.decided_by and ground.list:
            return ground.list
    return ""


_KEY = member(By, exemption_register_pb2.ExemptionStatisticsKey.DESCRIPTOR, "统计口径")


class StatisticsQuestion(msgspec.Struct, frozen=True, kw_only=True):
    """A checked question for statistics."""

    organs: tuple[str, ...] | None
    """None: every one."""
    since: date
    until: date
    by: tuple[By, ...]
    on: date


def receipt_id_asked(text: str, field: str) -> str:
    """The id of a receipt, which also names a grant."""
    if not text:
        raise InvalidQuestion("缺少回执编号", "请填写免罚判断的回执编号", field)
    return require_id(text, field, limits.LONGEST_RECEIPT_ID)


def unpack_grant(request: exemption_register_pb2.GrantExemptionRequest, allowed: ExemptionAnswer) -> Grant:
    """The grant. Whether it is sound in itself, the register checks."""
    receipt = allowed.receipt
    decided_on = day_given(request, "decided_on") or allowed.day
    if decided_on < allowed.day:
        raise InvalidQuestion(
            f"决定日期早于免罚判断的判断日 {allowed.day}", "决定在判断之后作出; 补登的, 按决定日重新判断", "decided_on"
        )
    due_on = day_given(request, "due_on")
    if due_on is not None and not request.HasField("promise_made"):
        raise InvalidQuestion("没有写明当事人是否交了改正承诺书", "有改正期限的, 写明有还是没有", "promise_made")
    if not request.HasField("fine_forgone_fen"):
        raise InvalidQuestion("没有写明免去的罚款", "单位是分; 法定处罚没有罚款的写 0", "fine_forgone_fen")
    return Grant(
        receipt_id=receipt.id,
        subject=receipt.subject,
        organ=receipt.organ,
        exemption=receipt.exemption,
        list=allowed.list if receipt.exemption else "",
        decided_on=decided_on,
        document_number=request.document_number,
        due_on=due_on,
        promise_made=request.promise_made,
        fine_forgone_fen=request.fine_forgone_fen,
        note=request.note,
    )


def unpack_filters(
    request: exemption_register_pb2.ListGrantsRequest,
    caller: Caller,
    catalogue: Catalogue,
    hash_person: HashOfPerson,
    today: date,
) -> GrantFilters:
    """Which grants are meant, of those that the caller may see. Raises NotYours."""
    organs = _organs(request.organ, caller, catalogue)
    if request.exemption_list:
        require_list(request.exemption_list, catalogue)
    if request.exemption and request.exemption not in catalogue.exemptions:
        hint = nearest(request.exemption, catalogue.exemptions) or "用 exemptions search 查找"
        raise InvalidQuestion(f"没有代码为 {shown(request.exemption)} 的免罚事项", hint, "exemption")
    given = request.subject if request.HasField("subject") else None
    subject = identifier_asked(given, "subject", hash_person, today) if given is not None else ""
    since, until = day_given(request, "from_on"), day_given(request, "until_on")
    if since is not None and until is not None:
        _in_order(since, until)
    return GrantFilters(
        organs=organs,
        exemption=request.exemption,
        list=request.exemption_list,
        subject=subject,
        since=since,
        until=until,
        open=request.only_open,
        overdue_on=day_given(request, "overdue_on"),
    )


def unpack_statistics(
    request: exemption_register_pb2.ListExemptionStatisticsRequest, caller: Caller, catalogue: Catalogue, today: date
) -> StatisticsQuestion:
    """What is to be counted, of what the caller may see. `today`: as it was for the first page. Raises NotYours."""
    organs = _organs(request.organ, caller, catalogue)
    until = day_given(request, "until_on") or today
    since = day_given(request, "from_on") or until.replace(month=1, day=1)
    _in_order(since, until)
    day = day_given(request, "as_of") or today
    return StatisticsQuestion(
        organs=organs,
        since=since,
        until=until,
        by=_keys(request.by),
        on=legal_day_asked(day.isoformat(), "as_of", today),
    )


def _organs(organ: str, caller: Caller, catalogue: Catalogue) -> tuple[str, ...] | None:
    """The organ that is named, or all that the caller may ask for; None: every one."""
    if not organ:
        return caller.organs
    require_organ(organ, catalogue)
    caller.require_organ(organ)
    return (organ,)


def _in_order(since: date, until: date) -> None:
    if until < since:
        raise InvalidQuestion("最后一天早于第一天", "把两个日期对调", "until_on")


def _keys(numbers: Iterable[int]) -> tuple[By, ...]:
    return tuple(dict.fromkeys(_KEY(number, f"by[{place}]", None) for place, number in enumerate(numbers)))

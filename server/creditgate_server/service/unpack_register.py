"""From requests to the register of exemptions to checked values. Every fault names the field."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

import msgspec

from creditgate import limits
from creditgate.v1 import exemption_register_pb2

from ..errors import InvalidQuestion
from ..exemptions.register.reading import GrantFilters
from ..exemptions.register.statistics import By
from ..exemptions.register.values import Grant
from ..rulebook.catalogue import Catalogue
from .callers import Caller
from .exempting import Exempting
from .fields import legal_day_asked, nearest, parse_day, require_id, shown
from .unpack import HashOfPerson, identifier_asked, require_organ
from .unpack_exemptions import require_list
from .wire import member

_CURSOR = re.compile(r"[0-9]{1,18}")
_KEY = member(By, exemption_register_pb2.StatisticsKey.DESCRIPTOR, "统计口径")


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


def unpack_grant(request: exemption_register_pb2.GrantRequest, allowed: Exempting) -> Grant:
    """The grant. Whether it is sound in itself, the register checks."""
    receipt = allowed.receipt
    decided_on = day_or_none(request.decided_on, "decided_on") or allowed.day
    if decided_on < allowed.day:
        raise InvalidQuestion(
            f"决定日期早于免罚判断的判断日 {allowed.day}", "决定在判断之后作出; 补登的, 按决定日重新判断", "decided_on"
        )
    return Grant(
        receipt_id=receipt.id,
        subject=receipt.subject,
        organ=receipt.organ,
        exemption=receipt.exemption,
        list=allowed.list if receipt.exemption else "",
        decided_on=decided_on,
        document_number=request.document_number,
        due_on=day_or_none(request.due_on, "due_on"),
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
    if request.list:
        require_list(request.list, catalogue)
    if request.exemption and request.exemption not in catalogue.exemptions:
        hint = nearest(request.exemption, catalogue.exemptions) or "用 exemptions search 查找"
        raise InvalidQuestion(f"没有代码为 {shown(request.exemption)} 的免罚事项", hint, "exemption")
    given = request.subject if request.HasField("subject") else None
    subject = identifier_asked(given, "subject", hash_person, today) if given is not None else ""
    since, until = day_or_none(request.since, "since"), day_or_none(request.until, "until")
    if since is not None and until is not None:
        _in_order(since, until)
    return GrantFilters(
        organs=organs,
        exemption=request.exemption,
        list=request.list,
        subject=subject,
        since=since,
        until=until,
        open=request.open,
        overdue_on=day_or_none(request.overdue_on, "overdue_on"),
    )


def unpack_page(request: exemption_register_pb2.ListGrantsRequest) -> tuple[str, int]:
    """The cursor and the number of grants on a page."""
    if request.page_size > limits.MOST_GRANTS:
        raise InvalidQuestion(f"每页条数过多: {request.page_size}", f"最多 {limits.MOST_GRANTS} 条", "page_size")
    if request.page_token and not _CURSOR.fullmatch(request.page_token):
        raise InvalidQuestion("翻页标记不正确", "用上一页给出的标记", "page_token")
    return request.page_token, request.page_size or limits.USUAL_GRANTS


def unpack_statistics(
    request: exemption_register_pb2.GetStatisticsRequest, caller: Caller, catalogue: Catalogue, today: date
) -> StatisticsQuestion:
    """What is to be counted, of what the caller may see. Raises NotYours."""
    organs = _organs(request.organ, caller, catalogue)
    until = day_or_none(request.until, "until") or today
    since = day_or_none(request.since, "since") or until.replace(month=1, day=1)
    _in_order(since, until)
    return StatisticsQuestion(
        organs=organs,
        since=since,
        until=until,
        by=_keys(request.by),
        on=legal_day_asked(request.as_of, "as_of", today),
    )


def day_or_none(text: str, field: str) -> date | None:
    """A day; None where the text is empty."""
    return parse_day(text, field) if text else None


def _organs(organ: str, caller: Caller, catalogue: Catalogue) -> tuple[str, ...] | None:
    """The organ that is named, or all that the caller may ask for; None: every one."""
    if not organ:
        return caller.organs
    require_organ(organ, catalogue)
    caller.require_organ(organ)
    return (organ,)


def _in_order(since: date, until: date) -> None:
    if until < since:
        raise InvalidQuestion("最后一天早于第一天", "把两个日期对调", "until")


def _keys(numbers: Iterable[int]) -> tuple[By, ...]:
    return tuple(dict.fromkeys(_KEY(number, f"by[{place}]", None) for place, number in enumerate(numbers)))

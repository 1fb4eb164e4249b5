"""The one table of column headers: which Chinese header brings which field, for each kind of file.

Source: the columns of dual publicity (双公示) for penalties and licences; lists, ratings and subjects as exchanged.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class FileKind(StrEnum):
    """What a file holds."""

    PENALTIES = "行政处罚双公示"
    LICENCES = "行政许可双公示"
    LIST_ENTRIES = "名单"
    RATINGS = "评价结果"
    RECORDS = "信用记录"
    SUBJECTS = "信用主体"


@dataclass(frozen=True, slots=True)
class Header:
    """A field and the headers that bring it."""

    field: str
    headers: tuple[str, ...]
    required: bool = False


_WHO = (
    Header("name", ("行政相对人名称", "主体名称", "企业名称", "名称")),
    Header(
        "uscc",
        ("统一社会信用代码", "行政相对人代码_1(统一社会信用代码)", "行政相对人代码_1（统一社会信用代码）", "代码_1"),
        True,
    ),
    Header("id_type", ("证件类型", "自然人证件类型")),
    Header("id_number", ("证件号码", "自然人证件号码")),
)
_VIOLATION = Header("violation", ("违法行为类型", "违法行为种类"))
"""Matched to the exemption entries; what fits none is not known, and no fault."""
_STATE = (
    Header("severity", ("失信严重程度", "严重程度")),
    Header("state", ("状态", "当前状态", "信用修复状态")),
    Header("state_on", ("状态日期", "修复日期")),
)

COLUMNS: dict[FileKind, tuple[Header, ...]] = {
    FileKind.PENALTIES: (
        *_WHO,
        Header("document_number", ("行政处罚决定书文号", "决定书文号"), True),
        Header("category", ("处罚类别",), True),
        _VIOLATION,
        Header("revoked", ("暂扣或吊销证照名称及编号",)),
        Header("fine", ("罚款金额(万元)", "罚款金额（万元）", "罚款金额")),
        Header(
            "confiscated",
            ("没收金额(万元)", "没收金额（万元）", "没收金额", "没收违法所得、没收非法财物的金额（万元）"),
        ),
        Header("decided_on", ("处罚决定日期",), True),
        Header("valid_until", ("处罚有效期",)),
        Header("shown_until", ("公示截止期", "公示截止日期")),
        Header("organ", ("处罚机关",), True),
        *_STATE,
    ),
    FileKind.LICENCES: (
        *_WHO,
        Header("document_number", ("行政许可决定文书号", "许可决定书文号", "行政许可决定书文号"), True),
        Header("decided_on", ("许可决定日期", "决定日期"), True),
        Header("effective_from", ("有效期自",)),
        Header("valid_until", ("有效期至",)),
        Header("organ", ("许可机关",), True),
        *_STATE,
    ),
    FileKind.LIST_ENTRIES: (
        *_WHO,
        Header("list", ("名单名称",), True),
        Header("document_number", ("列入决定书文号", "决定书文号"), True),
        Header("decided_on", ("列入日期",), True),
        Header("shown_until", ("截止日期", "公示截止期")),
        Header("organ", ("列入机关", "认定单位")),
        *_STATE,
    ),
    FileKind.RATINGS: (
        *_WHO,
        Header("ladder", ("评价名称",), True),
        Header("rating", ("评价等级", "等级"), True),
        Header("decided_on", ("评价日期",), True),
        Header("valid_until", ("有效期至",)),
    ),
    FileKind.RECORDS: (
        *_WHO,
        Header("kind", ("记录类别",), True),
        _VIOLATION,
        Header("document_number", ("文书号", "文号"), True),
        Header("decided_on", ("认定日期",), True),
        Header("shown_until", ("截止日期",)),
        Header("organ", ("认定单位",)),
        Header("fine", ("金额(万元)", "金额（万元）")),
        *_STATE,
    ),
    FileKind.SUBJECTS: (*_WHO,),
}
"""Subjects take every further column whose header is the label or name of a fact with source attribute."""

SEVERITIES = {"轻微": "minor", "一般": "general", "严重": "serious"}
STATES = {"有效": "effective", "": "effective", "已修复": "repaired", "已移出": "repaired", "已撤销": "revoked"}
CITIZEN_ID = ("", "居民身份证", "身份证")
"""Values of the identity document's type that mean a citizen identity number."""


def recognised(headers: Sequence[str]) -> FileKind | None:
    """The kind of file that has all of a kind's required headers, the most demanding first; None where none fits."""
    given = set(headers)
    for kind in sorted(COLUMNS, key=lambda kind: -sum(header.required for header in COLUMNS[kind])):
        if all(given & set(header.headers) for header in COLUMNS[kind] if header.required):
            return kind
    return None


def places(kind: FileKind, headers: Sequence[str]) -> dict[str, int]:
    """For each field of a kind, the column that brings it."""
    result: dict[str, int] = {}
    for header in COLUMNS[kind]:
        for name in header.headers:
            if name in headers:
                result[header.field] = list(headers).index(name)
                break
    return result

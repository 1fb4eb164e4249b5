"""What a file may hold and what its columns may bring: the closed list of kinds of file and their fields."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class FileKind(StrEnum):
    """What a file holds."""

    PENALTIES = "penalties"
    LICENCES = "licences"
    LIST_ENTRIES = "list_entries"
    RATINGS = "ratings"
    RECORDS = "records"
    SUBJECTS = "subjects"
    RELATIONS = "relations"

    @property
    def words(self) -> str:
        """In Chinese, as it is kept with an import."""
        return _TITLES[self]


_TITLES = {
    FileKind.PENALTIES: "行政处罚双公示",
    FileKind.LICENCES: "行政许可双公示",
    FileKind.LIST_ENTRIES: "名单",
    FileKind.RATINGS: "评价结果",
    FileKind.RECORDS: "信用记录",
    FileKind.SUBJECTS: "信用主体",
    FileKind.RELATIONS: "关系",
}


class FieldType(StrEnum):
    """How a cell is read."""

    TEXT = "text"
    CODE = "code"
    DAY = "day"
    LAST_DAY = "last_day"
    """A day, or 长期: without end."""
    MONEY = "money"
    CHOICE = "choice"


@dataclass(frozen=True, slots=True)
class FormField:
    """What a column brings."""

    title: str
    type: FieldType = FieldType.TEXT


FIELDS: dict[str, FormField] = {
    "name": FormField("主体名称"),
    "uscc": FormField("统一社会信用代码", FieldType.CODE),
    "subject": FormField("主体代码或证件号码", FieldType.CODE),
    "id_type": FormField("证件类型", FieldType.CHOICE),
    "id_number": FormField("证件号码", FieldType.CODE),
    "representative": FormField("法定代表人"),
    "representative_id_type": FormField("法定代表人证件类型", FieldType.CHOICE),
    "representative_id": FormField("法定代表人证件号码", FieldType.CODE),
    "principal_id_type": FormField("主要负责人证件类型", FieldType.CHOICE),
    "principal_id": FormField("主要负责人证件号码", FieldType.CODE),
    "responsible_id_type": FormField("直接责任人员证件类型", FieldType.CHOICE),
    "responsible_id": FormField("直接责任人员证件号码", FieldType.CODE),
    "document_number": FormField("文号", FieldType.CODE),
    "category": FormField("处罚类别", FieldType.CHOICE),
    "more_categories": FormField("处罚类别2", FieldType.CHOICE),
    "content": FormField("处罚内容"),
    "violation": FormField("违法行为类型"),
    "licence": FormField("证照名称"),
    "fine": FormField("罚款金额", FieldType.MONEY),
    "confiscated": FormField("没收金额", FieldType.MONEY),
    "amount": FormField("罚没金额合计", FieldType.MONEY),
    "decided_on": FormField("决定日期", FieldType.DAY),
    "effective_from": FormField("有效期自", FieldType.DAY),
    "valid_until": FormField("有效期至", FieldType.LAST_DAY),
    "penalty_until": FormField("处罚有效期", FieldType.LAST_DAY),
    "shown_until": FormField("公示截止期", FieldType.LAST_DAY),
    "ban_until": FormField("禁止期限届满日", FieldType.LAST_DAY),
    "organ": FormField("作出决定的机关"),
    "list": FormField("名单", FieldType.CHOICE),
    "kind": FormField("记录类别", FieldType.CHOICE),
    "ground": FormField("列入事由", FieldType.CHOICE),
    "severity": FormField("失信严重程度", FieldType.CHOICE),
    "state": FormField("状态", FieldType.CHOICE),
    "state_on": FormField("状态日期", FieldType.DAY),
    "removed_on": FormField("移出日期", FieldType.DAY),
    "ladder": FormField("评价名称", FieldType.CHOICE),
    "rating": FormField("评价等级", FieldType.CHOICE),
    "other_uscc": FormField("关系人统一社会信用代码", FieldType.CODE),
    "other_id_type": FormField("关系人证件类型", FieldType.CHOICE),
    "other_id": FormField("关系人证件号码", FieldType.CODE),
    "relation": FormField("关系类别", FieldType.CHOICE),
    "since": FormField("起始日期", FieldType.DAY),
    "until": FormField("终止日期", FieldType.LAST_DAY),
    "source": FormField("来源", FieldType.CHOICE),
}
"""By name, as forms and mappings write it."""

_WHO = frozenset({"name", "uscc", "subject", "id_type", "id_number"})
_PERSONS = frozenset(
    {
        "representative",
        "representative_id_type",
        "representative_id",
        "principal_id_type",
        "principal_id",
        "responsible_id_type",
        "responsible_id",
    }
)
_STATE = frozenset({"severity", "state", "state_on", "removed_on"})
_RECORD = _WHO | _PERSONS | _STATE | {"document_number", "decided_on", "shown_until", "ban_until", "organ"}

FIELDS_OF: dict[FileKind, frozenset[str]] = {
    FileKind.PENALTIES: _RECORD
    | {"category", "more_categories", "content", "violation", "licence", "fine", "confiscated", "amount"}
    | {"penalty_until"},
    FileKind.LICENCES: _RECORD | {"effective_from", "valid_until", "licence"},
    FileKind.LIST_ENTRIES: _RECORD | {"list", "ground"},
    FileKind.RATINGS: _WHO | {"ladder", "rating", "decided_on", "valid_until"},
    FileKind.RECORDS: _RECORD | {"kind", "violation", "licence", "ground", "fine", "confiscated", "amount"},
    FileKind.SUBJECTS: _WHO | _PERSONS,
    FileKind.RELATIONS: _WHO
    | {"other_uscc", "other_id_type", "other_id", "relation", "since", "until", "source", "representative"},
}
"""Subjects take every further column whose header is the label or name of a fact with source attribute."""

CONSTANTS = frozenset({"list", "kind", "ladder", "relation", "severity"})
"""Fields that a form or mapping may settle for all rows of a file."""

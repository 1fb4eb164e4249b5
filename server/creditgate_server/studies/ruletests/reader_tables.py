"""Reads tables of tests: a header of columns, and one case a row. `~` in a cell: the row says nothing there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from ...rulebook.language import Place
from ...rulebook.reader_values import Reader, Trail, fields, many, text
from ...rulebook.source import Mapping as MappingNode
from ...rulebook.source import Node, Sequence, Unreadable
from .language import ExpectedOutcome
from .parts import CaseParts
from .reader_records import is_blank
from .reader_subjects import SubjectPart, SubjectReader

_CASE_COLUMNS = ("name", "why", "day", "organ", "item", "stage", "role", "subject", "feeds", "skip")
_EXAMPLE = "[name, records, outcome]"


@dataclass(frozen=True, slots=True)
class CaseReaders:
    """Readers of what a test may say."""

    case: Mapping[str, Reader[object]]
    """Of the case's own fields, by name."""
    facts: Mapping[str, Reader[object]]
    """Of the caller's facts."""
    subjects: SubjectReader
    expected: Mapping[str, Reader[object]]
    """Of single expectations."""


@dataclass(frozen=True, slots=True)
class CaseColumn:
    """A column: where its cells go, and how they are read."""

    group: str
    name: str
    reader: Reader[Any] = field(compare=False)


def read_table(
    written: MappingNode, readers: CaseReaders, common: CaseParts, trail: Trail
) -> list[tuple[CaseParts, Place]]:
    """The cases of a table with their places; rows that can't be read are left out, their faults noted."""
    columns: list[CaseColumn] = []
    rows: list[Node] = []
    own: dict[str, Reader[object]] = {name: reader for name, reader in readers.case.items() if name != "name"}
    own |= {
        "table": text,
        "columns": Reader(lambda node, at: columns.extend(_columns(node, readers, at))),
        "rows": Reader(lambda node, at: rows.extend(_rows(node, at))),
    }
    values = fields(written, own, ("table", "columns", "rows"), trail)
    title = str(values.pop("table"))
    values = {name: value for name, value in values.items() if name not in {"columns", "rows"}}
    base = CaseParts(**{"day": common.day, "name": title, **values})  # type: ignore[arg-type]
    cases: list[tuple[CaseParts, Place]] = []
    for row in rows:
        try:
            cases.append((_row(row, columns, base, trail), row.place))
        except Unreadable:
            continue
    return cases


def columns_known(readers: CaseReaders) -> list[str]:
    """Names that a column may have."""
    subjects = readers.subjects
    return [*_CASE_COLUMNS, "records", *readers.expected, *readers.facts, *subjects.attributes, *subjects.ratings]


def _columns(node: Node, readers: CaseReaders, trail: Trail) -> list[CaseColumn]:
    def one(part: Node, below: Trail) -> CaseColumn:
        name = text(part, below)
        column = _column(name, readers)
        if column is None:
            below.faults.refuse(part.place, f"没有列 {name[:40]}", below.faults.nearest(name, columns_known(readers)))
        return column

    columns = list(many(Reader(one))(node, trail))
    if not any(column.name == "name" for column in columns):
        trail.faults.refuse(node.place, "表头缺少 name 列", f"例如 {_EXAMPLE}")
    return columns


def _column(name: str, readers: CaseReaders) -> CaseColumn | None:
    """The column of this name: a field of the case, an expectation, or a fact of the caller or the subject."""
    subjects = readers.subjects
    if name in _CASE_COLUMNS:
        return CaseColumn("case", name, readers.case[name])
    if name == "records":
        return CaseColumn("records", name, subjects.records)
    if name in readers.expected:
        return CaseColumn("expect", name, readers.expected[name])
    if name in readers.facts:
        return CaseColumn("facts", name, readers.facts[name])
    if name in subjects.attributes:
        return CaseColumn("attributes", name, subjects.attribute(subjects.attributes[name]))
    if name in subjects.ratings:
        fact = subjects.ratings[name]
        return CaseColumn("ratings", fact.ladder, subjects.rating(fact))
    return None


def _rows(node: Node, trail: Trail) -> tuple[Node, ...]:
    if not isinstance(node, Sequence) or not node.parts:
        trail.faults.refuse(node.place, "rows 应为列表, 每行以“- ”开头", "例如 - [名称, ~, clear]")
    return node.parts


def _row(node: Node, columns: list[CaseColumn], base: CaseParts, trail: Trail) -> CaseParts:
    if not isinstance(node, Sequence):
        trail.faults.refuse(node.place, "表的一行应为列表", "例如 - [名称, ~, clear]")
    if len(node.parts) != len(columns):
        trail.faults.refuse(node.place, f"这一行有 {len(node.parts)} 格, 表头有 {len(columns)} 列", "空着的格写 ~")
    groups: dict[str, dict[str, Any]] = {name: {} for name in ("case", "expect", "facts", "attributes", "ratings")}
    groups["records"] = {}
    complete = True
    for column, cell in zip(columns, node.parts, strict=True):
        if is_blank(cell):
            continue
        try:
            groups[column.group][column.name] = column.reader(cell, trail)
        except Unreadable:
            complete = False
    if not complete:
        raise Unreadable
    case = groups["case"]
    if "name" not in case:
        trail.faults.refuse(node.place, "这一行没有名称", "在 name 列写上")
    return _over(groups, base)


def _over(groups: dict[str, dict[str, Any]], base: CaseParts) -> CaseParts:
    """What a row says, over what its table says."""
    case = dict(groups["case"])
    case["name"] = f"{base.name}: {case['name']}"
    case["feeds"] = {**base.feeds, **case.get("feeds", {})}
    own = SubjectPart(
        attributes=groups["attributes"], ratings=groups["ratings"], records=groups["records"].get("records", ())
    )
    subject: SubjectPart | None = case.pop("subject", base.subject)
    if own != SubjectPart():
        subject = own.over(subject or SubjectPart())
    return replace(
        base,
        **case,
        facts={**base.facts, **groups["facts"]},
        subject=subject,
        expect=ExpectedOutcome(**groups["expect"]).over(base.expect),
    )

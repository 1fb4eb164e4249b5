"""A small city: receipts in a real ledger, and licence files beside it. Expectations are worked out by hand."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path

import openpyxl
from tools.make_sample import uscc

from creditgate_server.decision.outcome.values import MeasureDone
from creditgate_server.decision.outcome.values import Reason as Departure
from creditgate_server.decision.question import SubjectInRole
from creditgate_server.registry.identity import PersonKey
from creditgate_server.rulebook.bundle import RuleSet
from creditgate_server.rulebook.language import Role
from creditgate_server.storage.database import Store
from creditgate_server.studies.coverage.classes import Class, UnmatchedReason
from creditgate_server.studies.coverage.judging import ClassedLicence
from creditgate_server.studies.coverage.licences import UnmatchedRow
from creditgate_server.studies.coverage.mapping import FileMapping
from creditgate_server.studies.coverage.matching import CheckWindow
from creditgate_server.studies.coverage.reading import IssuePeriod
from creditgate_server.studies.coverage.reconcile import Reconciliation, reconcile
from creditgate_server.studies.coverage.report import CoverageReport

NOW = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
TODAY = date(2026, 11, 20)
ISSUED = date(2026, 10, 20)
"""Day of issue of most licences: in the window of 30 days the first day of a check is 2026-09-20."""
SINCE = date(2026, 7, 1)
person_hash = partial(PersonKey(b"k" * 32).hash, today=TODAY)
CITIZEN = "440106180001010013"
FOOD, CAFE = "food-business-licence", "entertainment-licence"
MARKET, CULTURE = "market-regulation", "culture-tourism"
HEADERS = (
    "行政相对人名称",
    "行政相对人代码_1(统一社会信用代码)",
    "证件类型",
    "证件号码",
    "行政许可决定文书号",
    "许可证书名称",
    "许可决定日期",
    "许可机关",
)

Row = tuple[str, ...]


def firm(number: int) -> str:
    """A made-up firm's code."""
    return uscc(number)


def row(
    subject: str,
    issued_on: date | str = ISSUED,
    *,
    item: str = "食品经营许可证",
    organ: str = "东莞市市场监督管理局",
    document: str = "",
    citizen: str = "",
) -> Row:
    """A row of a dual-publicity export."""
    day = issued_on if isinstance(issued_on, str) else issued_on.isoformat()
    number = document or f"东样许〔2026〕{abs(hash((subject, day, item, citizen))) % 10**8:08d}号"
    return ("(样例)", subject, "居民身份证" if citizen else "", citizen, number, item, day, organ)


def write_csv(path: Path, rows: Iterable[Row], headers: Sequence[str] = HEADERS, encoding: str = "utf-8") -> Path:
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.writer(file)
        writer.writerow(headers)
        writer.writerows(rows)
    return path


def write_xlsx(path: Path, rows: Iterable[Row], headers: Sequence[str] = HEADERS) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for cells in (headers, *rows):
        sheet.append(list(cells))
    book.save(path)
    return path


def at(text: str) -> datetime:
    """An instant by its hour in Shanghai: `10-15 09:30` of 2026, or a whole date."""
    day, _, clock = text.partition(" ")
    day = day if len(day) > 5 else f"2026-{day}"
    return datetime.fromisoformat(f"{day}T{clock or '10:00'}:00+08:00").astimezone(UTC)


def asks(subject: str, role: Role = Role.APPLICANT, *others: str) -> dict[str, object]:
    """The subjects of a check's question, and its item's organ."""
    subjects = (SubjectInRole(identifier=subject, role=role),)
    return {"subjects": subjects + tuple(SubjectInRole(identifier=one, role=Role.APPLICANT) for one in others)}


def done(code: str = "strict-review", *, subject: int | None = None) -> MeasureDone:
    return MeasureDone(code=code, subject=subject, applied=True)


def left(reason: Departure | None, code: str = "strict-review", words: str = "") -> MeasureDone:
    return MeasureDone(code=code, applied=False, reason=reason, words=words)


_SHORT = {
    Class.IN_TIME: "in_time",
    Class.LATE: "late",
    Class.PROHIBITED: "prohibited",
    Class.MEASURE_MISSING: "missing",
}
"""So that a line of a test reads well."""


class Heard:
    """What a reconciliation told of each row."""

    def __init__(self) -> None:
        self.cases: list[ClassedLicence] = []
        self.first: list[bool] = []
        self.rows: list[UnmatchedRow] = []

    def case(self, case: ClassedLicence, first: bool) -> None:
        self.cases.append(case)
        self.first.append(first)

    def of_row(self, number: int, file: int = 0) -> str:
        """Class and remark of a row, or its reason: `in_time`, `missing/silent`, `unmatched/bad_code`."""
        for case in self.cases:
            if (case.licence.file, case.licence.row) == (file, number):
                remark = case.remark.removeprefix("prohibited_").removeprefix("measure_")
                return f"{_SHORT.get(case.class_, case.class_)}/{remark}".rstrip("/")
        for one in self.rows:
            if (one.file, one.row) == (file, number):
                return f"unmatched/{one.reason}"
        return "lost"

    def reasons(self) -> set[UnmatchedReason]:
        return {one.reason for one in self.rows}


Reconciled = tuple[CoverageReport, Heard]
Run = Callable[..., Reconciled]


def run_on(store: Store, rule_set: RuleSet, *files: Path, **changes: object) -> Reconciled:
    """Reconcile files; `changes` of the question as in Asked."""
    values: dict[str, object] = {
        "files": files,
        "mapping": FileMapping(),
        "period": IssuePeriod(SINCE, TODAY),
        "window": CheckWindow(before=30, after=90),
        "now": NOW,
    }
    former = changes.pop("former", tuple)
    asked = Reconciliation(**(values | changes))
    heard = Heard()
    report = reconcile(
        store,
        asked,
        rule_set,
        person_hash,
        former=former,
        case_heard=heard.case,
        row_heard=heard.rows.append,
    )
    return report, heard

"""Licence files that a test writes, and a rule library's catalogue to read them with."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path

import openpyxl

from creditgate_server.codes import uscc_check_character
from creditgate_server.coverage.reconcile import Asked, reconcile
from creditgate_server.coverage.values import Case
from creditgate_server.rulebook.catalogue import Catalogue
from creditgate_server.rulebook.load import read_directory
from creditgate_server.storage.database import Store

ROOT = Path(__file__).parents[2]
HEADERS = (
    "行政相对人名称",
    "行政相对人代码_1(统一社会信用代码)",
    "行政许可决定文书号",
    "许可证书名称",
    "许可决定日期",
    "许可内容",
    "许可机关",
    "项目名称",
)
FOOD, FOOD_TITLE = "food-business-licence", "食品经营许可"
ISSUED = date(2026, 11, 2)
TODAY = date(2026, 11, 24)


def firm(number: int) -> str:
    """An invented firm's code, with its check character."""
    first = f"91441900YL{number:07d}"
    return first + uscc_check_character(first)


@cache
def catalogue() -> Catalogue:
    return read_directory(ROOT / "rules").rule_set.catalogue


def title(item: str = FOOD) -> str:
    return catalogue().items[item].title


def licence(
    code: str,
    *,
    document: str = "",
    day: str = "2026-11-02",
    item: str = "",
    organ: str = "虚构市场监管局",
    certificate: str = "",
    content: str = "",
) -> tuple[str, ...]:
    return ("虚构公司", code, document or f"许〔{code[-6:]}〕", certificate, day, content, organ, item or title())


def as_csv(path: Path, *rows: tuple[str, ...], headers: tuple[str, ...] = HEADERS, encoding: str = "utf-8") -> Path:
    text = io.StringIO()
    csv.writer(text).writerows([headers, *rows])
    path.write_bytes(text.getvalue().encode(encoding))
    return path


def as_xlsx(path: Path, *rows: tuple[object, ...]) -> Path:
    book = openpyxl.Workbook()
    for cells in (HEADERS, *rows):
        book.active.append(cells)
    book.save(path)
    return path


def noon(day: date) -> datetime:
    """Noon in Shanghai."""
    return datetime(day.year, day.month, day.day, 4, tzinfo=UTC)


def nobody(_: str) -> tuple[str, str]:
    return "", "没有个人标识密钥"


def run(store: Store, *paths: Path, **changes: object):
    """The report."""
    return reconcile(Asked(files=paths, today=TODAY, **changes), store, catalogue(), nobody)


def classes(cases: tuple[Case, ...]) -> list[tuple[int, str]]:
    """Row and class."""
    return [(case.row, case.verdict.value) for case in cases]

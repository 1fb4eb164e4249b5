"""What a reader of the report has to know, in Chinese."""

from __future__ import annotations

from datetime import datetime

from ...clock import legal_day
from .reading import IssuePeriod, LicenceBook
from .receipts import CandidateChecks

MOST_ORGANS = 10
"""Unknown organs that are named."""


def notes(book: LicenceBook, found: CandidateChecks, since: str, period: IssuePeriod) -> tuple[str, ...]:
    """Sentences."""
    told: list[str] = list(book.notes)
    if not since:
        told.append("数据库中没有核查回执")
    else:
        told += _before_the_ledger(book, since)
    if found.erased:
        told.append(f"{found.erased} 份核查回执的内容已依法删除, 不再知道核查的是谁, 相应的许可可能列为未核查")
    if book.unknown_organs:
        ordered = sorted(book.unknown_organs.items(), key=lambda one: (-one[1], one[0]))
        named = "、".join(f"{organ}({rows} 行)" for organ, rows in ordered[:MOST_ORGANS])
        more = f" 等 {len(ordered)} 个" if len(ordered) > MOST_ORGANS else ""
        told.append(f"许可机关不在目录的, 按事项的主管部门统计: {named}{more}")
    blank = sum(file.blank for file in book.files)
    if blank:
        told.append(f"另有空行 {blank} 行, 不计入")
    since = "文件中最早的一天" if period.since is None else period.since.isoformat()
    told.append(f"比对期间按许可日期: {since} 至 {period.until.isoformat()}, 含首尾")
    return tuple(told)


def _before_the_ledger(book: LicenceBook, since: str) -> list[str]:
    first = legal_day(datetime.fromisoformat(since))
    earlier = sum(one.issued_on < first for licences in book.licences.values() for one in licences)
    if not earlier:
        return []
    return [f"最早的核查回执在 {first.isoformat()}, 此前颁发的 {earlier} 件许可不可能有核查; 可用 --since 只看此后"]

"""The register of exemptions (首违台账) for people: a grant, a page of grants, statistics."""

from __future__ import annotations

from datetime import timedelta, timezone

from rich.console import Console
from rich.text import Text

from .._contract import (
    CorrectionReport,
    ExemptionFigures,
    ExemptionGrant,
    ExemptionStatistics,
    GrantsPage,
    GrantStanding,
    Ref,
    ReportsPage,
)
from ..titles import GRANT_STANDINGS
from .show import print_lines, table_of
from .words import day_words, printable, yuan_words

_LEGAL_ZONE = timezone(timedelta(hours=8))
"""Asia/Shanghai; it has had no summer time since 1991."""
_STYLES = {
    GrantStanding.CORRECTED: "green",
    GrantStanding.LATE: "yellow",
    GrantStanding.PENDING: "cyan",
    GrantStanding.OVERDUE: "bold red",
    GrantStanding.WITHDRAWN: "dim",
}
_COLUMNS = (
    ("免罚", "granted"),
    ("决定前改正", "corrected_before"),
    ("按期改正", "corrected_in_time"),
    ("逾期改正", "corrected_late"),
    ("逾期未改", "overdue"),
    ("待改正", "pending"),
    ("违背承诺", "promises_broken"),
    ("撤回", "withdrawn"),
)


def print_grant(console: Console, grant: ExemptionGrant) -> None:
    """A grant with its reports."""
    console.print(Text.assemble(("登记  ", ""), (printable(grant.grant_id), "bold"), "  ", _standing(grant)))
    listed = f" 《{grant.exemption_list.title or grant.exemption_list.code}》" if grant.exemption_list else ""
    lines = [
        f"主体  {grant.identifier}",
        f"事项  {_named(grant.exemption) or '清单以外的行为'}{listed}",
        f"决定  {grant.document_number}  {grant.organ.title}  {day_words(grant.decided_on)}",
        f"期限  {day_words(grant.due_on, '决定前已经改正')}" + ("  有改正承诺书" if grant.promise_made else ""),
        f"免去罚款  {yuan_words(grant.fine_forgone_fen)}",
    ]
    for line in lines:
        console.print(Text(printable(line)))
    if grant.note:
        console.print(Text(f"备注  {printable(grant.note)}"))
    if grant.last_report:
        before = f"(共 {grant.report_count} 次, 以最后一次为准)" if grant.report_count > 1 else ""
        print_lines(console, f"改正情况{before}", [_report(grant.last_report)])
    if grant.promise_broken:
        console.print(Text("违背改正承诺", style="bold red"))
    if grant.withdrawal:
        print_lines(console, "撤回", [f"{grant.withdrawal.reason}({grant.withdrawal.withdrawn_by})"])


def print_reports(console: Console, page: ReportsPage) -> None:
    """A page of the reports on a grant."""
    console.print(Text(f"共 {page.total_size} 次"))
    print_lines(console, "改正情况", [_report(report) for report in page.reports])
    if page.next_page_token:
        console.print(Text(f"还有: 加 --page-token {printable(page.next_page_token)}", style="dim"))


def print_grants(console: Console, page: GrantsPage) -> None:
    """A page of the register."""
    if not page.grants:
        console.print(Text("台账中没有"))
        return
    table = table_of("回执编号", "决定", "部门", "主体", "事项", "期限", "情况", whole=("回执编号",))
    for grant in page.grants:
        decided = f"{day_words(grant.decided_on)} {grant.document_number}"
        entry = _named(grant.exemption) or "清单以外的行为"
        plain = (decided, grant.organ.title, grant.identifier, entry, day_words(grant.due_on, "已改正"))
        table.add_row(Text(printable(grant.grant_id)), *(Text(printable(cell)) for cell in plain), _standing(grant))
    console.print(table)
    if page.next_page_token:
        console.print(Text(f"还有: 加 --page-token {printable(page.next_page_token)}", style="dim"))


def print_statistics(console: Console, result: ExemptionStatistics) -> None:
    """The figures as a table."""
    console.print(Text(f"决定日期 {result.from_on} 至 {result.until_on}, 改正情况截至 {result.as_of}"))
    keys = [
        (name, words)
        for name, words in (("部门", _organ), ("事项", _entry), ("月份", _month))
        if any(words(one) for one in result.figures)
    ]
    counts = [name for name, _ in _COLUMNS]
    table = table_of(*(name for name, _ in keys), *counts, "免去罚款", whole=("免去罚款",), right=(*counts, "免去罚款"))
    for one in result.figures:
        table.add_row(
            *(Text(printable(words(one)) or "清单以外") for _, words in keys),
            *(str(getattr(one, field)) for _, field in _COLUMNS),
            yuan_words(one.fines_forgone_fen),
        )
    console.print(table)
    if result.next_page_token:
        console.print(Text(f"还有: 加 --page-token {printable(result.next_page_token)}", style="dim"))


def _standing(grant: ExemptionGrant) -> Text:
    return Text(GRANT_STANDINGS[grant.standing], _STYLES[grant.standing])


def _report(report: CorrectionReport) -> str:
    what = f"{report.corrected_on} 改正" if report.corrected_on else "没有改正"
    promise = {True: ", 遵守承诺", False: ", 违背承诺", None: ""}[report.kept_promise]
    return f"{what}{promise}({report.reported_at.astimezone(_LEGAL_ZONE).date()} {report.reported_by})"


def _organ(figures: ExemptionFigures) -> str:
    return (figures.organ.title or figures.organ.code) if figures.organ else ""


def _entry(figures: ExemptionFigures) -> str:
    return _named(figures.exemption)


def _named(thing: Ref | None) -> str:
    """Code and title; empty where there is nothing."""
    return f"{thing.code} {thing.title}".strip() if thing else ""


def _month(figures: ExemptionFigures) -> str:
    return figures.month

"""`coverage reconcile`: were the issued licences checked, and were the measures applied."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from ..clock import legal_day
from ..coverage.counting import Report
from ..coverage.files import Person, read_items, read_mapping
from ..coverage.page import page
from ..coverage.reconcile import Asked, reconcile
from ..coverage.titles import VERDICTS, WHYS
from ..coverage.trends import percent
from ..coverage.values import Verdict
from ..coverage.workbook import write_workbook
from ..errors import GateError, InvalidQuestion
from ..registry.identity import PersonKey, key_path
from ..rulebook.load import read_directory
from ..storage.database import Store, migrate, open_store
from .rules.asked import refuse

MISSES = 1
"""Exit status where a licence is not covered, or a row can't be told."""

app = typer.Typer(no_args_is_help=True, help="应查必查: 许可与核查对账。", pretty_exceptions_show_locals=False)


@app.callback()
def coverage() -> None:
    """应查必查: 许可与核查对账。"""


@app.command("reconcile")
def reconcile_command(
    files: Annotated[list[Path], typer.Argument(help="许可文件, CSV 或 XLSX", exists=True, dir_okay=False)],
    store: Annotated[str, typer.Option(help="数据库, 例如 sqlite:///var/creditgate.db", envvar="CREDITGATE_STORE")],
    rules: Annotated[Path, typer.Option(help="规则库目录", envvar="CREDITGATE_RULES")] = Path("rules"),
    mapping: Annotated[
        str, typer.Option("--map", help="列的对应: subject=…,issued_on=…,item=…,organ=…,document=…,id_number=…")
    ] = "",
    items: Annotated[
        Path | None, typer.Option(help="许可名称与事项代码的对应文件", exists=True, dir_okay=False)
    ] = None,
    window_days: Annotated[int, typer.Option(min=0, max=3660, help="许可决定日期前几日内的核查算按时")] = 30,
    person_key: Annotated[Path | None, typer.Option(help="个人标识密钥文件", envvar="CREDITGATE_PERSON_KEY")] = None,
    json: Annotated[Path | None, typer.Option("--json", help="写 JSON 报告")] = None,
    xlsx: Annotated[Path | None, typer.Option("--xlsx", help="写工作簿")] = None,
    html: Annotated[Path | None, typer.Option("--html", help="写网页")] = None,
) -> None:
    """许可文件与核查回执对账。退出码: 0 全部到位, 1 有缺漏或不明的行, 2 用法或文件有误。"""
    try:
        catalogue = read_directory(rules).rule_set.catalogue
        asked = Asked(
            files=tuple(files),
            mapping=read_mapping(mapping) if mapping else None,
            items=read_items(items, catalogue) if items else {},
            window_days=window_days,
            today=legal_day(datetime.now(UTC)),
        )
        opened = open_store(store)
        if opened.file is not None and not opened.file.exists():
            raise refuse(f"没有数据库文件 {opened.file}")
        migrate(opened)
        try:
            report = reconcile(asked, opened, catalogue, _persons(opened, person_key))
        finally:
            opened.close()
    except GateError as fault:
        raise refuse(str(fault)) from fault
    _write(report, json, xlsx, html)
    _tell(report)
    if report.misses:
        raise typer.Exit(MISSES)


def _persons(store: Store, given: Path | None) -> Person:
    """Hashes identity numbers with the service's key. Without a key persons' rows are told to be unmatched."""
    path = key_path(store, given) if given is not None or store.file is not None else None
    key = PersonKey.load(path) if path is not None and (given is not None or path.exists()) else None

    def identifier(number: str) -> tuple[str, str]:
        if key is None:
            return "", "个人许可, 没有个人标识密钥(--person-key)"
        try:
            return key.hash(number), ""
        except InvalidQuestion as fault:
            return "", fault.message

    return identifier


def _write(report: Report, json: Path | None, xlsx: Path | None, html: Path | None) -> None:
    try:
        if json is not None:
            json.write_bytes(msgspec.json.format(msgspec.json.encode(report), indent=1) + b"\n")
        if xlsx is not None:
            write_workbook(xlsx, report)
        if html is not None:
            html.write_text(page(report), "utf-8")
    except OSError as fault:
        raise refuse(f"写不了报告: {fault.strerror}") from fault


def _tell(report: Report) -> None:
    total = report.total
    typer.echo(f"{'、'.join(report.files)}: 共 {total.rows} 行, 许可 {total.licences} 件")
    for verdict in Verdict:
        typer.echo(f"  {VERDICTS[verdict]}: {getattr(total, verdict.value)}")
    for one in report.unmatched:
        typer.echo(f"    {WHYS[one.why]}: {one.rows}")
    measures = total.measures
    typer.echo(f"核查率 {percent(total.check_rate)}, 到位率 {percent(total.covered_rate)}")
    typer.echo(
        f"措施 {measures.ordered}: 已适用 {measures.applied}, 未适用有理由 {measures.refused}, 未反馈 {measures.silent}"
    )
    for warning in report.warnings:
        typer.echo(f"注意: {warning}")

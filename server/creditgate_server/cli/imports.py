"""`creditgate-server import`: load files into the registry."""

from __future__ import annotations

from datetime import date
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from ..clock import legal_day
from ..errors import SetupFault
from ..files.progress import bars
from ..files.reading import open_rows
from ..present import utc_now
from ..registry.identity import PersonKey, key_path
from ..registry.importer import import_file
from ..registry.reports import ImportReport
from ..rulebook.load import read_directory
from ..storage.database import migrate, open_store
from .asked import UNUSABLE, day_asked, refuse
from .faults import told_plainly


def import_command(
    files: Annotated[list[Path], typer.Argument(help="CSV、XLSX 或 XLS 文件", exists=True, dir_okay=False)],
    store: Annotated[str, typer.Option(help="数据库, 例如 sqlite:///var/creditgate.db", envvar="CREDITGATE_STORE")],
    rules: Annotated[Path, typer.Option(help="规则库目录", envvar="CREDITGATE_RULES")] = Path("rules"),
    feed: Annotated[str | None, typer.Option(help="数据源代码; 不写时按内容判断")] = None,
    as_of: Annotated[str | None, typer.Option(help="数据完整到哪一天(YYYY-MM-DD), 不写为今天")] = None,
    rejects: Annotated[Path | None, typer.Option(help="退回行文件, 不写为 文件名.rejects.csv")] = None,
    sheet: Annotated[str | None, typer.Option(help="只读这一张工作表; 不写时读表头相同的各张")] = None,
    complete: Annotated[bool, typer.Option("--complete", help="有退回行时仍视为数据完整")] = False,
    person_key: Annotated[Path | None, typer.Option(help="个人标识密钥文件", envvar="CREDITGATE_PERSON_KEY")] = None,
) -> None:
    """导入双公示、名单、评价结果、信用记录和信用主体文件。"""
    if rejects is not None and len(files) > 1:
        raise refuse("--rejects: 几个文件不能共用一个退回行文件")
    now = utc_now()
    data_day = _data_day(as_of, legal_day(now))
    unreadable = 0
    with told_plainly(UNUSABLE):
        catalogue = read_directory(rules).rule_set.catalogue
        opened = open_store(store)
        migrate(opened)
        key = PersonKey.load(key_path(opened, person_key), create=opened.embedded)
        for path in files:
            load = partial(
                import_file,
                opened,
                path,
                catalogue=catalogue,
                person_key=key,
                data_day=data_day,
                known_at=now,
                feed=feed,
                rejects=rejects,
                sheet=sheet,
                complete=complete,
            )
            try:
                with bars() as shown:
                    report = load(progress=shown.step(path.name, _count(path, sheet) if shown.seen else None))
                typer.echo(summary(report))
                for note in report.notes:
                    typer.echo(f"  说明: {note}")
            except SetupFault as fault:  # this file is at fault: the others are none the worse
                unreadable += 1
                typer.echo(f"{path.name}: {fault}", err=True)
    if unreadable:
        raise typer.Exit(UNUSABLE)


def summary(report: ImportReport) -> str:
    """One line on what became of a file."""
    line = (
        f"{report.path.name}({report.kind.value}): 共 {report.rows} 行, 新增 {report.loaded}, "
        f"更正 {report.revised}, 未变 {report.unchanged}, 退回 {report.rejected}"
    )
    if report.reject_file:
        line += f", 退回行见 {report.reject_file}"
    if not report.delivered:
        line += "; 有退回行, 数据源不视为完整: 改正后重新导入, 或确认无碍后加 --complete"
    return line


def _data_day(text: str | None, today: date) -> date:
    day = today if text is None else day_asked(text, "--as-of")
    if day > today:
        raise refuse("--as-of: 数据日期不能晚于今天")
    return day


def _count(path: Path, sheet: str | None) -> int:
    with open_rows(path, sheet=sheet) as rows:
        return max(sum(1 for _ in rows) - 1, 0)

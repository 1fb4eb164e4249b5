"""`creditgate-server import`: load files into the registry."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from ..clock import legal_day
from ..errors import RuleSetFault, SetupFault
from ..files.progress import bars
from ..present import utc_now
from ..registry.control import Control, read_control
from ..registry.forms import NO_MAPPING, read_forms, read_mapping
from ..registry.identity import PersonKey, key_path
from ..registry.importer import HowToImport, import_file
from ..registry.rejects import reject_file
from ..registry.survey import FileSurvey
from ..rulebook.catalogue import Catalogue
from ..rulebook.load import read_directory
from ..storage.database import migrate, open_store
from .asked import UNUSABLE, day_asked, refuse
from .faults import told_plainly
from .imports_shown import summary, understood

OTHER_THAN_ANNOUNCED = 1
"""Exit status where a file holds other than its sender announced; its feed stays incomplete."""


def import_command(
    files: Annotated[list[Path], typer.Argument(help="CSV、XLSX 或 XLS 文件", exists=True, dir_okay=False)],
    store: Annotated[str, typer.Option(help="数据库, 例如 sqlite:///var/creditgate.db", envvar="CREDITGATE_STORE")],
    rules: Annotated[Path, typer.Option(help="规则库目录", envvar="CREDITGATE_RULES")] = Path("rules"),
    mapping: Annotated[Path | None, typer.Option(help="对照文件(YAML): 表样不认识的列是什么", dir_okay=False)] = None,
    feed: Annotated[str | None, typer.Option(help="数据源代码; 不写时按内容判断")] = None,
    as_of: Annotated[str | None, typer.Option(help="数据完整到哪一天(YYYY-MM-DD), 不写为今天")] = None,
    rejects: Annotated[Path | None, typer.Option(help="退回行文件, 不写为 文件名.rejects.csv")] = None,
    sheet: Annotated[str | None, typer.Option(help="只读这一张工作表; 不写时读表头相同的各张")] = None,
    expect: Annotated[int | None, typer.Option(min=0, help="应有多少行(不含表头); 不符时数据源不视为完整")] = None,
    control: Annotated[Path | None, typer.Option(help="控制文件: 各数据源的接收条数和金额合计", dir_okay=False)] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只说明各列怎样理解、会改变什么, 不写入")] = False,
    older: Annotated[bool, typer.Option("--older", help="数据日期较早也覆盖已有的较新数据")] = False,
    complete: Annotated[bool, typer.Option("--complete", help="有退回行时仍视为数据完整")] = False,
    person_key: Annotated[Path | None, typer.Option(help="个人标识密钥文件", envvar="CREDITGATE_PERSON_KEY")] = None,
) -> None:
    """导入双公示、名单、评价结果、信用记录、信用主体和关系文件。

    与公布的总数(--expect、--control)不符的退出状态为 1, 有文件不能读取的为 2。
    """
    if rejects is not None and len(files) > 1:
        raise refuse("--rejects: 几个文件不能共用一个退回行文件")
    for path in files:
        aside = rejects or reject_file(path)
        if any(_same(aside, one) for one in (*files, mapping, control) if one is not None):
            raise refuse(f"--rejects: {path.name} 的退回行会写到 {aside.name}, 而这个文件也要读取; 请分开导入")
    if expect is not None and len(files) > 1:
        raise refuse("--expect: 几个文件不能共用一个行数; 用 --control")
    now = utc_now()
    data_day = _data_day(as_of, legal_day(now))
    unreadable = unlike = 0
    with told_plainly(UNUSABLE):
        catalogue = read_directory(rules).rule_set.catalogue
        how = HowToImport(
            mapping=NO_MAPPING if mapping is None else read_mapping(mapping),
            feed=feed,
            sheet=sheet,
            rejects=rejects,
            complete=complete,
            older=older,
            rehearsal=dry_run,
        )
        opened = open_store(store)
        migrate(opened)
        key = PersonKey.load(key_path(opened, person_key), create=opened.embedded)
        load = partial(
            import_file,
            opened,
            catalogue=catalogue,
            forms=read_forms(rules),
            person_key=key,
            data_day=data_day,
            known_at=now,
        )
        for path in files:
            try:
                announced = _announced(expect, control, path, catalogue)
                with bars() as shown:
                    report = load(path, how=replace(how, control=announced), began=partial(_begun, dry_run=dry_run),
                                  progress=shown.step(path.name))  # fmt: skip
                typer.echo(summary(report, rehearsed=dry_run))
                unlike += bool(report.differs)
            except RuleSetFault:
                raise
            except SetupFault as fault:  # this file is at fault: the others are none the worse
                unreadable += 1
                typer.echo(f"{path.name}: {fault}", err=True)
    if unreadable:
        raise typer.Exit(UNUSABLE)
    if unlike:
        raise typer.Exit(OTHER_THAN_ANNOUNCED)


def _same(one: Path, other: Path) -> bool:
    return one.exists() and other.exists() and one.samefile(other)


def _begun(survey: FileSurvey, *, dry_run: bool) -> None:
    if dry_run:
        typer.echo(understood(survey))


def _announced(expect: int | None, control: Path | None, path: Path, catalogue: Catalogue) -> Control:
    feeds = None if control is None else read_control(control, path.name, catalogue)
    return Control(expect, feeds)


def _data_day(text: str | None, today: date) -> date:
    day = today if text is None else day_asked(text, "--as-of")
    if day > today:
        raise refuse("--as-of: 数据日期不能晚于今天")
    return day

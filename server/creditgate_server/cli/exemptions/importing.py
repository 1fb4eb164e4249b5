"""`exemptions import`: a workbook of lists into the rule library."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ...exemption_sheets.digest import list_digest
from ...exemption_sheets.importing import import_workbook
from ...exemption_sheets.source import Element
from ...rulebook.catalogue import Catalogue, Kind
from ..faults import told_plainly
from ..rules.asked import day_asked, library, refuse


def import_lists(
    file: Annotated[Path, typer.Argument(metavar="FILE.xlsx", help="工作簿: 导出的, 或者只有官方栏目的")],
    rules: Annotated[Path, typer.Option("--rules", help="规则库目录")] = Path("rules"),
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="把改动的文件写到这个目录; 不写则写回规则库")
    ] = None,
    code: Annotated[str, typer.Option("--list", metavar="CODE", help="只有官方栏目时: 清单代码")] = "",
    title: Annotated[str, typer.Option("--title", metavar="文字", help="同上: 清单名称, 不写则用文件的名称")] = "",
    organ: Annotated[str, typer.Option("--organ", metavar="CODE", help="同上: 部门代码")] = "",
    region: Annotated[str, typer.Option("--region", metavar="CODE", help="同上: 行政区划代码")] = "",
    instrument: Annotated[str, typer.Option("--instrument", metavar="CODE", help="同上: 文件代码")] = "",
    since: Annotated[str, typer.Option("--from", metavar="DAY", help="同上: 施行日期")] = "",
    kind: Annotated[
        str, typer.Option("--kind", metavar="KIND", help="同上: first、minor、fine_waived 或 lighter")
    ] = "",
) -> None:
    """导入清单。有一格不对就什么都不写, 逐格指出; 写回的规则库已经检查过。"""
    with told_plainly():
        loaded = library(rules)
    official = None
    if code:
        given = {"organ": organ, "region": region, "instrument": instrument, "from": since, "kind": kind}
        official = _official(loaded.rule_set.catalogue, code, title, given)
    try:
        content = file.read_bytes()
    except OSError as fault:
        raise refuse(f"读不了 {file}({fault.strerror})") from fault
    with told_plainly():
        found = import_workbook(str(file), content, loaded.files, loaded, official)
    for name, text in found.changed.items():
        _replace((out or rules) / name, text)
    for one in found.lists:
        typer.echo(f"清单 {one}: {list_digest(found.library.rule_set, one)}")
    written = "、".join(found.changed) or "没有改动"
    typer.echo(f"已写: {written}" if found.changed else written)


def _official(catalogue: Catalogue, code: str, title: str, given: dict[str, str]) -> Element:
    """The definition of a list in the official columns alone. Exit status 2 where an option is wrong."""
    missing = [f"--{name}" for name, value in given.items() if not value]
    if missing:
        raise refuse(f"只有官方栏目的清单还要写 {'、'.join(missing)}")
    if given["kind"] not in set(Kind):
        raise refuse(f"没有类别 {given['kind']}: 用 {'、'.join(Kind)}")
    for name in ("organ", "region", "instrument"):
        if given[name] not in getattr(catalogue, f"{name}s"):
            raise refuse(f"--{name}: 规则库里没有 {given[name]}")
    return {
        "code": code,
        "title": title or catalogue.instruments[given["instrument"]].title,
        "region": given["region"],
        "organ": given["organ"],
        "instrument": given["instrument"],
        "effective": {"from": day_asked(given["from"])},
        "verified": False,
        "kind": given["kind"],
    }


def _replace(path: Path, content: bytes) -> None:
    """Write a file whole, or not at all."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_name(f".{path.name}.part")
        beside.write_bytes(content)
        beside.replace(path)
    except OSError as fault:
        raise refuse(f"写不了 {path}({fault.strerror})") from fault

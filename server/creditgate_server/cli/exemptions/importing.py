"""`exemptions import`: a workbook of lists into the rule library."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ...exemptions.sheets.digest import list_digest
from ...exemptions.sheets.importing import import_official, import_workbook
from ...exemptions.sheets.official import OfficialList
from ...files.whole import write_all
from ...rulebook.catalogue import Catalogue, ExemptionKind
from ...rulebook.source import MAX_BYTES, nearest
from ...rulebook.titles import EXEMPTION_KINDS
from ..asked import UNUSABLE, day_asked, library, refuse
from ..faults import told_plainly

_KINDS = {kind.value: kind for kind in ExemptionKind} | {title: kind for kind, title in EXEMPTION_KINDS.items()}


def import_lists(
    file: Annotated[Path, typer.Argument(metavar="FILE.xlsx", help="工作簿: 导出的, 或者只有官方栏目的")],
    rules: Annotated[Path, typer.Option("--rules", help="规则库目录")] = Path("rules"),
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="把改动的文件写到这个目录; 不写则写回规则库")
    ] = None,
    code: Annotated[
        str, typer.Option("--list", metavar="CODE", help="只有官方栏目时: 清单代码, 规则库里还没有的")
    ] = "",
    title: Annotated[str, typer.Option("--title", metavar="文字", help="同上: 清单名称, 不写则用文件的名称")] = "",
    organ: Annotated[str, typer.Option("--organ", metavar="CODE", help="同上: 部门代码")] = "",
    region: Annotated[str, typer.Option("--region", metavar="CODE", help="同上: 行政区划代码")] = "",
    instrument: Annotated[str, typer.Option("--instrument", metavar="CODE", help="同上: 文件代码")] = "",
    since: Annotated[str, typer.Option("--from", metavar="DAY", help="同上: 施行日期")] = "",
    until: Annotated[str, typer.Option("--until", metavar="DAY", help="同上: 失效日期, 含当天; 没有就不写")] = "",
    kind: Annotated[
        str, typer.Option("--kind", metavar="KIND", help="同上: first、minor、fine_waived 或 lighter")
    ] = "",
    draft: Annotated[bool, typer.Option("--draft", help="同上: 对不上的依据和措施写进备注, 不算错误")] = False,
) -> None:
    """导入清单。有一格不对就什么都不写, 逐格指出; 写回的规则库已经检查过。"""
    loaded = library(rules)
    given = {"organ": organ, "region": region, "instrument": instrument, "from": since, "kind": kind}
    if not code and (draft or title or until or any(given.values())):
        raise refuse("--organ、--draft 等只用于只有官方栏目的清单, 还要写 --list")
    official = _official(loaded.rule_set.catalogue, code, title, given, until) if code else None
    content = _read(file)
    with told_plainly():
        if official is not None:
            found = import_official(str(file), content, loaded.files, loaded, official, draft=draft)
        else:
            found = import_workbook(str(file), content, loaded.files, loaded)
    with told_plainly(UNUSABLE):
        written = {(out or rules) / name: text for name, text in found.changed.items()}
        for path in written:
            path.parent.mkdir(parents=True, exist_ok=True)
        write_all(written)
    for note in found.notes:
        typer.echo(f"提示: {note}")
    for one in found.lists:
        typer.echo(f"清单 {one}: {list_digest(found.library.rule_set, one)}{_since(found.since_export.get(one))}")
    typer.echo(f"已写: {'、'.join(found.changed)}" if found.changed else "没有改动")


def _since(changed: bool | None) -> str:
    if changed is None:
        return ""
    return ", 与导出时不同" if changed else ", 与导出时相同"


def _read(file: Path) -> bytes:
    try:
        with file.open("rb") as opened:
            content = opened.read(MAX_BYTES + 1)
    except OSError as fault:
        raise refuse(f"读不了 {file}({fault.strerror})") from fault
    if len(content) > MAX_BYTES:
        raise refuse(f"{file} 太大: 最多 {MAX_BYTES} 字节")
    return content


def _official(catalogue: Catalogue, code: str, title: str, given: dict[str, str], until: str) -> OfficialList:
    """What is said of a list in the official columns alone. Exit status 2 where an option is wrong."""
    missing = [f"--{name}" for name, value in given.items() if not value]
    if missing:
        raise refuse(f"只有官方栏目的清单还要写 {'、'.join(missing)}")
    if given["kind"] not in _KINDS:
        raise refuse(f"没有类别 {given['kind']}: 用 {'、'.join(kind.value for kind in ExemptionKind)}")
    for name in ("organ", "region", "instrument"):
        known = getattr(catalogue, f"{name}s")
        if given[name] not in known:
            raise refuse(f"--{name}: 规则库里没有 {given[name]} {nearest(given[name], list(known))}".rstrip())
    return OfficialList(
        code=code,
        title=title or catalogue.instruments[given["instrument"]].title,
        region=given["region"],
        organ=given["organ"],
        instrument=given["instrument"],
        kind=_KINDS[given["kind"]],
        start=day_asked(given["from"]),
        until=day_asked(until) if until else None,
    )

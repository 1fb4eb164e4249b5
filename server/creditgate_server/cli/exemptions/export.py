"""`exemptions lists`, `digest` and `export`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ...exemption_sheets.bundle import bundle
from ...exemption_sheets.digest import list_content, list_digest
from ...exemption_sheets.page import page
from ...exemption_sheets.source import ListSource, list_sources, read_sources
from ...exemption_sheets.workbook import workbook
from ...rulebook.explain import days_in_words
from ...rulebook.load import Loaded
from ...rulebook.source import nearest
from ..faults import told_plainly
from ..rules.asked import library, refuse

Rules = Annotated[Path, typer.Argument(help="规则库目录")]
ListCode = Annotated[str, typer.Option("--list", metavar="CODE", help="清单代码")]


def lists(rules: Rules = Path("rules")) -> None:
    """列出各份清单: 代码、地域、部门、有效期、事项数、待核实。"""
    with told_plainly():
        rule_set = library(rules).rule_set
    catalogue = rule_set.catalogue
    for entry in catalogue.exemption_lists.values():
        found = list_content(rule_set, entry.code)
        unverified = "" if entry.verified else ", 待核实"
        where = f"{catalogue.regions[entry.region].title}, {catalogue.organs[entry.organ].title}"
        when = f"{days_in_words(entry.effective)}, 事项 {len(found.exemptions)} 项{unverified}"
        typer.echo(f"{entry.code}  {entry.title}  {where}, {when}")


def digest(code: ListCode, rules: Rules = Path("rules")) -> None:
    """一份清单内容的摘要: 内容相同则相同, 与书写无关。"""
    with told_plainly():
        loaded = library(rules)
    typer.echo(list_digest(loaded.rule_set, _known(loaded, code)))


def export(
    rules: Rules = Path("rules"),
    code: Annotated[
        list[str] | None, typer.Option("--list", metavar="CODE", help="清单代码; 可多次; 不写则为全部")
    ] = None,
    xlsx: Annotated[Path | None, typer.Option("--xlsx", metavar="FILE", help="官方栏目的工作簿")] = None,
    html: Annotated[
        Path | None, typer.Option("--html", metavar="FILE", help="可打印成 PDF 的网页, 一次一份清单")
    ] = None,
    pack: Annotated[Path | None, typer.Option("--bundle", metavar="FILE", help="离线使用的压缩包")] = None,
) -> None:
    """导出清单。同样的规则库导出的内容逐字节相同。"""
    if xlsx is None and html is None and pack is None:
        raise refuse("没有说导出成什么: 写上 --xlsx、--html 或 --bundle")
    with told_plainly():
        loaded = library(rules)
    sources = list_sources(read_sources(loaded.files))
    chosen = [sources[_known(loaded, one)] for one in code] if code else list(sources.values())
    catalogue = loaded.rule_set.catalogue
    if html is not None and len(chosen) != 1:
        raise refuse("网页一次只写一份清单: 用 --list 指定一份")
    if xlsx is not None:
        _write(xlsx, workbook(catalogue, chosen), chosen)
    if html is not None:
        _write(html, page(catalogue, chosen[0]).encode(), chosen)
    if pack is not None:
        _write(pack, bundle(loaded.rule_set, chosen), chosen)


def _write(path: Path, content: bytes, chosen: list[ListSource]) -> None:
    try:
        path.write_bytes(content)
    except OSError as fault:
        raise refuse(f"写不了 {path}({fault.strerror})") from fault
    typer.echo(f"已写 {path}: 清单 {len(chosen)} 份, 事项 {sum(len(one.entries) for one in chosen)} 行")


def _known(loaded: Loaded, code: str) -> str:
    known = loaded.rule_set.catalogue.exemption_lists
    if code not in known:
        raise refuse(f"没有清单 {code} {nearest(code, list(known))}".strip())
    return code

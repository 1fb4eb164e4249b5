"""`exemptions lists`, `digest` and `export`."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from ...decision.violation import divisions
from ...exemptions.sheets.bundle import bundle, page
from ...exemptions.sheets.digest import list_content, list_digest
from ...exemptions.sheets.typed import EntryReaders, ListSource, TypedList, in_force, list_sources, read_sources
from ...exemptions.sheets.workbook import workbook
from ...files.whole import write
from ...rulebook.bundle import RuleSet
from ...rulebook.catalogue import ExemptionList
from ...rulebook.load import LoadedRuleSet
from ...rulebook.saying import UNVERIFIED, days_in_words
from ...rulebook.source import nearest
from ...rulebook.words import organ_in_words
from ..asked import UNUSABLE, day_asked, library, refuse
from ..faults import told_plainly

Rules = Annotated[Path, typer.Argument(help="规则库目录")]
ListCode = Annotated[str, typer.Option("--list", metavar="CODE", help="清单代码")]
RegionOption = Annotated[
    str, typer.Option("--region", metavar="CODE", help="只要在这里施行的清单: 行政区划代码, 例如 441900")
]
DayOption = Annotated[str, typer.Option("--on", metavar="DAY", help="只要这一天施行的清单, 例如 2026-04-01")]


def lists(
    rules: Rules = Path("rules"),
    region: RegionOption = "",
    on: DayOption = "",
    as_json: Annotated[bool, typer.Option("--json", help="输出一个 JSON 对象")] = False,
) -> None:
    """列出各份清单: 代码、名称、地域、部门、有效期、事项数、待核实的。"""
    rule_set = library(rules).rule_set
    found = [_summary(rule_set, code) for code in _asked(rule_set, (), region, on)]
    if as_json:
        typer.echo(json.dumps({"lists": found}, ensure_ascii=False, sort_keys=True))
        return
    for one in found:
        unverified = f", {UNVERIFIED} {one['unverified']} 项" if one["unverified"] else ""
        mark = "" if one["verified"] else f", 清单{UNVERIFIED}"
        where = f"{one['region_title']}, {one['organ_title']}"
        typer.echo(f"{one['code']}  {one['title']}  {where}, {one['days']}, 事项 {one['entries']} 项{unverified}{mark}")


def digest(code: ListCode, rules: Rules = Path("rules")) -> None:
    """一份清单内容的摘要: 内容相同则相同, 与书写无关。"""
    loaded = library(rules)
    typer.echo(list_digest(loaded.rule_set, _known(loaded.rule_set, code)))


def export(
    rules: Rules = Path("rules"),
    code: Annotated[list[str] | None, typer.Option("--list", metavar="CODE", help="清单代码; 可多次")] = None,
    everything: Annotated[bool, typer.Option("--all", help="全部清单; 不写 --list 时也是")] = False,
    region: RegionOption = "",
    on: DayOption = "",
    xlsx: Annotated[Path | None, typer.Option("--xlsx", metavar="FILE", help="官方栏目的工作簿")] = None,
    html: Annotated[
        Path | None, typer.Option("--html", metavar="FILE", help="可打印成 PDF 的网页; 几份清单时写目录, 一份一页")
    ] = None,
    pack: Annotated[Path | None, typer.Option("--bundle", metavar="FILE", help="离线使用的压缩包")] = None,
) -> None:
    """导出清单。同样的规则库导出的内容逐字节相同。写了 --on 时, 网页和压缩包只有那一天施行的事项, 工作簿总是全部。"""
    if xlsx is None and html is None and pack is None:
        raise refuse("没有说导出成什么: 写上 --xlsx、--html 或 --bundle")
    if code and everything:
        raise refuse("--list 和 --all 只能写一个")
    loaded = library(rules)
    rule_set = loaded.rule_set
    sources = list_sources(read_sources(loaded.files))
    chosen = [sources[one] for one in _asked(rule_set, code or (), region, on)]
    if not chosen:
        raise refuse("没有符合条件的清单")
    shown = _shown(loaded, chosen, day_asked(on) if on else None)
    with told_plainly():
        if xlsx is not None:
            _write(xlsx, workbook(rule_set, chosen), shown)
        if html is not None:
            _pages(html, rule_set, shown)
        if pack is not None:
            _write(pack, bundle(rule_set, shown), shown)


def _shown(loaded: LoadedRuleSet, chosen: Iterable[ListSource], day: date | None) -> list[TypedList]:
    readers = EntryReaders(loaded.rule_set.catalogue)
    typed = [readers.listed(one) for one in chosen]
    return [in_force(one, day) for one in typed] if day else typed


def _pages(path: Path, rule_set: RuleSet, shown: list[TypedList]) -> None:
    """One page in a file, or each list's own in a directory."""
    if path.suffix.lower() in (".html", ".htm"):
        if len(shown) > 1:
            raise refuse(f"有 {len(shown)} 份清单: --html 写一个目录, 一份一页")
        _write(path, page(rule_set, shown[0]).encode(), shown)
        return
    for one in shown:
        _write_in_folder(path / f"{one.value.code}.html", page(rule_set, one).encode())
    _say(path, shown)


def _write(path: Path, content: bytes, shown: list[TypedList]) -> None:
    _write_in_folder(path, content)
    _say(path, shown)


def _write_in_folder(path: Path, content: bytes) -> None:
    with told_plainly(UNUSABLE):
        path.parent.mkdir(parents=True, exist_ok=True)
        write(path, content)


def _say(path: Path, shown: list[TypedList]) -> None:
    typer.echo(f"已写 {path}: 清单 {len(shown)} 份, 事项 {sum(len(one.entries) for one in shown)} 行")


def _asked(rule_set: RuleSet, codes: Iterable[str], region: str, on: str) -> list[str]:
    """Codes of the lists that are asked for, in the order of the library. Exit status 2 for what is not known."""
    wanted = {_known(rule_set, code) for code in codes}
    day = day_asked(on) if on else None
    if region and region not in rule_set.catalogue.regions and not (region.isdigit() and len(region) == 6):
        raise refuse(f"“{region}”不是行政区划代码, 请写六位数字, 例如 441900")
    within = divisions(region) if region else ()
    return [
        entry.code
        for entry in rule_set.catalogue.exemption_lists.values()
        if (not wanted or entry.code in wanted)
        and (not within or entry.region in within)
        and (day is None or entry.effective.holds_on(day))
    ]


def _summary(rule_set: RuleSet, code: str) -> dict[str, object]:
    entry: ExemptionList = rule_set.catalogue.exemption_lists[code]
    found = list_content(rule_set, code)
    unverified = {name for rule in found.rules if not rule.verified for name in rule.applies.exemptions}
    return {
        "code": code,
        "title": entry.title,
        "region": entry.region,
        "region_title": rule_set.catalogue.regions[entry.region].title,
        "organ": entry.organ,
        "organ_title": organ_in_words(rule_set.catalogue, entry.organ, entry.region),
        "from": entry.effective.start.isoformat(),
        "until": entry.effective.until.isoformat() if entry.effective.until else None,
        "days": days_in_words(entry.effective),
        "entries": len(found.exemptions),
        "unverified": len(unverified),
        "verified": entry.verified,
        "digest": list_digest(rule_set, code),
    }


def _known(rule_set: RuleSet, code: str) -> str:
    known = rule_set.catalogue.exemption_lists
    if code not in known:
        raise refuse(f"没有清单 {code} {nearest(code, list(known))}".strip())
    return code

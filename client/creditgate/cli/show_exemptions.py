"""Exemption lists for people: what a search found, with the matched parts marked, and an entry in full."""

from __future__ import annotations

from itertools import groupby

from rich.console import Console
from rich.text import Text

from .._contract import (
    ExemptionEntry,
    ExemptionHit,
    ExemptionsFound,
    ExemptionVersion,
    ExemptionVersionDetail,
    TextMatch,
    TextRange,
)
from ..titles import EXEMPTION_KINDS
from .show import print_lines
from .words import basis_words, printable

_FIELD_WORDS = {
    "organ": "实施部门",
    "basic_code": "基本编码",
    "keywords": "常用说法",
    "penalty_basis": "处罚依据",
    "circumstances": "适用情形",
    "exemption_basis": "免罚依据",
    "lists": "免罚清单",
    "kinds": "免罚类别",
}
"""Code and title are marked where they stand."""
_MARK = "bold yellow"


def print_found(console: Console, found: ExemptionsFound) -> None:
    """The hits, best first, and how many there are."""
    where = f", 区划 {printable(found.region)}" if found.region else ""
    if not found.hits:
        console.print(Text(f"没有找到: 施行日 {found.in_force_on}{where}"))
        console.print(Text("提示 换个说法, 或加 --include-not-in-force"))
        return
    console.print(Text(f"共 {found.total} 项, 施行日 {found.in_force_on}{where}"))
    for hit in found.hits:
        console.print()
        _print_hit(console, hit)
    if found.next_page_token:
        console.print()
        console.print(Text(f"还有: 加 --page-token {printable(found.next_page_token)}", style="dim"))


def print_entry(console: Console, entry: ExemptionEntry) -> None:
    """An entry: what is punishable, and each list's exemption."""
    console.print(Text(f"{printable(entry.code)}  {printable(entry.title)}", style="bold"))
    console.print(Text(printable(f"实施部门  {entry.organ_title}({entry.organ})")))
    if entry.basic_code:
        console.print(Text(f"基本编码  {printable(entry.basic_code)}"))
    if entry.keywords:
        console.print(Text(printable(f"常用说法  {'、'.join(entry.keywords)}")))
    if entry.penalty_basis:
        print_lines(console, "处罚依据", basis_words(entry.penalty_basis).split("\n"))
    if not any(detail.version.in_force for detail in entry.versions):
        console.print(Text(f"{entry.day} 在 {printable(entry.region)} 没有施行中的清单包括这一项", style="yellow"))
    for detail in entry.versions:
        console.print()
        _print_detail(console, detail)


def _print_hit(console: Console, hit: ExemptionHit) -> None:
    line = Text.assemble(_marked(console, hit, "code", hit.code), "  ", _marked(console, hit, "title", hit.title))
    line.stylize("bold")
    if not hit.in_force:
        line.append("  未在施行", "red")
    console.print(line)
    console.print(Text(f"    {printable(hit.organ_title)}({printable(hit.organ)})", style="dim"))
    for version in hit.versions:
        console.print(Text.assemble("    ", _version_words(version)))
    for field, matches in groupby(hit.matches, lambda match: match.field):
        if field in _FIELD_WORDS:
            texts = [_with_marks(console, match.text, match.ranges) for match in matches]
            console.print(Text.assemble(f"    {_FIELD_WORDS[field]}: ", Text("; ").join(texts)))


def _marked(console: Console, hit: ExemptionHit, field: str, text: str) -> Text:
    match: TextMatch | None = next((one for one in hit.matches if one.field == field and one.text == text), None)
    return _with_marks(console, text, match.ranges if match else ())


def _with_marks(console: Console, text: str, ranges: tuple[TextRange, ...]) -> Text:
    """The text, its matched parts in colour, or in brackets where there is none."""
    plain = console.color_system is None or console.no_color
    marked, place = Text(), 0
    for part in ranges:
        marked.append(printable(text[place : part.start]))
        inner = printable(text[part.start : part.end])
        marked.append(f"【{inner}】" if plain else inner, None if plain else _MARK)
        place = part.end
    return marked.append(printable(text[place:]))


def _version_words(version: ExemptionVersion) -> Text:
    until = f" 至 {version.effective_until}" if version.effective_until else " 起"
    text = Text.assemble(
        (EXEMPTION_KINDS[version.kind], "cyan"),
        printable(f" 《{version.list_title}》({version.list}) {version.effective_from}{until}"),
    )
    if not version.in_force:
        text.append(" 未在施行", "red")
    if not version.verified:
        text.append(" 出处待核实", "magenta")
    return text


def _print_detail(console: Console, detail: ExemptionVersionDetail) -> None:
    version = detail.version
    line = _version_words(version)
    line.stylize("bold")
    console.print(line)
    where = "、".join(one.title or one.code for one in version.regions) or "各地"
    edition = f"{detail.list_version}, " if detail.list_version else ""
    console.print(Text(printable(f"  {edition}施行区划 {where}"), style="dim"))
    if version.circumstances:
        print_lines(console, "  适用情形", [f"  {version.circumstances}"])
    conditions = [f"{'  ' * one.number.count('.')}  {one.number}. {one.text}" for one in detail.conditions]
    print_lines(console, "  条件(各项都要成立)", conditions)
    print_lines(console, "  不适用情形", [f"  {title}" for title in detail.exclusions])
    print_lines(console, "  免罚依据", [f"  {line}" for line in basis_words(detail.basis).split("\n") if line])
    print_lines(console, "  配套监管措施", [f"  {one.title}" for one in detail.soft_measures])
    if detail.remark:
        print_lines(console, "  备注", [f"  {detail.remark}"])

"""Exemption lists for people: what a search found, with the matched parts marked, and an entry in full."""

from __future__ import annotations

import shlex
from itertools import groupby

from rich.console import Console
from rich.text import Text

from .._contract import (
    ExemptionEntry,
    ExemptionHit,
    ExemptionsFound,
    ExemptionVersion,
    ExemptionVersionDetail,
    LawAnswer,
    TextMatch,
    TextRange,
    VersionsPage,
)
from ..titles import EXEMPTION_KINDS, LENIENCIES
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
    """Entries in force that fit, those that only share words, references, and what the law itself gives."""
    region = found.region.code if found.region else ""
    where = f", 区划 {printable(region)}" if region else ""
    if found.hits:
        console.print(Text(f"共 {found.total_size} 项, 施行日 {found.as_of}{where}"))
    else:
        console.print(Text(f"没有找到: 施行日 {found.as_of}{where}"))
        console.print(Text("提示 换个说法, 或加 --include-not-in-force"))
    for hit in found.hits:
        if hit.fits:
            console.print()
            _print_hit(console, hit)
    _print_doubtful(console, [hit for hit in found.hits if not hit.fits])
    if found.next_page_token:
        console.print()
        console.print(Text(f"还有: 加 --page-token {printable(found.next_page_token)}", style="dim"))
    if found.references:
        _head(console, "只作参考: 这里没有施行的清单上有这种行为")
        for hit in found.references:
            console.print()
            _print_hit(console, hit)
    if found.law:
        _print_law(console, found.law, region)


def print_entry(console: Console, entry: ExemptionEntry) -> None:
    """An entry: what is punishable, and each list's exemption."""
    console.print(Text(f"{printable(entry.exemption.code)}  {printable(entry.exemption.title)}", style="bold"))
    console.print(Text(printable(f"实施部门  {entry.organ.title}({entry.organ.code})")))
    if entry.basic_code:
        console.print(Text(f"基本编码  {printable(entry.basic_code)}"))
    if entry.keywords:
        console.print(Text(printable(f"常用说法  {'、'.join(entry.keywords)}")))
    if entry.penalty_basis:
        print_lines(console, "处罚依据", basis_words(entry.penalty_basis).split("\n"))
    if not any(detail.version.in_force for detail in entry.versions):
        console.print(
            Text(f"{entry.as_of} 在 {printable(entry.region.code)} 没有施行中的清单包括这一项", style="yellow")
        )
    for detail in entry.versions:
        console.print()
        _print_detail(console, detail)
    if len(entry.versions) < entry.version_count:
        console.print()
        more = f"共 {entry.version_count} 份清单: creditgate exemptions versions {printable(entry.exemption.code)}"
        console.print(Text(more, style="dim"))


def print_versions(console: Console, page: VersionsPage) -> None:
    """A page of an entry's versions."""
    console.print(Text(f"共 {page.total_size} 份清单"))
    for detail in page.versions:
        console.print()
        _print_detail(console, detail)
    if page.next_page_token:
        console.print()
        console.print(Text(f"还有: 加 --page-token {printable(page.next_page_token)}", style="dim"))


def _head(console: Console, words: str) -> None:
    console.print()
    console.print(Text(f"—— {words} ——", style="bold cyan"))


def _print_doubtful(console: Console, hits: list[ExemptionHit]) -> None:
    """What only shares words, one a line."""
    if hits:
        _head(console, "只是用词相近, 多半不是这种行为")
    for hit in hits:
        state = "" if hit.in_force else "  未在施行"
        console.print(
            Text(printable(f"{hit.exemption.code}  {hit.exemption.title}  {hit.organ.title}{state}"), style="dim")
        )


def _print_law(console: Console, law: LawAnswer, region: str) -> None:
    """What the law gives, and the command that asks."""
    _head(console, "施行的清单没有列明, 法律本身的规定")
    for rule in law.rules:
        verified = "" if rule.verified else " 出处待核实"
        console.print(Text(printable(f"{LENIENCIES[rule.leniency.lower()]}: {rule.rule.title}{verified}")))
        console.print(Text(f"    {basis_words(rule.basis)}", style="dim"))
    if law.lists:
        organ = printable(law.organ.title if law.organ else "")
        console.print(Text(f"{organ}的下列清单在这里施行, 但库里没有事项, 请查原文:"))
        for one in law.lists:
            number = f"({one.instrument.number})" if one.instrument.number else ""
            console.print(Text(printable(f"    《{one.exemption_list.title}》{number}")))
    console.print(Text(f"可以这样判断{f'(由{printable(law.organ.title)})' if law.organ else ''}:"))
    organ = printable(law.organ.code) if law.organ else "部门代码"
    asked = f"--organ {organ} --describe {printable(shlex.quote(law.description))} --subject 主体"
    there = f" --region {printable(region)}" if region else ""
    known = "--acted-on 日期 --discovered-on 日期 --fact 名称=值"
    console.print(Text(f"    creditgate leniency evaluate {asked}{there} {known}"))
    facts = "、".join(f"{one.fact.title}({one.fact.code})" for one in law.facts)
    if facts:
        console.print(Text(printable(f"    情节: {facts}")))


def _print_hit(console: Console, hit: ExemptionHit) -> None:
    line = Text.assemble(
        _marked(console, hit, "code", hit.exemption.code), "  ", _marked(console, hit, "title", hit.exemption.title)
    )
    line.stylize("bold")
    if not hit.in_force:
        line.append("  未在施行", "red")
    console.print(line)
    console.print(Text(f"    {printable(hit.organ.title)}({printable(hit.organ.code)})", style="dim"))
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
    until = f" 至 {version.until_on}" if version.until_on else " 起"
    listed = version.exemption_list
    text = Text.assemble(
        (EXEMPTION_KINDS[version.kind], "cyan"),
        printable(f" 《{listed.title}》({listed.code}) {version.from_on}{until}"),
    )
    if not version.in_force:
        text.append(f" 未在施行: {printable(version.not_binding)}" if version.not_binding else " 未在施行", "red")
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
    print_lines(console, "  配套监管措施", [f"  {one.measure.title}" for one in detail.soft_measures])
    if detail.remark:
        print_lines(console, "  备注", [f"  {detail.remark}"])

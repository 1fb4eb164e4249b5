"""`rules explain`: one rule as Chinese sentences with its basis."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from ...rulebook.bundle import RuleSet
from ...rulebook.language import Rule
from ...rulebook.saying import (
    NO_VERSION,
    UNVERIFIED,
    BasisWords,
    RuleVersionText,
    basis_in_words,
    days_in_words,
    explain,
    version_on,
    versions,
)
from ...rulebook.source import nearest
from ...rulebook.words import ParameterWords, numbered
from ..asked import day_asked, library, refuse

_INDENT = "  "


def explain_rule(
    rule: Annotated[str, typer.Argument(help="规则编号, 例如 grade-severe-list")],
    rules: Annotated[Path, typer.Option("--rules", help="规则库目录")] = Path("rules"),
    on: Annotated[str, typer.Option("--on", metavar="DAY", help="只看这一天有效的版本, 例如 2026-04-01")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="输出一个 JSON 对象")] = False,
) -> None:
    """用中文说明一条规则: 对谁、在哪里问、什么条件、给出什么、依据什么。没有这条规则时退出状态为 2。"""
    day = day_asked(on) if on else None
    rule_set = library(rules).rule_set
    found = versions(rule_set, rule)
    if not found:
        hint = nearest(rule, [known.id for known in rule_set.rules])
        raise refuse(f"没有规则 {rule}" + (f" → {hint}" if hint else ""))
    in_force = version_on(found, day) if day else None
    shown = found if day is None else (in_force,) if in_force else ()
    explained = [explain(rule_set, version) for version in shown]
    if as_json:
        typer.echo(json.dumps(_as_json(found, day, in_force, explained), ensure_ascii=False, sort_keys=True))
        return
    for line in (*_heading(found, day, in_force), *_sections(rule_set, explained)):
        typer.echo(line)


def _as_json(found: tuple[Rule, ...], day: date | None, in_force: Rule | None, shown: list[RuleVersionText]) -> object:
    return {
        "rule": found[0].id,
        "on": day.isoformat() if day else None,
        "in_force": in_force.key if in_force else None,
        "all_versions": [
            {"key": rule.key, "from": rule.effective.start.isoformat(), "until": _iso(rule.effective.until)}
            for rule in found
        ],
        "versions": [asdict(version) for version in shown],
    }


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _heading(found: tuple[Rule, ...], day: date | None, in_force: Rule | None) -> Iterator[str]:
    yield f"规则 {found[0].id}, 共 {len(found)} 个版本"
    for rule in found:
        mark = f"  ← {day} 有效" if rule is in_force else ""
        yield f"{_INDENT}{days_in_words(rule.effective)}: {rule.title}{mark}"
    if day and in_force is None:
        yield f"{day}: {NO_VERSION}"


def _sections(rule_set: RuleSet, shown: list[RuleVersionText]) -> Iterator[str]:
    for version in shown:
        yield ""
        yield from _version(rule_set, version)


def _version(rule_set: RuleSet, version: RuleVersionText) -> Iterator[str]:
    yield f"{version.title}  [{version.key}]"
    yield f"{_INDENT}册: {version.book}"
    yield f"{_INDENT}有效期: {version.days}"
    yield f"{_INDENT}核实状态: {_verified(version.verified)}"
    if version.table:
        yield f"{_INDENT}决策表: {version.table}"
    yield f"{_INDENT}对谁: {version.who}"
    yield from _section("在哪里问", [f"{where.label}: {where}" for where in version.where])
    yield from _section("什么条件下", _condition(version))
    yield from _section("给出什么", _gives(version))
    own = [version.source] if version.source else []
    yield from _section("依据", own + [f"{place}. {basis}" for place, basis in enumerate(version.basis, start=1)])
    if version.parameters:
        yield from _section("参数", [_parameter(rule_set, parameter) for parameter in version.parameters])


def _section(title: str, lines: list[str]) -> Iterator[str]:
    yield f"{_INDENT}{title}"
    for line in lines:
        yield f"{_INDENT * 2}{line}"


def _condition(version: RuleVersionText) -> list[str]:
    return [
        f"{_INDENT * depth}{number + '. ' if number else ''}{text}" for depth, number, text in numbered(version.when)
    ]


def _gives(version: RuleVersionText) -> list[str]:
    remedy = [f"怎样解除: {version.remedy}"] if version.remedy else []
    return [version.gives, *version.further, *remedy]


def _verified(verified: bool) -> str:
    return "已核实" if verified else f"{UNVERIFIED}: 还没有法制人员与原文核对"


def _parameter(rule_set: RuleSet, parameter: ParameterWords) -> str:
    basis: list[BasisWords] = [basis_in_words(rule_set.catalogue, citation) for citation in parameter.basis]
    value = parameter.value or "规则库里没有它在这些日子的值"
    said = [value, *filter(None, (parameter.source,)), *map(str, basis)]
    return f"{parameter.title}({parameter.code}): {'; '.join(said)}"

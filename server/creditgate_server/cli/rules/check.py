"""`rules check`: reads a rule library, shows every fault with its place, and has the engine prove it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated

import typer

from ...engine.prove import ProofReport, prove_in_child
from ...errors import Fault, RuleSetFault
from ...rulebook.load import Loaded, read_directory


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check found: faults, or a sound library, with its proof where one was asked for."""

    faults: tuple[Fault, ...]
    loaded: Loaded | None = None
    proof: ProofReport | None = None


def check_directory(path: Path, *, proven: bool) -> Checked:
    """Read a library and, where `proven`, compare engine and reference on it."""
    try:
        loaded = read_directory(path)
    except RuleSetFault as refused:
        return Checked(refused.faults)
    if not proven:
        return Checked((), loaded)
    try:
        return Checked((), loaded, prove_in_child(loaded.rule_set))
    except RuleSetFault as refused:
        return Checked(tuple(_placed(fault, path, loaded) for fault in refused.faults), loaded)


def _placed(fault: Fault, path: Path, loaded: Loaded) -> Fault:
    """A fault of the proof, which knows the rule alone, with the rule's place."""
    keys = [key for key in loaded.places if fault.rule and fault.rule in (key, key.partition("@")[0])]
    if not keys:
        return Fault(str(path), 1, 1, fault.message, fault.hint, fault.rule)
    place = loaded.places[keys[0]]
    return Fault(place.file, place.line, place.column, fault.message, fault.hint, fault.rule)


def check(
    path: Annotated[Path, typer.Argument(help="规则库目录, 例如 rules")],
    as_json: Annotated[bool, typer.Option("--json", help="输出一个 JSON 对象")] = False,
    no_proof: Annotated[bool, typer.Option("--no-proof", help="不做引擎一致性验证(较快)")] = False,
) -> None:
    """检查规则库。没有错误时退出状态为 0, 否则为 1 并逐条列出 文件:行:列。"""
    found = check_directory(path, proven=not no_proof)
    if as_json:
        typer.echo(json.dumps(_as_json(found), ensure_ascii=False, sort_keys=True))
    else:
        _print(found, path)
    raise typer.Exit(1 if found.faults else 0)


def _counts(loaded: Loaded) -> dict[str, int]:
    catalogue = loaded.rule_set.catalogue
    rules = loaded.rule_set.rules
    return {
        "rules": len(rules),
        "measures": len(catalogue.measures),
        "instruments": len(catalogue.instruments),
        "items": len(catalogue.items),
        "lists": len(catalogue.lists),
        "facts": len(catalogue.facts),
        "unverified_rules": sum(not rule.verified for rule in rules),
        "unverified_instruments": sum(not entry.verified for entry in catalogue.instruments.values()),
    }


def _as_json(found: Checked) -> dict[str, object]:
    answer: dict[str, object] = {"sound": not found.faults, "faults": [asdict(item) for item in found.faults]}
    if found.loaded:
        answer["warnings"] = [asdict(item) for item in found.loaded.warnings]
        answer["counts"] = _counts(found.loaded)
        answer["digest"] = found.loaded.rule_set.digest
    if found.proof:
        answer["proof"] = {
            "plans": found.proof.plans,
            "rules": found.proof.rules,
            "subjects": found.proof.subjects,
            "compared": found.proof.compared,
        }
    return answer


def _file_of(fault: Fault) -> str:
    """The file without the cell that a workbook's fault names."""
    file, ending, _ = fault.file.partition(".xlsx!")
    return f"{file}.xlsx" if ending else file


def _print(found: Checked, path: Path) -> None:
    for fault in found.faults:
        typer.echo(str(fault))
    for warning in found.loaded.warnings if found.loaded else ():
        typer.echo(f"提示 {warning}")
    if found.faults:
        files = len({_file_of(fault) for fault in found.faults})
        typer.echo(f"规则库 {path} 有 {len(found.faults)} 处错误, 涉及 {files} 个文件; 不能启用")
        return
    assert found.loaded is not None
    counts = _counts(found.loaded)
    typer.echo(
        f"规则库 {path} 没有错误: 规则 {counts['rules']} 条, 措施 {counts['measures']} 项, "
        f"依据 {counts['instruments']} 件, 事项 {counts['items']} 项, 名单 {counts['lists']} 个, "
        f"事实 {counts['facts']} 项; 待核实: 规则 {counts['unverified_rules']} 条, "
        f"依据 {counts['unverified_instruments']} 件"
    )
    if found.proof:
        proof = found.proof
        typer.echo(
            f"引擎与对照判断一致: 规则 {proof.rules} 条, 计划 {proof.plans} 个, "
            f"边界主体 {proof.subjects} 个, 比对 {proof.compared} 次"
        )
    typer.echo(f"规则集 {found.loaded.rule_set.digest}")

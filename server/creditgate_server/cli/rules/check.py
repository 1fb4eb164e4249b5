"""`rules check`: reads a rule library, shows every fault with its place, has the engine prove it, and analyses it."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Annotated
from xml.etree.ElementTree import Element, SubElement, indent, tostring

import msgspec
import typer

from ...clock import legal_day
from ...errors import Fault, RuleSetFault
from ...files.whole import write
from ...judging.prove import ProofReport, prove_in_child
from ...present import utc_now
from ...rulebook.bundle import RuleSet
from ...rulebook.check_reading_days import check_reading_days
from ...rulebook.load import LoadedRuleSet, read_directory
from ...rulebook.source import Faults
from ...rulebook.verification import part_of
from ...studies.analysis.analyse import analyse
from ...studies.analysis.findings import RuleFinding
from ..asked import UNUSABLE, day_asked
from ..faults import told_plainly


@dataclass(frozen=True, slots=True)
class LibraryCheck:
    """What a check found: faults, or a sound library, with its proof and analysis where they were asked for."""

    faults: tuple[Fault, ...]
    loaded: LoadedRuleSet | None = None
    proof: ProofReport | None = None
    findings: tuple[tuple[Fault, RuleFinding], ...] | None = None
    """What the analysis found, with its place; None where it did not run."""

    @property
    def sound(self) -> bool:
        """Whether the library may be proposed."""
        return not self.faults and not self.findings

    def lines(self) -> tuple[str, ...]:
        """Every fault and finding in Chinese, the findings with their witness."""
        lines = [str(fault) for fault in self.faults]
        for fault, finding in self.findings or ():
            lines.append(str(fault))
            lines += [f"    例: {line}" for line in (finding.witness.words if finding.witness else ())]
        return tuple(lines)


def check_directory(
    path: Path, today: date, *, prove: Callable[[RuleSet], ProofReport] | None = prove_in_child, analysed: bool = True
) -> LibraryCheck:
    """Read a library; `prove` compares engine and reference; where `analysed`, look for what no test sees.

    `today`: no text can have been read after it.
    """
    try:
        loaded = read_directory(path)
    except RuleSetFault as refused:
        return LibraryCheck(refused.faults)
    impossible = Faults()
    check_reading_days(loaded.register, loaded.rule_set.catalogue.instruments, today, impossible)
    if impossible.found:
        return LibraryCheck(impossible.sorted(), loaded)
    proof = None
    if prove is not None:
        try:
            proof = prove(loaded.rule_set)
        except RuleSetFault as refused:
            return LibraryCheck(tuple(loaded.placed(fault, path) for fault in refused.faults), loaded)
    findings = None
    if analysed:
        findings = tuple((_placed(finding, path, loaded), finding) for finding in analyse(loaded.rule_set))
    return LibraryCheck((), loaded, proof, findings)


def _placed(finding: RuleFinding, path: Path, loaded: LoadedRuleSet) -> Fault:
    fault = loaded.placed(Fault("", 0, 0, finding.message, rule=finding.rules[0]), path)
    return Fault(fault.file, fault.line, fault.column, fault.message, rule=finding.rules[0].partition("@")[0])


def junit(found: LibraryCheck, path: Path) -> bytes:
    """One case a file, one for the proof, one for each kind of analysis finding. UTF-8 with declaration."""
    suite = Element("testsuite", name=f"rules check {path}")
    names = [str(path / name) for name in found.loaded.files] if found.loaded else []
    for file in dict.fromkeys((*names, *(fault.file for fault in found.faults))):
        _case(suite, file, [str(fault) for fault in found.faults if fault.file == file])
    if found.proof is not None:
        _case(suite, "proof", [])
    if found.findings is not None:
        _case(suite, "analysis", [str(fault) for fault, _ in found.findings])
    cases = list(suite)
    suite.set("tests", str(len(cases)))
    suite.set("failures", str(sum(case.find("failure") is not None for case in cases)))
    indent(suite)
    document: bytes = tostring(suite, encoding="utf-8", xml_declaration=True)
    return document


def _case(suite: Element, name: str, faults: Sequence[str]) -> None:
    case = SubElement(suite, "testcase", name=name, classname="rules check")
    if faults:
        SubElement(case, "failure", message=faults[0]).text = "\n".join(faults)


def check(
    path: Annotated[Path, typer.Argument(help="规则库目录, 例如 rules")],
    as_json: Annotated[bool, typer.Option("--json", help="输出一个 JSON 对象")] = False,
    no_proof: Annotated[bool, typer.Option("--no-proof", help="不做引擎一致性验证(较快)")] = False,
    no_analysis: Annotated[bool, typer.Option("--no-analysis", help="不做遗漏、矛盾等分析(较快)")] = False,
    junit_file: Annotated[Path | None, typer.Option("--junit", help="另把结果写成 JUnit XML")] = None,
    unverified: Annotated[bool, typer.Option("--unverified", help="列出待核实的规则、依据等和本市自定的内容")] = False,
    on: Annotated[str | None, typer.Option(help="按哪一天检查核对日期, YYYY-MM-DD; 默认今天")] = None,
) -> None:
    """检查规则库。没有问题时退出状态为 0, 否则为 1 并逐条列出 文件:行:列, 分析发现的问题附一个具体的例子。"""
    today = day_asked(on) if on else legal_day(utc_now())
    found = check_directory(path, today, prove=None if no_proof else prove_in_child, analysed=not no_analysis)
    if as_json:
        typer.echo(json.dumps(_as_json(found), ensure_ascii=False, sort_keys=True))
    else:
        _print(found, path, unverified=unverified)
    if junit_file is not None:
        with told_plainly(UNUSABLE):
            write(junit_file, junit(found, path))
    raise typer.Exit(0 if found.sound else 1)


def _counts(loaded: LoadedRuleSet) -> dict[str, int]:
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


_TOLD_APART = ("rule", "exemption", "instrument")
"""Kinds of things that are told as rules and instruments."""


def _unverified(loaded: LoadedRuleSet) -> dict[str, list[str]]:
    """What no one compared with its texts, and what is the city's own: nothing can be compared with that."""
    instruments = loaded.rule_set.catalogue.instruments.values()
    verified = loaded.rule_set.verified
    return {
        "rules": [rule.key for rule in loaded.rule_set.rules if not rule.verified],
        "instruments": [entry.code for entry in instruments if not entry.verified],
        "others": [
            thing.of
            for thing in loaded.register.things.values()
            if thing.citations and thing.of not in verified and part_of(thing.of)[0] not in _TOLD_APART
        ],
        "own_practice": [thing.of for thing in loaded.register.things.values() if thing.own_practice],
    }


def _as_json(found: LibraryCheck) -> dict[str, object]:
    answer: dict[str, object] = {"sound": found.sound, "faults": [asdict(item) for item in found.faults]}
    if found.loaded:
        answer["warnings"] = [asdict(item) for item in found.loaded.warnings]
        answer["counts"] = _counts(found.loaded)
        answer["digest"] = found.loaded.rule_set.digest
        answer["unverified"] = _unverified(found.loaded)
    if found.proof:
        answer["proof"] = msgspec.structs.asdict(found.proof)
    if found.findings is not None:
        answer["analysis"] = [
            {
                "kind": finding.kind.value,
                "rules": finding.rules,
                "file": fault.file,
                "line": fault.line,
                "column": fault.column,
                "message": finding.message,
                "witness": msgspec.to_builtins(finding.witness),
            }
            for fault, finding in found.findings
        ]
    return answer


_UNVERIFIED = {
    "rules": "待核实 规则",
    "instruments": "待核实 依据",
    "others": "待核实",
    "own_practice": "本市自定",
}


def _file_of(fault: Fault) -> str:
    """The file without the cell that a workbook's fault names."""
    file, ending, _ = fault.file.partition(".xlsx!")
    return f"{file}.xlsx" if ending else file


def _print(found: LibraryCheck, path: Path, *, unverified: bool) -> None:
    for line in found.lines():
        typer.echo(line)
    for warning in found.loaded.warnings if found.loaded else ():
        typer.echo(f"提示 {warning}")
    if not found.sound:
        places = [*found.faults, *(fault for fault, _ in found.findings or ())]
        files = len({_file_of(fault) for fault in places})
        typer.echo(f"规则库 {path} 有 {len(places)} 处错误, 涉及 {files} 个文件; 不能启用")
        return
    assert found.loaded is not None
    if unverified:
        for what, names in _unverified(found.loaded).items():
            for name in names:
                typer.echo(f"{_UNVERIFIED[what]} {name}")
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
    if found.findings is not None:
        typer.echo("分析: 没有遗漏、重复、不会成立、被遮住、互相矛盾或越多越轻的规则")
    typer.echo(f"规则集 {found.loaded.rule_set.digest}")

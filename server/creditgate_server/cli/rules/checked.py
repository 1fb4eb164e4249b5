"""What checking a rule library finds: faults, a proof, and an analysis."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ...errors import Fault, RuleSetFault
from ...judging.prove import ProofReport, prove_in_child
from ...rulebook.bundle import RuleSet
from ...rulebook.load import Loaded, read_directory
from ...studies.analysis.analyse import analyse
from ...studies.analysis.findings import Finding


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check found: faults, or a sound library, with its proof and analysis where they were asked for."""

    faults: tuple[Fault, ...]
    loaded: Loaded | None = None
    proof: ProofReport | None = None
    findings: tuple[tuple[Fault, Finding], ...] | None = None
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
    path: Path, *, prove: Callable[[RuleSet], ProofReport] | None = prove_in_child, analysed: bool = True
) -> Checked:
    """Read a library; `prove` compares engine and reference; where `analysed`, look for what no test sees."""
    try:
        loaded = read_directory(path)
    except RuleSetFault as refused:
        return Checked(refused.faults)
    proof = None
    if prove is not None:
        try:
            proof = prove(loaded.rule_set)
        except RuleSetFault as refused:
            return Checked(tuple(loaded.placed(fault, path) for fault in refused.faults), loaded)
    findings = None
    if analysed:
        findings = tuple((_placed(finding, path, loaded), finding) for finding in analyse(loaded.rule_set))
    return Checked((), loaded, proof, findings)


def _placed(finding: Finding, path: Path, loaded: Loaded) -> Fault:
    fault = loaded.placed(Fault("", 0, 0, finding.message, rule=finding.rules[0]), path)
    return Fault(fault.file, fault.line, fault.column, fault.message, rule=finding.rules[0].partition("@")[0])

"""A leniency answer for people: the answer, each condition, what is missing, what follows."""

from __future__ import annotations

from rich.console import Console
from rich.text import Text

from .._contract import Condition, Evidence, Ground, Leniency, State
from ..titles import LENIENCIES
from ..values.leniency import LeniencyResult
from .show import print_feeds, print_lines, print_stamp
from .words import basis_words, evidence_words, printable, short_basis, unknown_words

_STYLES = {
    Leniency.PAST_LIMITATION: "bold green",
    Leniency.NO_PENALTY_CAPACITY: "bold green",
    Leniency.NO_PENALTY_MINOR: "bold green",
    Leniency.NO_PENALTY_NO_FAULT: "bold green",
    Leniency.MAY_BE_EXEMPT: "bold cyan",
    Leniency.FINE_MAY_BE_WAIVED: "bold cyan",
    Leniency.SHALL_MITIGATE: "bold yellow",
    Leniency.MAY_MITIGATE: "bold yellow",
    Leniency.EXCLUDED: "bold red",
    Leniency.ORDINARY: "bold red",
    Leniency.UNDETERMINED: "bold magenta",
}
_MARKS = {State.MET: ("✓", "green"), State.NOT_MET: ("✗", "red"), State.UNKNOWN: ("?", "magenta")}


def print_leniency(console: Console, result: LeniencyResult) -> None:
    """The whole answer."""
    decision = (f"{LENIENCIES[result.leniency.lower()]} {result.leniency}", _STYLES[result.leniency])
    console.print(Text.assemble("结论  ", decision, f"  判断日 {result.as_of}"))
    if result.exemption is not None:
        console.print(Text(printable(f"事项  {result.exemption.code} {result.exemption.title}")))
    console.print(Text(printable(result.summary)))
    if result.basis:
        print_lines(console, "依据", basis_words(result.basis).split("\n"))
    if not result.verified:
        console.print(Text("  其中有规则的出处待核实", style="magenta"))
    for ground in _shown(result):
        _print_ground(console, ground)
    print_lines(
        console,
        "还需查明",
        [f"{one.label}({unknown_words(one)}): {one.reason}; 由 {one.supplier} 提供" for one in result.undetermined],
        "magenta",
    )
    print_lines(
        console,
        "柔性措施",
        [one.measure.title + (f", 期限 {one.due_on}" if one.due_on else "") for one in result.soft_measures],
    )
    print_lines(
        console,
        "后续程序",
        [
            f"{number}. {step.step.title}"
            + (f", {step.due_on}" if step.due_on else "")
            + (f"({step.note})" if step.note else "")
            for number, step in enumerate(result.steps, start=1)
        ],
    )
    _print_warnings(console, result)
    print_lines(console, "可能是下列事项", [f"{one.code} {one.title}" for one in result.suggestions])
    print_feeds(console, result.feeds)
    print_stamp(console, result.rule_set, result.receipt.receipt_id, result.receipt.digest)


def _print_warnings(console: Console, result: LeniencyResult) -> None:
    if result.warnings:
        console.print(Text("提示", style="bold yellow"))
    for warning in result.warnings:
        console.print(Text(f"  {printable(warning.message)}"))
        _print_records(console, warning.evidence)


def _shown(result: LeniencyResult) -> list[Ground]:
    """Grounds that are met or open, and those of the entry's own lists; no exclusion that does not hold."""
    return [
        ground
        for ground in result.grounds
        if ground.state is not State.NOT_MET or (ground.list is not None and ground.leniency is not Leniency.EXCLUDED)
    ]


def _print_ground(console: Console, ground: Ground) -> None:
    mark, style = _MARKS[ground.state]
    source = f" 《{ground.list.title}》" if ground.list is not None else ""
    words = LENIENCIES[ground.leniency.lower()]
    console.print(Text.assemble((f"{mark} ", style), (printable(f"{words}: {ground.rule.title}{source}"), "bold")))
    for condition in ground.conditions:
        console.print(_line(condition))
        _print_records(console, condition.evidence)
    console.print(Text(f"    依据 {'; '.join(short_basis(ground.basis))}", style="dim"))
    if not ground.verified:
        console.print(Text("    出处待核实", style="magenta"))


def _print_records(console: Console, evidence: tuple[Evidence, ...]) -> None:
    for words in evidence_words(evidence).splitlines():
        console.print(Text(f"        记录 {words}", style="yellow"))


def _line(condition: Condition) -> Text:
    mark, style = _MARKS[condition.state]
    text = Text.assemble("    ", (f"{mark} ", style), printable(condition.title))
    if condition.found:
        text.append(f"  [{printable(condition.found)}]", "dim")
    if condition.supplier:
        text.append(f"  由 {printable(condition.supplier)} 提供", "magenta")
    return text

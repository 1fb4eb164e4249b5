"""`rules texts`: holds a rule library against a folder of instrument texts, and writes what a reader verified."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from ...clock import legal_day
from ...files.whole import write
from ...present import utc_now
from ...rulebook.load import LoadedRuleSet, read_apart
from ...rulebook.source import MAX_BYTES, Faults
from ...studies.texts.findings import WRONG, TextComparison, compare
from ...studies.texts.reading import InstrumentText, read_folder
from ...studies.texts.review import ReviewOutcome, apply, read_review
from ...studies.texts.shown import counts, line, summary
from ..asked import UNUSABLE, refuse
from ..faults import say, told_plainly


def texts(
    folder: Annotated[Path, typer.Argument(help="文本目录: 每部法律、文件一个 .md, 格式见 docs/law.md")],
    rules: Annotated[Path, typer.Option("--rules", help="规则库目录")] = Path("rules"),
    review: Annotated[Path | None, typer.Option("--review", help="核对结果(YAML), 逐条写明岗位、日期和结论")] = None,
    writing: Annotated[bool, typer.Option("--write", help="把核对无误的写进规则库的 verification 目录")] = False,
    everything: Annotated[bool, typer.Option("--all", help="也逐条列出原文不在手边和不够具体的引用")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="输出一个 JSON 对象")] = False,
) -> None:
    """拿规则库与法律文本对照: 条款有没有, 文本变没变, 是否在有效期, 数字合不合。有错时退出状态为 1, 不能用时为 2。"""
    if not folder.is_dir():
        raise refuse(f"没有文本目录 {folder}")
    if not rules.is_dir():
        raise refuse(f"没有规则库目录 {rules}")
    if writing and review is None:
        raise refuse("--write 要和 --review 一起用")
    faults = Faults()
    read = read_folder(folder, faults)
    _end_with(faults)
    if not read:
        raise refuse(f"{folder} 里没有文本: 每部法律、文件一个 .md")
    with told_plainly():
        loaded = read_apart(rules)
    compared = compare(loaded, read)
    outcome = _reviewed(review, loaded, read, compared) if review is not None else None
    if outcome is not None and writing:
        _write(outcome, rules)
        with told_plainly():
            compared = compare(read_apart(rules), read)
    if as_json:
        typer.echo(json.dumps(_as_json(compared, outcome), ensure_ascii=False, sort_keys=True))
    else:
        _print(compared, outcome, everything=everything, written=writing)
    raise typer.Exit(0 if compared.sound else 1)


def _end_with(faults: Faults) -> None:
    """Say what can't be used, and end."""
    for fault in faults.sorted():
        say(str(fault))
    if faults.found:
        raise typer.Exit(UNUSABLE)


def _reviewed(
    review: Path, loaded: LoadedRuleSet, read: dict[str, InstrumentText], compared: TextComparison
) -> ReviewOutcome:
    faults = Faults()
    with told_plainly(UNUSABLE), review.open("rb") as file:
        content = file.read(MAX_BYTES + 1)
    readings = read_review(str(review), content, faults)
    outcome = apply(readings, loaded.register, read, compared, legal_day(utc_now()), faults)
    _end_with(faults)
    return outcome


def _write(outcome: ReviewOutcome, rules: Path) -> None:
    with told_plainly(UNUSABLE):
        for name, content in outcome.files.items():
            path = rules / name
            if not content:
                path.unlink()
                continue
            path.parent.mkdir(exist_ok=True)
            write(path, content)


def _print(compared: TextComparison, outcome: ReviewOutcome | None, *, everything: bool, written: bool) -> None:
    for finding in compared.findings:
        if everything or finding.kind in WRONG:
            typer.echo(line(finding))
    for text in summary(compared):
        typer.echo(text)
    if outcome is None:
        return
    for text in outcome.waiting:
        typer.echo(f"仍是待核实: {text}")
    for of in outcome.withdrawn:
        typer.echo(f"撤回核实: {of}")
    done = "已写进 verification" if written else "可以写进 verification(加 --write)"
    left = f"撤回 {len(outcome.withdrawn)} 条; 没有核对完 {len(outcome.waiting)} 条"
    typer.echo(f"{done}: {len(outcome.written)} 条; {left}")


def _as_json(compared: TextComparison, outcome: ReviewOutcome | None) -> dict[str, object]:
    answer: dict[str, object] = {
        "sound": compared.sound,
        "texts": compared.texts,
        "unknown_texts": compared.unknown,
        "counts": [asdict(one) for one in counts(compared)],
        "findings": [{"kind": one.kind.value, **asdict(one.fault)} for one in compared.findings],
    }
    if outcome is not None:
        answer["review"] = {
            "written": outcome.written,
            "withdrawn": outcome.withdrawn,
            "waiting": outcome.waiting,
            "files": sorted(outcome.files),
        }
    return answer

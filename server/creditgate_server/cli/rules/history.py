"""`rules status | history | export`: what is in force, how it came to be, and what it was made of."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from ...clock import rfc3339
from ...errors import SetupFault, UnknownThing
from ...files.whole import write_all
from ...present import utc_now
from ...publication.acts import StoredAct
from ...publication.history import look, refused, report_of
from ...publication.rule_sets import digests, full_digest, load_files, load_rule_set
from ...publication.timeline import state_of, timeline
from ...publication.workers import workers
from ..faults import told_plainly
from .options import DigestArgument, JsonOption, StoreOption, opened
from .publish import WORDS


def status(store: StoreOption, as_json: JsonOption = False) -> None:
    """现行规则集、将要启用的规则集, 以及每个工作进程正在使用的规则集。"""
    with told_plainly(), opened(store) as open_one:
        now = utc_now()
        instant = rfc3339(now)
        acts = look(open_one).acts
        course = timeline(acts)
        active = course.active(instant)
        coming = [entry for entry in course.activations if entry.effective_at > instant]
        serving = workers(open_one, now)
        why = refused(open_one, acts)
    if as_json:
        answer = {
            "active": _entry(acts[active.number - 1]) if active else None,
            "scheduled": [_entry(acts[entry.number - 1]) for entry in coming],
            "workers": [msgspec.structs.asdict(worker) for worker in serving],
            "refused": list(why),
        }
        typer.echo(json.dumps(answer, ensure_ascii=False, sort_keys=True))
        return
    typer.echo(_line("现行", acts[active.number - 1]) if active else "还没有启用任何规则集")
    for entry in coming:
        typer.echo(_line("将启用", acts[entry.number - 1]))
    for worker in serving:
        what = f"{worker.digest} 第 {worker.activation} 步, 自 {worker.since}" if worker.digest else worker.problem
        typer.echo(f"工作进程 {worker.id} {worker.address}: {what}")
    for line in why:
        typer.echo(f"目录内容被拒绝: {line}")


def history(
    store: StoreOption,
    as_json: JsonOption = False,
    report: Annotated[int, typer.Option("--report", help="只打印这一步所附的报告")] = 0,
) -> None:
    """规则集的履历: 谁在什么时候提交、审核、启用、退回了什么; 以及每个规则集现在的状态。"""
    with told_plainly(), opened(store) as open_one:
        acts = look(open_one).acts
        if report:
            if not 1 <= report <= len(acts):
                raise UnknownThing(f"没有第 {report} 步", "用 rules history 查看")
            typer.echo(report_of(open_one, report).decode() or "这一步没有报告")
            return
        instant = rfc3339(utc_now())
        states = {digest: state_of(digest, acts, instant).value for digest in digests(open_one)}
    if as_json:
        answer = {"acts": [_entry(recorded) for recorded in acts], "states": states}
        typer.echo(json.dumps(answer, ensure_ascii=False, sort_keys=True))
        return
    for recorded in acts:
        typer.echo(_line(f"第 {recorded.act.number} 步", recorded))
    for digest, state in states.items():
        typer.echo(f"{digest} {_STATES[state]}")


def export(
    digest: DigestArgument,
    store: StoreOption,
    out: Annotated[Path, typer.Option("--out", help="写到哪个目录, 须不存在或是空的")],
) -> None:
    """取出规则集: 源文件原样写回, 另有规范内容 rule-set.json。文件早已不在也能取出。"""
    with told_plainly(), opened(store) as open_one:
        full = full_digest(open_one, digest)
        files, rule_set = load_files(open_one, full), load_rule_set(open_one, full)
        if rule_set is None:
            raise UnknownThing(f"没有规则集 {full}", "用 rules history 查看")
        if out.exists() and (not out.is_dir() or any(out.iterdir())):
            raise SetupFault(f"{out} 不是空目录", "换一个目录")
        written = {out / name: content for name, content in {**files, "rule-set.json": rule_set.canonical}.items()}
        for path in written:
            path.parent.mkdir(parents=True, exist_ok=True)
        write_all(written)
    typer.echo(f"{full}: {len(files)} 个文件写到 {out}")


_STATES = {
    "draft": "草稿",
    "proposed": "已提交, 等待审核",
    "approved": "已审核",
    "scheduled": "待启用",
    "active": "使用中",
    "retired": "已停用",
}


def _entry(recorded: StoredAct) -> dict[str, object]:
    act = recorded.act
    return {
        "number": act.number,
        "kind": act.kind.value,
        "rule_set": act.digest,
        "by": act.by,
        "at": act.at,
        "effective_at": recorded.effective_at,
        "note": act.note,
        "signed": bool(recorded.signature),
        "report": act.report,
    }


def _line(head: str, recorded: StoredAct) -> str:
    act = recorded.act
    line = f"{head}: {act.at} {act.by} {WORDS[act.kind.value]} {act.digest}".rstrip()
    if recorded.effective_at:
        line += f", 自 {recorded.effective_at} 起生效"
    return f"{line} ({act.note})" if act.note else line

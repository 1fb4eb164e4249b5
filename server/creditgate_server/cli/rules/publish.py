"""`rules propose | approve | activate | rollback | retire`: acts on rule sets, each signed by its person."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from ...clock import LEGAL_ZONE
from ...errors import SetupFault
from ...judging.prove import PROVE_SECONDS
from ...present import utc_now
from ...publication.acts import ActKind, StoredAct
from ...publication.proofs import prove_once
from ...publication.publisher import Deed
from ...publication.rule_sets import full_digest
from ...publication.workers import workers
from ...storage.database import Store
from ..faults import told_plainly
from .options import DigestArgument, KeyOption, NoteOption, SignersOption, StoreOption, publishing
from .review import review

WaitOption = Annotated[float, typer.Option("--wait", help="最多等多少秒, 直到每个工作进程都已换上")]

WORDS = {
    "proposed": "提交",
    "approved": "审核通过",
    "activated": "启用",
    "rolled_back": "退回启用",
    "retired": "撤下",
    "installed": "由服务从目录启用",
    "refused": "目录内容被拒绝",
}
"""What was done, in words."""


def propose(
    path: Annotated[Path, typer.Argument(help="规则库目录")],
    store: StoreOption,
    signers: SignersOption,
    key: KeyOption,
    note: NoteOption = "",
) -> None:
    """检查、验证、测试规则库, 与现行规则集比较, 存入数据库并提交, 等待另一个人审核。"""
    with told_plainly(), publishing(store, signers, key) as (publisher, opened_store, own):
        reviewed = review(path, opened_store)
        for line in reviewed.lines:
            typer.echo(line)
        if reviewed.loaded is None:
            typer.echo("没有提交")
            raise typer.Exit(1)
        loaded = reviewed.loaded
        deed = Deed(ActKind.PROPOSED, loaded.rule_set.digest, note=note, report=reviewed.report)
        prove = partial(prove_once, opened_store, now=utc_now(), seconds=PROVE_SECONDS)
        _say(publisher.propose(lambda: loaded, publisher.own(deed, own), prove, report=reviewed.report))


def approve(
    digest: DigestArgument, store: StoreOption, signers: SignersOption, key: KeyOption, note: NoteOption = ""
) -> None:
    """审核通过另一个人提交的规则集。"""
    with told_plainly(), publishing(store, signers, key) as (publisher, opened_store, own):
        _say(publisher.approve(full_digest(opened_store, digest), own, note=note))


def activate(
    digest: DigestArgument,
    store: StoreOption,
    signers: SignersOption,
    key: KeyOption,
    at: Annotated[str, typer.Option("--at", help="启用时刻, 例如 2026-12-01T00:00; 不写时区为北京时间")] = "",
    note: NoteOption = "",
    wait: WaitOption = 0,
) -> None:
    """启用已审核的规则集: 所有机器上的工作进程在同一时刻换上。"""
    with told_plainly(), publishing(store, signers, key) as (publisher, opened_store, own):
        moment = _moment(at) if at else None
        recorded = publisher.activate(full_digest(opened_store, digest), own, at=moment, note=note)
        _say(recorded)
        wait_for_workers(opened_store, recorded, wait)


def rollback(
    store: StoreOption,
    signers: SignersOption,
    key: KeyOption,
    to: Annotated[str, typer.Option("--to", help="退回到哪个规则集, 不写为上一个")] = "",
    note: NoteOption = "",
    wait: WaitOption = 0,
) -> None:
    """退回到上一个(或指定的)启用过的规则集, 两秒内在所有机器上生效。"""
    with told_plainly(), publishing(store, signers, key) as (publisher, opened_store, own):
        recorded = publisher.roll_back(own, to=full_digest(opened_store, to) if to else "", note=note)
        _say(recorded)
        wait_for_workers(opened_store, recorded, wait)


def retire(
    digest: DigestArgument, store: StoreOption, signers: SignersOption, key: KeyOption, note: NoteOption = ""
) -> None:
    """撤下规则集: 取消它尚未生效的启用, 以后也不能再启用。"""
    with told_plainly(), publishing(store, signers, key) as (publisher, opened_store, own):
        _say(publisher.retire(full_digest(opened_store, digest), own, note=note))


def _say(recorded: StoredAct) -> None:
    act = recorded.act
    line = f"第 {act.number} 步: {act.by} {WORDS[act.kind.value]} {act.digest}"
    if recorded.effective_at:
        line += f", 自 {recorded.effective_at} 起生效"
    typer.echo(line)


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as fault:
        raise SetupFault(f"时刻 {text!r} 写法不对", "例如 2026-12-01T00:00 或 2026-12-01T00:00:00+08:00") from fault
    moment = moment if moment.tzinfo else moment.replace(tzinfo=LEGAL_ZONE)
    if moment < utc_now():
        raise SetupFault(f"时刻 {text} 已经过去", "写将来的时刻, 或不写 --at 立即启用")
    return moment.astimezone(UTC)


_LOOK_SECONDS = 0.1


def wait_for_workers(store: Store, recorded: StoredAct, seconds: float) -> None:
    """Say when all workers serve the activation; exit status 1 where some do not within so many seconds."""
    if not seconds:
        return
    until = time.monotonic() + seconds
    while True:
        known = workers(store, utc_now())
        behind = [worker for worker in known if worker.activation < recorded.act.number]
        if known and not behind:
            typer.echo(f"{len(known)} 个工作进程都已换上")
            return
        if time.monotonic() > until:
            names = "、".join(worker.id for worker in behind) or "没有工作进程"
            typer.echo(f"{seconds:g} 秒内没有全部换上: {names}")
            raise typer.Exit(1)
        time.sleep(_LOOK_SECONDS)

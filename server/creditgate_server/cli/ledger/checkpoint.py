"""`ledger checkpoint` and `ledger rotate`: sign the ledger as it stands; change the key that signs it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ...errors import SetupFault
from ...ledger.sealing.keeper import Keeper
from ...ledger.sealing.keys import LedgerKey
from ...ledger.sealing.trust import add_hand_over
from ...present import utc_now
from ...settings import Settings
from ...storage.database import Store
from ..faults import told_plainly
from .options import Folder, StoreAddress, opened


def checkpoint(
    store: StoreAddress = None,
    key: Annotated[Path | None, typer.Option(help="账本私钥, 默认取 CREDITGATE_LEDGER_KEY")] = None,
    checkpoints: Folder = None,
) -> None:
    """把全部回执排入账本树并签一个检查点; 打印检查点。服务运行时也可以用。

    退出状态: 0 已完成; 1 不能进行。
    """
    with told_plainly(), opened(store) as (ledger, settings):
        path = key or settings.ledger_key
        if path is None:
            raise SetupFault("没有账本私钥", "用 --key 给出, 或先用 creditgate-server keys ledger 生成")
        keeper = _keeper(ledger, settings, checkpoints)
        kept = keeper.keep(LedgerKey.load(path))
    for gap in kept.gaps:
        typer.echo(f"链 {gap.chain} 缺少第 {gap.number} 号回执; 用 ledger verify 核查", err=True)
    typer.echo(kept.note.encoded.decode(), nl=False)


def rotate(
    new_key: Annotated[Path, typer.Option(help="新的账本私钥, 先用 keys ledger 生成")],
    store: StoreAddress = None,
    key: Annotated[Path | None, typer.Option(help="现在的账本私钥, 默认取 CREDITGATE_LEDGER_KEY")] = None,
    lost: Annotated[bool, typer.Option("--lost", help="现在的私钥已丢失: 只由新私钥签")] = False,
    checkpoints: Folder = None,
    trust: Annotated[Path | None, typer.Option(help="信任文件: 旧公钥记到这一条为止, 加入新公钥")] = None,
) -> None:
    """更换账本私钥: 签一个交接检查点, 此后只认新私钥。然后用新私钥重新启动服务。

    退出状态: 0 已完成; 1 不能进行。
    """
    with told_plainly(), opened(store) as (ledger, settings):
        path = key or settings.ledger_key
        if path is None and not lost:
            raise SetupFault("没有现在的账本私钥", "用 --key 给出; 已丢失时加 --lost")
        old = None if lost or path is None else LedgerKey.load(path)
        new = LedgerKey.load(new_key)
        keeper = _keeper(ledger, settings, checkpoints)
        note = keeper.hand_over(old, new)
        if trust is not None:
            add_hand_over(trust, note.checkpoint)
    typer.echo(note.encoded.decode(), nl=False)


def _keeper(ledger: Store, settings: Settings, folder: Path | None) -> Keeper:
    where = folder or settings.ledger_checkpoints
    return Keeper(ledger, folder=where, now=utc_now, algorithm=settings.ledger_hash)

"""`ledger verify`: is everything as it was written?"""

from __future__ import annotations

import sys
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from ...files.progress import bars
from ...ledger.sealing.trust import read_trust
from ...ledger.verification.verify import LedgerVerdict, Verification
from ..faults import told_plainly
from .options import Folder, StoreAddress, opened

_FOUND = 3
_REMARKABLE = 4
_INTERRUPTED = 130


def verify(
    store: StoreAddress = None,
    checkpoints: Folder = None,
    trust: Annotated[Path | None, typer.Option(help="信任文件, 或账本公钥(PEM); 不给时不核对签名")] = None,
    resume: Annotated[Path | None, typer.Option(help="进度文件: 中断后从那里继续")] = None,
    receipts: Annotated[
        Path | None, typer.Option(help="办理系统留存的回执, 每行一份编号和摘要: 库里须都有, 且摘要相同")
    ] = None,
    slack: Annotated[int, typer.Option(min=0, help="各机器时钟最多相差的秒数")] = 900,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON")] = False,
) -> None:
    """核查整个账本: 每份回执、每条链、账本树、每个检查点。服务运行时也可以用。

    退出状态: 0 完好; 3 有一处不符, 并指明是哪一行; 4 没有发现不符, 但缺少本应有的检查点或签名, 或当时的机器时钟
    被拨回过(--slack 之内的不计), 逐条指明; 1 不能核查。
    """
    with told_plainly(), opened(store) as (ledger, settings):
        task = Verification(
            store=ledger,
            checkpoints=checkpoints or settings.ledger_checkpoints,
            trust=None if trust is None else read_trust(trust),
            resume=resume,
            receipts=receipts,
            every=timedelta(seconds=settings.ledger_seconds),
            slack=timedelta(seconds=slack),
        )
        try:
            with bars() as shown:
                verdict = task.run(partial(shown.reach, "核查"))
        except KeyboardInterrupt:
            sys.stderr.write("creditgate-server: 核查中断" + (f", 进度在 {resume}\n" if resume else "\n"))
            raise typer.Exit(_INTERRUPTED) from None
    if as_json:
        sys.stdout.write(msgspec.json.encode(verdict).decode() + "\n")
    else:
        _print(verdict)
    if not verdict.sound:
        raise typer.Exit(_FOUND)
    if verdict.unproven or verdict.steps:
        raise typer.Exit(_REMARKABLE)


def _print(verdict: LedgerVerdict) -> None:
    say = sys.stdout.write
    say(f"账本 {verdict.origin or '(未建树)'}\n")
    if verdict.finding is not None:
        say(f"不符: {verdict.finding.words()}\n")
        say(f"此前 {verdict.leaves} 条完好, 其中 {verdict.sealed_size} 条在检查点之下\n")
    else:
        whole = "没有发现不符" if verdict.unproven or verdict.steps else "完好"
        unsealed = f"另有 {verdict.unsealed} 条还没有排入"
        say(f"{whole}: {verdict.leaves} 条在账本树中, {verdict.chains} 条链; {unsealed}\n")
    if verdict.resumed_at:
        say(f"从第 {verdict.resumed_at} 条继续; 之前的由上一次核查\n")
    checkpoints = verdict.stored_checkpoints + verdict.exported_checkpoints
    valid = "签名有效" if checkpoints else "没有签名可以核对"
    signed = valid if verdict.signatures else "没有核对签名(用 --trust)"
    say(f"检查点: 库中 {verdict.stored_checkpoints} 个, 目录中 {verdict.exported_checkpoints} 个, {signed}\n")
    if verdict.held:
        say(f"别处留存的回执: {verdict.held} 份都在, 摘要相同\n")
    if verdict.erased:
        say(f"依法删除的内容: {verdict.erased} 处, 都有删除记录\n")
    for step in verdict.steps:
        say(f"时钟回拨: {step.words()}\n")
    for gap in verdict.unproven:
        say(f"无从证明: {gap}\n")
    for remark in verdict.remarks:
        say(f"注意: {remark}\n")

"""`ledger export`: a receipt with its proof, for whoever objects."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ...files.whole import write_new
from ...ledger.proofs import proof_of
from ..faults import told_plainly
from .options import StoreAddress, opened


def export(
    receipt: Annotated[str, typer.Option(help="回执编号")],
    out: Annotated[Path, typer.Option(help="写到哪个文件(不覆盖已有文件)")],
    store: StoreAddress = None,
) -> None:
    """导出一份回执及其证明; 用 creditgate receipt verify 离线核验, 只需账本公钥。

    退出状态: 0 已完成; 1 不能进行。
    """
    with told_plainly(), opened(store) as (ledger, _):
        write_new(out, proof_of(ledger, receipt))
    typer.echo(f"已写入 {out}", err=True)

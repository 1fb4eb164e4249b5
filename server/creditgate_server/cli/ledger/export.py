"""`ledger export`: a receipt with its proof, for whoever objects."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ...files.whole import write_new
from ...ledger.proofs import proof_of
from ...studies.replay.words import worded
from ..faults import told_plainly
from .options import StoreAddress, opened


def export(
    receipt: Annotated[str, typer.Option(help="回执编号")],
    out: Annotated[Path, typer.Option(help="写到哪个文件(不覆盖已有文件)")],
    words: Annotated[Path | None, typer.Option(help="另把结论连同规则集的文字写到哪个文件")] = None,
    store: StoreAddress = None,
) -> None:
    """导出一份回执及其证明; 用 creditgate receipt verify 离线核验, 只需账本公钥。

    回执里的结论只存代码和数值; --words 写出的一份带有标题和说明, 由回执所记的规则集决定, 有它的人可以重新得出。

    退出状态: 0 已完成; 1 不能进行。
    """
    with told_plainly(), opened(store) as (ledger, _):
        write_new(out, proof_of(ledger, receipt))
        if words is not None:
            write_new(words, worded(ledger, receipt))
    typer.echo(f"已写入 {out}", err=True)

"""`ledger explain`: a receipt in plain words as a page, for an auditor on a store without a running service."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ...files.whole import write_new
from ...studies.explanation.explanation import explain, material_of
from ...studies.explanation.page import page
from ..faults import told_plainly
from .options import StoreAddress, opened


def explain_command(
    receipt: Annotated[str, typer.Option(help="回执编号")],
    out: Annotated[Path, typer.Option(help="写到哪个网页文件(不覆盖已有文件)")],
    store: StoreAddress = None,
) -> None:
    """把一份回执写成当事人看得懂的网页: 问了什么, 当时知道什么, 哪些规则起了作用, 怎样修复, 不服怎么办。"""
    with told_plainly(), opened(store) as (ledger, _):
        material = material_of(ledger, receipt)
        write_new(out, page(explain(material), material.receipt.answer).encode())
    typer.echo(f"已写入 {out}", err=True)

"""`data lineage`: where a value came from, and which receipts rest on it."""

from __future__ import annotations

from itertools import islice
from typing import Annotated

import typer

from ...registry.lineage import lineage
from ...studies.replay.touched import touched
from ...studies.sources.wording import origin_lines
from ..asked import UNUSABLE
from ..faults import told_plainly
from .options import Rules, StoreAddress, opened


def lineage_command(
    subject: Annotated[str, typer.Argument(help="统一社会信用代码, 或个人标识")],
    field: Annotated[str, typer.Argument(help="事实名称(如 登记状态), 或文书号")],
    most: Annotated[int, typer.Option("--show", min=0, help="最多列出几份回执")] = 50,
    rules: Rules = None,
    store: StoreAddress = None,
) -> None:
    """一个值从哪个文件的哪一行来, 现在是否采用, 哪些回执以它为依据。不能查时退出状态为 2。"""
    with told_plainly(UNUSABLE), opened(store, rules) as (registry, catalogue):
        found = lineage(registry, catalogue, subject.strip(), field.strip())
        for origin in found.origins:
            for line in origin_lines(catalogue, origin):
                typer.echo(line)
        resting = touched(registry, subject.strip(), found.rests)
        count = 0
        for receipt, _ in islice(resting, most):
            count += 1
            case = f", 办件 {receipt.case_number}" if receipt.case_number else ""
            typer.echo(f"回执 {receipt.id}  {receipt.issued_at}{case}  {receipt.answer}")
        beyond = sum(1 for _ in resting)
    typer.echo(f"以现在采用的值为依据的回执 {count + beyond} 份" + (f", 另有 {beyond} 份没有列出" if beyond else ""))

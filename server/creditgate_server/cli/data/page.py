"""`data page`: feeds and contradictions at a glance."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Annotated

import typer

from ...clock import legal_day
from ...files.whole import write
from ...present import utc_now
from ...registry.conflicts import Conflict, conflicts
from ...registry.quality import quality
from ...registry.settling import acts
from ...studies.sources.page import MOST_SHOWN, page
from ..asked import UNUSABLE
from ..faults import told_plainly
from .options import Rules, StoreAddress, opened


def page_command(
    out: Annotated[Path, typer.Option(help="写到哪个文件")] = Path("sources.html"),
    rules: Rules = None,
    store: StoreAddress = None,
) -> None:
    """把数据源和矛盾写成一个 HTML 页面, 一眼看清。不能写时退出状态为 2。"""
    today = legal_day(utc_now())
    waiting: list[Conflict] = []
    settled: list[Conflict] = []
    counted: Counter[tuple[str, str]] = Counter()
    with told_plainly(UNUSABLE), opened(store, rules) as (registry, catalogue):
        for one in conflicts(registry, catalogue):
            counted[one.kind.value, one.how.value] += 1
            kept = waiting if one.open else settled
            if len(kept) < MOST_SHOWN:
                kept.append(one)
        found = quality(registry, catalogue, today)
        write(out, page(catalogue, found, [*waiting, *settled], counted, acts(registry), today).encode())
    total, of_open = sum(counted.values()), sum(count for (_, how), count in counted.items() if how == "open")
    typer.echo(f"已写 {out}: {total} 处矛盾, {of_open} 处未定")

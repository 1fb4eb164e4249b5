"""`data quality`: how well feeds deliver."""

from __future__ import annotations

from dataclasses import asdict

import msgspec
import typer

from ...clock import legal_day
from ...present import utc_now
from ...registry.quality import quality
from ...studies.sources.wording import quality_line
from ..asked import UNUSABLE
from ..faults import told_plainly
from .options import AsJson, Rules, StoreAddress, opened


def quality_command(as_json: AsJson = False, rules: Rules = None, store: StoreAddress = None) -> None:
    """各数据源的行数、退回、延迟、与来源报的总数是否相符。有过期或不完整的退出状态为 1, 不能查为 2。"""
    with told_plainly(UNUSABLE), opened(store, rules) as (registry, catalogue):
        found = quality(registry, catalogue, legal_day(utc_now()))
    for one in found.feeds:
        if as_json:
            told = asdict(one) | {"stale": one.stale, "lag_days": one.lag_days, "rejected_ppm": one.rejected_ppm}
            typer.echo(msgspec.json.encode(told, order="sorted").decode())
            continue
        typer.echo(quality_line(one))
        for line in one.off:
            typer.echo(f"    与来源报的总数不符: {line}")
    if not as_json:
        for name in found.broken_off:
            typer.echo(f"没有导入完: {name}, 请重新导入")
    sound = not found.broken_off and not any(one.off or one.waiting or (one.files and one.stale) for one in found.feeds)
    raise typer.Exit(0 if sound else 1)

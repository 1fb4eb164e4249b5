"""`rules doc`: the whole library as one readable page of HTML."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from ...clock import legal_day
from ...files.whole import write
from ...pages.handbook import page
from ...present import utc_now
from ..asked import UNUSABLE, day_asked, library
from ..faults import told_plainly


def doc(
    rules: Annotated[Path, typer.Option("--rules", help="规则库目录")] = Path("rules"),
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE.html", help="写到这个文件; 不写则输出到屏幕")
    ] = None,
    on: Annotated[str, typer.Option("--on", metavar="DAY", help="按这一天说明, 例如 2026-04-01; 不写则为今天")] = "",
) -> None:
    """把整个规则库写成一页可以离线阅读、查找和打印的 HTML。同一规则库同一天写出的内容逐字节相同。"""
    day = day_asked(on) if on else legal_day(utc_now())
    rule_set = library(rules).rule_set
    content = page(rule_set, day).encode()
    if out is None:
        sys.stdout.buffer.write(content)
        return
    with told_plainly(UNUSABLE):
        write(out, content)
    typer.echo(f"已写 {out}: {day}, {len(rule_set.rules)} 个规则版本, 规则集 {rule_set.digest}")

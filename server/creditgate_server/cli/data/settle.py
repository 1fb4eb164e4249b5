"""`data settle`: a post decides which source's word counts."""

from __future__ import annotations

from typing import Annotated

import typer

from ...present import utc_now
from ...registry.settling import acts, settle
from ...studies.sources.wording import field_in_words, thing_in_words, word_in_words
from ..asked import UNUSABLE
from ..faults import told_plainly
from .options import Rules, StoreAddress, opened


def settle_command(
    subject: Annotated[str, typer.Argument(help="统一社会信用代码, 或个人标识")],
    thing: Annotated[str, typer.Argument(help="矛盾的内容, 照 data conflicts 写的抄, 如 attribute:operating_state")],
    by: Annotated[str, typer.Option("--by", help="以哪个数据源的说法为准(代码)")],
    post: Annotated[str, typer.Option("--post", help="作出裁定的岗位名称, 不写姓名")],
    reason: Annotated[str, typer.Option("--reason", help="理由")],
    field: Annotated[str, typer.Option("--field", help="记录的项目; 事实和评价为 value")] = "value",
    rules: Rules = None,
    store: StoreAddress = None,
) -> None:
    """裁定一处矛盾。从此以选定的说法为准, 直到有数据源说了新的; 原来的说法都保留。不能裁定时退出状态为 2。"""
    with told_plainly(UNUSABLE), opened(store, rules) as (registry, catalogue):
        made = settle(
            registry,
            catalogue,
            subject=subject.strip(),
            thing=thing.strip(),
            field=field,
            feed=by,
            post=post,
            reason=reason,
            known_at=utc_now(),
        )
        earlier = [one for one in acts(registry) if one.number < made.number and _same(one, made)]
        what = f"{thing_in_words(catalogue, made.thing)} {field_in_words(made.field)}".strip()
        value = word_in_words(catalogue, made.thing, made.field, made.value)
    replaced = f", 代替第 {earlier[-1].number} 号" if earlier else ""
    typer.echo(f"第 {made.number} 号裁定: {what} 以 {by} 的 {value} 为准{replaced}")
    typer.echo(f"受影响的回执: creditgate-server ledger rejudge --settlement {made.number}")


def _same(one: object, other: object) -> bool:
    return all(getattr(one, name) == getattr(other, name) for name in ("subject", "thing", "field"))

"""`data conflicts`: where sources contradict each other."""

from __future__ import annotations

from typing import Annotated

import msgspec
import typer

from ...errors import InvalidQuestion
from ...registry.conflicts import Conflict, ConflictKind, conflicts, conflicts_of
from ...studies.sources.wording import KINDS, conflict_line
from ..asked import UNUSABLE
from ..faults import told_plainly
from .options import AsJson, Rules, StoreAddress, opened

OPEN = 1
"""Exit status where a conflict is to be settled."""


def conflicts_command(
    feed: Annotated[str, typer.Option(help="只看这个数据源的")] = "",
    field: Annotated[str, typer.Option(help="只看这一项: 事实名称、记录的项目")] = "",
    subject: Annotated[str, typer.Option(help="只看这个主体的")] = "",
    kind: Annotated[ConflictKind | None, typer.Option(help="只看这一种")] = None,
    only_open: Annotated[bool, typer.Option("--open", help="只看未定的")] = False,
    as_json: AsJson = False,
    rules: Rules = None,
    store: StoreAddress = None,
) -> None:
    """列出来源之间的矛盾。没有未定的, 退出状态为 0; 有为 1; 不能查为 2。"""
    told = waiting = 0
    with told_plainly(UNUSABLE), opened(store, rules) as (registry, catalogue):
        if feed and feed not in catalogue.feeds:
            raise InvalidQuestion(f"目录中没有数据源 {feed}", "可用的有 " + "、".join(catalogue.feeds), "feed")
        found = conflicts_of(registry, catalogue, subject) if subject else conflicts(registry, catalogue)
        for one in found:
            if not _meant(one, feed, field, kind) or (only_open and not one.open):
                continue
            told += 1
            waiting += one.open
            if as_json:
                typer.echo(msgspec.json.encode(_as_json(one), order="sorted").decode())
                continue
            typer.echo(conflict_line(catalogue, one))
            if one.open and one.kind in (ConflictKind.FACT, ConflictKind.RATING, ConflictKind.RECORD):
                typer.echo(
                    f"    裁定: data settle {one.subject} '{one.thing}' --field {one.field}"
                    " --by 数据源 --post 岗位 --reason 理由"
                )
    if not as_json:
        typer.echo(f"{told} 处矛盾, {waiting} 处未定")
    raise typer.Exit(OPEN if waiting else 0)


def _meant(one: Conflict, feed: str, field: str, kind: ConflictKind | None) -> bool:
    if kind is not None and one.kind is not kind:
        return False
    if field and field not in (one.field, one.thing.partition(":")[2]):
        return False
    return not feed or any(each.source == feed for each in one.said)


def _as_json(one: Conflict) -> dict[str, object]:
    fields = ("kind", "subject", "thing", "field", "how", "counts", "said", "note")
    return {name: getattr(one, name) for name in fields} | {"title": KINDS[one.kind]}

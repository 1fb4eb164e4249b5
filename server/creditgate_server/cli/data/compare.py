"""`data compare`: two feeds side by side."""

from __future__ import annotations

import csv
from collections import Counter
from contextlib import ExitStack
from io import TextIOWrapper
from pathlib import Path
from typing import Annotated, Any

import typer

from ...files.harmless import harmless_row
from ...files.whole import writing_whole
from ...registry.comparing import FeedPair, Side, compare
from ...rulebook.catalogue import Catalogue
from ...studies.sources.wording import SIDES, compared_line, field_in_words, thing_in_words, word_in_words
from ..asked import UNUSABLE
from ..faults import told_plainly
from .options import Rules, StoreAddress, opened

_HEADERS = ("比对", "主体", "内容", "项目", "甲", "乙")


def compare_command(
    a: Annotated[str, typer.Argument(help="甲: 数据源代码")],
    b: Annotated[str, typer.Argument(help="乙: 数据源代码")],
    most: Annotated[int, typer.Option("--show", min=0, help="每种最多显示几条")] = 20,
    out: Annotated[Path | None, typer.Option(help="把只有一方有的和不一致的全部写入 CSV 文件")] = None,
    rules: Rules = None,
    store: StoreAddress = None,
) -> None:
    """逐项比对两个数据源: 只有甲有、只有乙有、不一致。全部一致时退出状态为 0, 否则为 1, 不能比对为 2。"""
    counted: Counter[Side] = Counter()
    fields: Counter[str] = Counter()
    with told_plainly(UNUSABLE), opened(store, rules) as (registry, catalogue), _Written(out, catalogue) as written:
        for found in compare(registry, catalogue, a, b):
            counted[found.side] += 1
            if found.side is Side.SAME:
                continue
            fields.update(found.different)
            written.add(found)
            if counted[found.side] <= most:
                typer.echo(compared_line(catalogue, found))
    typer.echo(", ".join(f"{title} {counted[side]}" for side, title in SIDES.items()))
    if fields:
        typer.echo(
            "不一致的项目: "
            + ", ".join(f"{field_in_words(name) or '值'} {count}" for name, count in fields.most_common())
        )
    raise typer.Exit(0 if set(counted) <= {Side.SAME} else 1)


class _Written(ExitStack):
    """The file of what is not alike; whole or not there."""

    def __init__(self, path: Path | None, catalogue: Catalogue) -> None:
        super().__init__()
        self._catalogue = catalogue
        self._writer: Any = None
        if path is not None:
            file = self.enter_context(writing_whole(path))
            self._writer = csv.writer(TextIOWrapper(file, "utf-8-sig", newline="", write_through=True))
            self._writer.writerow(_HEADERS)

    def add(self, found: FeedPair) -> None:
        """A row for each field that differs, or for a thing that one feed alone has."""
        if self._writer is None:
            return
        what = thing_in_words(self._catalogue, found.thing)
        for field in found.different or ("",):
            words = (
                word_in_words(self._catalogue, found.thing, field, said.get(field, ())) if field and said else ""
                for said in (found.a, found.b)
            )
            row = [SIDES[found.side], found.subject, what, field_in_words(field) if field else "", *words]
            self._writer.writerow(harmless_row(row))

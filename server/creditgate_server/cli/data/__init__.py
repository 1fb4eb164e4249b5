"""`data …`: what a steward does with what several sources say. One module for what is read together."""

from __future__ import annotations

import typer

from ..lazily import lazily

app = typer.Typer(
    no_args_is_help=True,
    help="数据: 来源之间的矛盾、两源比对、质量、来历、裁定",
    cls=lazily(
        __package__,
        {
            "conflicts": ".conflicts:conflicts_command",
            "compare": ".compare:compare_command",
            "quality": ".quality:quality_command",
            "lineage": ".lineage:lineage_command",
            "settle": ".settle:settle_command",
            "page": ".page:page_command",
        },
    ),
)


@app.callback()
def data() -> None:
    """数据: 来源之间的矛盾、两源比对、质量、来历、裁定。"""

"""`ledger …`: what an auditor and an operator do with the ledger. One module a command."""

from __future__ import annotations

import typer

from ..lazily import lazily

app = typer.Typer(
    no_args_is_help=True,
    help="账本: 检查点、核查、导出回执、说明回执、依法删除、重放、重新判断",
    cls=lazily(
        __package__,
        {
            "checkpoint": ".checkpoint:checkpoint",
            "rotate": ".checkpoint:rotate",
            "verify": ".verify:verify",
            "export": ".export:export",
            "explain": ".explain:explain_command",
            "erase": ".erase:erase",
            "replay": ".replay:replay_command",
            "rejudge": ".rejudge:rejudge_command",
        },
    ),
)


@app.callback()
def ledger() -> None:
    """账本: 检查点、核查、导出回执、说明回执、依法删除、重放、重新判断。"""

"""`ledger …`: what an auditor and an operator do with the ledger. One module a command."""

from __future__ import annotations

import typer

from .erase import erase
from .rejudge import rejudge_command
from .replay import replay_command

app = typer.Typer(no_args_is_help=True, help="账本: 依法删除、重放、重新判断")


@app.callback()
def ledger() -> None:
    """账本: 依法删除、重放、重新判断。"""


app.command("erase")(erase)
app.command("replay")(replay_command)
app.command("rejudge")(rejudge_command)

__all__ = ["app"]

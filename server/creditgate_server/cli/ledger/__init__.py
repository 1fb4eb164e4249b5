"""`ledger …`: what an auditor and an operator do with the ledger. One module a command."""

from __future__ import annotations

import typer

from .checkpoint import checkpoint, rotate
from .erase import erase
from .explain import explain_command
from .export import export
from .rejudge import rejudge_command
from .replay import replay_command
from .verify import verify

app = typer.Typer(no_args_is_help=True, help="账本: 检查点、核查、导出回执、说明回执、依法删除、重放、重新判断")


@app.callback()
def ledger() -> None:
    """账本: 检查点、核查、导出回执、依法删除、重放、重新判断。"""


app.command("checkpoint")(checkpoint)
app.command("rotate")(rotate)
app.command("verify")(verify)
app.command("export")(export)
app.command("explain")(explain_command)
app.command("erase")(erase)
app.command("replay")(replay_command)
app.command("rejudge")(rejudge_command)

__all__ = ["app"]

"""`ledger …`: what an auditor and an operator do with the ledger. One module a command."""

from __future__ import annotations

import typer

from .checkpoint import checkpoint, rotate
from .export import export
from .verify import verify

app = typer.Typer(no_args_is_help=True, help="账本: 检查点、核查、导出回执")


@app.callback()
def ledger() -> None:
    """账本: 检查点、核查、导出回执。"""


app.command("checkpoint")(checkpoint)
app.command("rotate")(rotate)
app.command("verify")(verify)
app.command("export")(export)

__all__ = ["app"]

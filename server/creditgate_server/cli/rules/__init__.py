"""`rules …`: what an administrator does with a rule library. One module a command."""

from __future__ import annotations

import typer

from .check import check
from .diff import diff

app = typer.Typer(no_args_is_help=True, help="规则库: 检查")


@app.callback()
def rules() -> None:
    """规则库: 检查。"""


app.command("check")(check)
app.command("diff")(diff)

__all__ = ["app"]

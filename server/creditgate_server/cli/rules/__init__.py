"""`rules …`: what an administrator does with a rule library. One module a command."""

from __future__ import annotations

import typer

from .check import check

app = typer.Typer(no_args_is_help=True, help="规则库: 检查")


@app.callback()
def rules() -> None:
    """规则库: 检查。"""


app.command("check")(check)

__all__ = ["app"]

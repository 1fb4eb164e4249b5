"""`rules …`: what an administrator does with a rule library. One module a command."""

from __future__ import annotations

import typer

from .check import check
from .doc import doc
from .explain import explain_rule

app = typer.Typer(no_args_is_help=True, help="规则库: 检查、说明、成册")


@app.callback()
def rules() -> None:
    """规则库: 检查、说明、成册。"""


app.command("check")(check)
app.command("explain")(explain_rule)
app.command("doc")(doc)

__all__ = ["app"]

"""`rules …`: what an administrator does with a rule library. One module a command."""

from __future__ import annotations

import typer

from .check import check
from .test_books import test_books

app = typer.Typer(no_args_is_help=True, help="规则库: 检查、测试")


@app.callback()
def rules() -> None:
    """规则库: 检查、测试。"""


app.command("check")(check)
app.command("test")(test_books)

__all__ = ["app"]

"""`rules …`: what an administrator does with a rule library. One module a command."""

from __future__ import annotations

import typer

from .check import check
from .diff import diff
from .publish import activate, approve, propose, retire, rollback
from .schema import schema
from .shown import export, history, status

app = typer.Typer(no_args_is_help=True, help="规则库: 检查、测试、比较、发布、退回")


@app.callback()
def rules() -> None:
    """规则库: 检查、测试、比较、发布、退回。"""


app.command("check")(check)
app.command("diff")(diff)
app.command("propose")(propose)
app.command("approve")(approve)
app.command("activate")(activate)
app.command("rollback")(rollback)
app.command("retire")(retire)
app.command("status")(status)
app.command("history")(history)
app.command("export")(export)
app.command("schema")(schema)

__all__ = ["app"]

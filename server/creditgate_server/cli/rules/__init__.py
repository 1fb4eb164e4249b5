"""`rules …`: what an administrator does with a rule library. One module a command."""

from __future__ import annotations

import typer

from .check import check
from .diff import diff
from .doc import doc
from .explain import explain_rule
from .publish import activate, approve, propose, retire, rollback
from .schema import schema
from .shown import export, history, status
from .test_books import test_books

app = typer.Typer(no_args_is_help=True, help="规则库: 检查、说明、测试、比较、发布、退回")


@app.callback()
def rules() -> None:
    """规则库: 检查、说明、测试、比较、发布、退回。"""


app.command("check")(check)
app.command("diff")(diff)
app.command("explain")(explain_rule)
app.command("doc")(doc)
app.command("test")(test_books)
app.command("schema")(schema)
app.command("propose")(propose)
app.command("approve")(approve)
app.command("activate")(activate)
app.command("rollback")(rollback)
app.command("retire")(retire)
app.command("status")(status)
app.command("history")(history)
app.command("export")(export)

__all__ = ["app"]

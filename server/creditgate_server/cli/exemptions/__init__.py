"""`exemptions`: lists out of the rule library and in again."""

from __future__ import annotations

import typer

from .export import digest, export, lists
from .importing import import_lists

app = typer.Typer(no_args_is_help=True, help="免罚清单: 查看、导出、导入。", pretty_exceptions_show_locals=False)
app.command("lists")(lists)
app.command("digest")(digest)
app.command("export")(export)
app.command("import")(import_lists)

"""`exemptions`: lists out of the rule library and in again."""

from __future__ import annotations

import typer

from ..lazily import lazily

app = typer.Typer(
    no_args_is_help=True,
    help="免罚清单: 查看、导出、导入。",
    cls=lazily(
        __package__,
        {
            "lists": ".export:lists",
            "digest": ".export:digest",
            "export": ".export:export",
            "import": ".importing:import_lists",
        },
    ),
)


@app.callback()
def exemptions() -> None:
    """免罚清单: 查看、导出、导入。"""

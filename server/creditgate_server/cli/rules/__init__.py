"""`rules …`: what an administrator does with a rule library. One module a command."""

from __future__ import annotations

import typer

from ..lazily import lazily

app = typer.Typer(
    no_args_is_help=True,
    help="规则库: 检查、说明、测试、比较、发布、退回",
    cls=lazily(
        __package__,
        {
            "check": ".check:check",
            "diff": ".diff:diff",
            "explain": ".explain:explain_rule",
            "doc": ".doc:doc",
            "test": ".trial:test_books",
            "schema": ".schema:schema",
            "texts": ".texts:texts",
            "propose": ".publish:propose",
            "approve": ".publish:approve",
            "activate": ".publish:activate",
            "rollback": ".publish:rollback",
            "retire": ".publish:retire",
            "status": ".history:status",
            "history": ".history:history",
            "export": ".history:export",
        },
    ),
)


@app.callback()
def rules() -> None:
    """规则库: 检查、说明、测试、比较、发布、退回。"""

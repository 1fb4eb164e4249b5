"""The command's root: one file a group of commands."""

from __future__ import annotations

from importlib.metadata import version
from typing import Annotated

import typer
from typer.exceptions import TyperException

from .lazily import lazily

WRONG_USAGE = 2
INTERRUPTED = 130

app = typer.Typer(
    name="creditgate-server",
    help="信用门: 办理许可前的信用核查服务",
    no_args_is_help=True,
    pretty_exceptions_show_locals=False,
    add_completion=False,
    cls=lazily(
        __package__,
        {
            "serve": ".serve:serve",
            "import": ".imports:import_command",
            "migrate": ".migrate:migrate",
            "rules": ".rules:app",
            "exemptions": ".exemptions:app",
            "keys": ".keys:app",
            "ledger": ".ledger:app",
            "coverage": ".coverage:app",
            "data": ".data:app",
        },
    ),
)


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"creditgate-server {version('creditgate')}")
        raise typer.Exit


@app.callback()
def root(
    _version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="显示版本")
    ] = False,
) -> None:
    """信用门: 办理许可前的信用核查服务。"""


def run(arguments: list[str]) -> int:
    """Run the command with these arguments; the exit status. Wrong usage is told in Chinese, as the client tells it."""
    try:
        status = app(arguments, prog_name=app.info.name, standalone_mode=False)
    except TyperException as fault:
        from creditgate.cli.usage import usage_fault  # both take long to load, and are seldom needed

        from .faults import say

        say(str(usage_fault(fault)))
        return WRONG_USAGE
    except typer.Abort:
        return INTERRUPTED
    return status if isinstance(status, int) else 0

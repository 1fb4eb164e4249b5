"""The command's root: one file a group of commands."""

from __future__ import annotations

from importlib.metadata import version
from typing import Annotated

import typer

from . import coverage, exemptions, keys, ledger, migrate, rules
from .imports import import_command
from .serve import serve

app = typer.Typer(
    name="creditgate-server",
    help="信用门: 办理许可前的信用核查服务",
    no_args_is_help=True,
    pretty_exceptions_show_locals=False,
    add_completion=False,
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


app.command("serve")(serve)
app.command("import")(import_command)
app.command("migrate")(migrate.migrate)
app.add_typer(rules.app, name="rules")
app.add_typer(exemptions.app, name="exemptions")
app.add_typer(keys.app, name="keys")
app.add_typer(ledger.app, name="ledger")
app.add_typer(coverage.app, name="coverage")

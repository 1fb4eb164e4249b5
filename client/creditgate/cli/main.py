"""The command's root, and the one place where errors become words and exit statuses."""

from __future__ import annotations

import os
import sys
from importlib.metadata import version
from typing import Annotated

import typer
from typer.exceptions import TyperException

from ..errors import CreditGateError
from .batch import many
from .catalogue import catalogue
from .exemptions import exemptions
from .outcomes import outcomes
from .output import ANSWERED, INTERRUPTED, WRONG_QUESTION, exit_status, make_console, print_error
from .receipts import receipts
from .single import leniency, single
from .usage import usage_fault

app = typer.Typer(name="creditgate", add_completion=False, pretty_exceptions_enable=False, no_args_is_help=False)


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"creditgate {version('creditgate')}")
        raise typer.Exit


@app.callback()
def root(
    _version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="显示版本")
    ] = False,
) -> None:
    """信用门: 办理许可前核查信用。

    退出状态: 0 有结论; 2 问题或用法有误; 3 服务不可用; 1 服务内部错误。
    """


app.add_typer(single)
app.add_typer(many)
app.add_typer(receipts)
app.add_typer(leniency)
app.add_typer(exemptions)
app.add_typer(outcomes)
app.add_typer(catalogue)


def main() -> None:
    """Run the command and exit."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Run the command with these arguments; the exit status. Errors go to standard error, without a traceback."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="replace")  # type: ignore[union-attr]
    try:
        status = app(arguments, prog_name="creditgate", standalone_mode=False)
        sys.stdout.flush()
    except CreditGateError as fault:
        print_error(make_console(stderr=True), fault)
        return exit_status(fault)
    except TyperException as fault:
        print_error(make_console(stderr=True), usage_fault(fault))
        return WRONG_QUESTION
    except (KeyboardInterrupt, typer.Abort):
        return INTERRUPTED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # so that leaving flushes in peace
        return ANSWERED
    return status if isinstance(status, int) else ANSWERED

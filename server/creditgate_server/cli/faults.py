"""How a fault reaches the operator: one message on standard error and an exit status, 1 unless said otherwise."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import typer
from pydantic import ValidationError

from ..errors import GateError, RuleSetFault


@contextmanager
def told_plainly(status: int = 1) -> Iterator[None]:
    """Turn a fault that an operator can mend into a message and an exit status."""
    try:
        yield
    except RuleSetFault as refused:
        for fault in refused.faults:
            say(str(fault))
        say(f"规则库有 {len(refused.faults)} 处错误, 不能使用")
        raise typer.Exit(status) from refused
    except GateError as fault:
        say(str(fault))
        raise typer.Exit(status) from fault
    except ValidationError as fault:
        for error in fault.errors(include_url=False, include_input=False):
            name = ".".join(str(part) for part in error["loc"])
            say(f"设置 {name or '(整体)'}: {error['msg']}")
        raise typer.Exit(status) from fault
    except OSError as fault:
        if fault.filename is None:  # of no file: nothing that an option names
            raise
        say(f"读写不了 {fault.filename}({fault.strerror})")
        raise typer.Exit(status) from fault


def say(text: str) -> None:
    """One line on standard error, under the command's name."""
    sys.stderr.write(f"creditgate-server: {text}\n")

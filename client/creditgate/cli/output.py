"""Standard output and standard error: JSON for machines, errors for people, exit statuses."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.text import Text

from ..errors import CreditGateError, NoService, WrongQuestion
from .words import printable

ANSWERED = 0
SERVICE_FAULT = 1
WRONG_QUESTION = 2
NO_SERVICE = 3
INTERRUPTED = 130

_WIDTH_OF_A_FILE = 160
"""Columns where the output is no terminal and the environment names no width."""


def make_console(*, stderr: bool = False) -> Console:
    """A console on standard output or standard error; colour only on a terminal."""
    stream = sys.stderr if stderr else sys.stdout
    width = None if stream.isatty() or os.environ.get("COLUMNS") else _WIDTH_OF_A_FILE
    return Console(file=stream, width=width, markup=False, highlight=False, emoji=False)


def write_json(value: Mapping[str, Any]) -> None:
    """One JSON object on one line of standard output, in UTF-8 whatever the locale."""
    line = json.dumps(value, ensure_ascii=False) + "\n"
    sys.stdout.flush()
    sys.stdout.buffer.write(line.encode())
    sys.stdout.buffer.flush()


def error_json(fault: CreditGateError) -> dict[str, str]:
    """An error as plain values."""
    return {"reason": fault.reason, "field": fault.field, "message": fault.message, "hint": fault.hint}


def print_error(console: Console, fault: CreditGateError, where: str = "") -> None:
    """Where it was asked, field, message and hint, in Chinese."""
    field = f"{printable(fault.field)}: " if fault.field else ""
    line = Text.assemble(("错误 ", "bold red"), where, (field, "bold"), printable(fault.message))
    console.print(line, soft_wrap=True)
    if fault.hint:
        console.print(Text(f"提示 {printable(fault.hint)}"), soft_wrap=True)


def exit_status(fault: CreditGateError) -> int:
    """The exit status that tells a program what an error was."""
    if isinstance(fault, WrongQuestion):
        return WRONG_QUESTION
    return NO_SERVICE if isinstance(fault, NoService) else SERVICE_FAULT

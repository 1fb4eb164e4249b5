"""What commands are asked with: a rule library's directory, a day. What can't be used ends the command with 2."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import typer

from ..rulebook.load import LoadedRuleSet, read_directory
from .faults import say, told_plainly

UNUSABLE = 2
"""Exit status where the input can't be used."""
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def refuse(message: str) -> typer.Exit:
    """Say on standard error why the input can't be used; the exit to raise."""
    say(message)
    return typer.Exit(UNUSABLE)


def library(path: Path) -> LoadedRuleSet:
    """The library in a directory. Exit status 2 where there is none, 1 with every fault where it is not sound."""
    if not path.is_dir():
        raise refuse(f"没有规则库目录 {path}")
    with told_plainly():
        return read_directory(path)


def day_asked(text: str, option: str = "") -> date:
    """A day as YYYY-MM-DD. `option`: named where it is none, which ends the command with 2."""
    if _DAY.fullmatch(text):
        try:
            return date.fromisoformat(text)
        except ValueError:
            pass
    raise refuse(f"{option}{': ' if option else ''}“{text}”不是日期, 请写成 2026-04-01 这样")

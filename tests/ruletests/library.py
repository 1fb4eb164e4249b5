"""A small library with one file of tests, and the command run on it."""

from __future__ import annotations

import shutil
from pathlib import Path

from typer.testing import CliRunner, Result

from creditgate_server.cli.rules import app
from creditgate_server.rulebook.load import read_directory

HERE = Path(__file__).parent
BASE = HERE.parent / "rulebooks" / "base"
SHIPPED = HERE.parent.parent / "rules"
BASE_RULES = read_directory(BASE).rule_set


def with_tests(folder: Path, text: str) -> Path:
    """The small library, with these tests in `tests/cases.yaml`."""
    library = Path(shutil.copytree(BASE, folder / "rules"))
    (library / "tests").mkdir()
    (library / "tests" / "cases.yaml").write_text(text, encoding="utf-8")
    return library


def run(library: Path, *options: str) -> Result:
    return CliRunner().invoke(app, ["test", str(library), *options])

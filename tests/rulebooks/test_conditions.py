"""Forms of conditions are told apart in one place, so that mypy names what a new form touches."""

from __future__ import annotations

import ast
import shutil
import subprocess
import sys
from collections import defaultdict
from pathlib import Path
from typing import get_args

import pytest

import creditgate_server
from creditgate_server.rulebook import language

SERVER = Path(creditgate_server.__file__).parent
FORMS = {form.__name__ for form in get_args(language.Condition)}
FOLDS = {"rulebook/language.py", "engine/reference.py"}
"""The folds; and the reference, which shares no code with what it is an opinion on."""


def dispatches(path: Path, forms: set[str]) -> dict[str, set[str]]:
    """Functions that tell two or more of these classes apart, with the classes."""
    found: defaultdict[str, set[str]] = defaultdict(set)

    def visit(node: ast.AST, function: str) -> None:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.Call) and isinstance(child.func, ast.Name) and child.func.id == "isinstance":
                found[function] |= named(child.args[1]) & forms
            elif isinstance(child, ast.MatchClass):
                found[function] |= named(child.cls) & forms
            elif isinstance(child, ast.Dict):
                found[function] |= {name for key in child.keys if key is not None for name in named(key)} & forms
            inner = child.name if isinstance(child, ast.FunctionDef) and not function else function
            visit(child, inner)

    visit(ast.parse(path.read_text()), "")
    return {function: classes for function, classes in found.items() if len(classes) > 1}


def named(node: ast.AST) -> set[str]:
    return {part.id for part in ast.walk(node) if isinstance(part, ast.Name)} | {
        part.attr for part in ast.walk(node) if isinstance(part, ast.Attribute)
    }


def test_conditions_are_told_apart_in_the_fold_and_the_reference_alone() -> None:
    assert len(FORMS) >= 9
    found = {
        str(path.relative_to(SERVER)): told
        for path in SERVER.rglob("*.py")
        if (told := dispatches(path, FORMS)) and str(path.relative_to(SERVER)) not in FOLDS
    }
    assert found == {}, "read them with language.fold and language.fold_test"
    assert all(dispatches(SERVER / fold, FORMS) for fold in FOLDS)


@pytest.mark.process
def test_a_new_condition_is_missed_by_mypy_in_the_fold_and_nowhere_else(tmp_path: Path) -> None:
    package = tmp_path / "rulebook"
    package.mkdir()
    (package / "__init__.py").touch()
    for name in ("language.py", "catalogue.py"):
        shutil.copy(SERVER / "rulebook" / name, package / name)
    text = (package / "language.py").read_text()
    toy = 'class ToyTest(Entry, tag="toy", tag_field="test", frozen=True, kw_only=True):\n    toy: str\n\n\nLeaf = '
    (package / "language.py").write_text(text.replace("\nLeaf = ", f"\n{toy}ToyTest | "))
    checked = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--no-error-summary", "--config-file=", "rulebook/language.py"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    errors = [line for line in checked.stdout.splitlines() if ": error:" in line]
    assert [line for line in errors if "assert_never" in line], checked.stdout
    assert all("ToyTest" in line for line in errors) and len(errors) == 1, checked.stdout

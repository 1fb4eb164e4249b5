"""One name names one thing: a reader who meets a class knows it everywhere."""

from __future__ import annotations

import ast
from collections import defaultdict
from pathlib import Path

SERVER = Path(__file__).resolve().parents[2] / "server" / "creditgate_server"


def test_no_class_name_stands_for_two_things() -> None:
    """Names that begin with an underscore are read in their own module alone."""
    places = defaultdict(list)
    for path in sorted(SERVER.rglob("*.py")):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                places[node.name].append(path.relative_to(SERVER).as_posix())
    assert len(places) > 400, "the classes of the server are read"
    twice = {name: where for name, where in places.items() if len(where) > 1}
    assert not twice, "\n".join(f"{name}: {', '.join(where)}" for name, where in sorted(twice.items()))

"""What docs/architecture.md shows of the house is so: the picture of its rooms, and the modules that it names."""

from __future__ import annotations

import re

from tools.layers import PAGE, drawn, imports, reach

SERVER = PAGE.parents[1] / "server" / "creditgate_server"
CLIENT = PAGE.parents[1] / "client" / "creditgate"


def test_the_picture_of_the_rooms_is_drawn_from_the_imports() -> None:
    page = PAGE.read_text("utf-8")
    assert "flowchart TD" in drawn(page)
    assert drawn(page) == page, "run `python -m tools.layers`"


def test_no_room_reaches_itself() -> None:
    found = imports()
    assert not [name for name in found if name in reach(found, name)]


def test_there_are_at_most_fifteen_rooms_and_six_modules_beside_them() -> None:
    rooms = [path for path in SERVER.iterdir() if (path / "__init__.py").exists()]
    modules = [path for path in SERVER.glob("*.py") if path.name != "__init__.py"]
    assert len(rooms) <= 15, rooms
    assert len(modules) <= 6, modules


def test_every_module_that_the_page_names_is_there() -> None:
    named = re.findall(r"`([\w/*]+\.py)`", PAGE.read_text("utf-8"))
    assert len(named) > 50
    missing = [
        name
        for name in named
        if not any(any(found) for found in (SERVER.rglob(name), CLIENT.rglob(name), PAGE.parents[1].glob(name)))
    ]
    assert not missing

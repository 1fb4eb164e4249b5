"""Draws who imports whom, room by room, from the code: the picture in docs/architecture.md.

`python -m tools.layers` puts the picture of today into the page; a test compares.
"""

from __future__ import annotations

import re
from pathlib import Path

import grimp

PAGE = Path(__file__).resolve().parents[1] / "docs" / "architecture.md"
SERVER, CLIENT = "creditgate_server", "creditgate"
SMALL = "small"
"""The server's modules that stand in no room."""
_PLACE = re.compile(r"(?<=<!-- layers: python -m tools\.layers -->\n).*?(?=<!-- end of layers -->)", re.DOTALL)


def imports() -> dict[str, set[str]]:
    """Each room with the rooms that it imports; the client is one room."""
    graph = grimp.build_graph(SERVER, CLIENT, cache_dir=None)
    packages = {child for child in graph.find_children(SERVER) if graph.find_children(child)}
    found: dict[str, set[str]] = {room(package, packages): set() for package in packages} | {
        SMALL: set(),
        CLIENT: set(),
    }
    for module in graph.modules:
        importer = room(module, packages)
        found[importer] |= {
            room(imported, packages) for imported in graph.find_modules_directly_imported_by(module)
        } - {importer}
    return found


def room(module: str, packages: set[str]) -> str:
    """The room that a module stands in."""
    top = ".".join(module.split(".")[:2])
    if not module.startswith(SERVER):
        return CLIENT
    return top.removeprefix(f"{SERVER}.") if top in packages else SMALL


def reach(found: dict[str, set[str]], start: str) -> set[str]:
    """All rooms below one. The import contracts see to it that there is no circle."""
    below: set[str] = set()
    for imported in found[start]:
        below |= {imported} | reach(found, imported)
    return below


def picture() -> str:
    """A Mermaid drawing: an arrow for each import that no longer way says already."""
    found = imports()
    graph = grimp.build_graph(SERVER, cache_dir=None)
    alone = sorted(
        child.removeprefix(f"{SERVER}.") for child in graph.find_children(SERVER) if not graph.find_children(child)
    )
    heights = {name: height(found, name) for name in found}
    names = sorted(found, key=lambda name: (-heights[name], name))
    lines = [f'  {SMALL}["{", ".join(alone)}"]', f'  {CLIENT}["{CLIENT} (client and contract)"]']
    for name in names:
        longer = set[str]().union(*(reach(found, imported) for imported in found[name]))
        lines += [f"  {name} --> {imported}" for imported in sorted(found[name] - longer)]
    return "\n".join(["```mermaid", "flowchart TD", *lines, "```", ""])


def height(found: dict[str, set[str]], name: str) -> int:
    """Rooms on the longest way down."""
    return 1 + max((height(found, imported) for imported in found[name]), default=0)


def drawn(page: str) -> str:
    """The page with the picture of today."""
    return _PLACE.sub(lambda _: picture(), page)


if __name__ == "__main__":
    PAGE.write_text(drawn(PAGE.read_text("utf-8")), "utf-8")

"""Which program this is and on which build of the engine it runs, each as a digest of its files."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path


@cache
def program() -> str:
    """SHA-256 over the program's source files, hexadecimal: tells two builds of one release apart."""
    package = Path(__file__).parents[1]
    total = hashlib.sha256()
    for path in sorted(package.rglob("*.py")):
        content = path.read_bytes()
        total.update(f"{path.relative_to(package).as_posix()} {len(content)}\n".encode())
        total.update(content)
    return total.hexdigest()


@cache
def library() -> str:
    """SHA-256 of the engine's compiled library, hexadecimal. Loads it."""
    from .durable import LIBRARY  # who only asks for the program needs no engine

    return hashlib.sha256(LIBRARY.read_bytes()).hexdigest()

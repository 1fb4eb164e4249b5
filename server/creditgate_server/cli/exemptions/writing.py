"""Writes files whole or not at all."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from ..asked import refuse


def write_whole(path: Path, content: bytes) -> None:
    """Write one file. Exit status 2 where it can't be written; then what stood there stands."""
    write_all({path: content})


def write_all(files: Mapping[Path, bytes]) -> None:
    """Write all files or none: beside their places first, then into them; what stood there comes back after a fault."""
    done: dict[Path, bytes | None] = {}
    beside = {path: path.with_name(f".{path.name}.part") for path in files}
    path = next(iter(files), Path())
    try:
        for path, content in files.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            beside[path].write_bytes(content)
        for path in files:
            before = path.read_bytes() if path.exists() else None
            beside[path].replace(path)
            done[path] = before
    except OSError as fault:
        for part in beside.values():
            with suppress(OSError):  # where there is no such directory there is nothing to take away
                part.unlink(missing_ok=True)
        _put_back(done)
        raise refuse(f"写不了 {path}({fault.strerror})") from fault


def _put_back(files: Mapping[Path, bytes | None]) -> None:
    for path, before in files.items():
        if before is None:
            path.unlink(missing_ok=True)
        else:
            path.write_bytes(before)

"""Writes files whole or not at all."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from ..rules.asked import refuse


def write_whole(path: Path, content: bytes) -> None:
    """Write one file. Exit status 2 where it can't be written; then what stood there stands."""
    write_all({path: content})


def write_all(files: Mapping[Path, bytes]) -> None:
    """Write files: all of them beside their places first, so that what can't be written leaves every one as it was."""
    beside = {path: path.with_name(f".{path.name}.part") for path in files}
    path = next(iter(files), Path())
    try:
        for path, content in files.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            beside[path].write_bytes(content)
        for path in files:
            beside[path].replace(path)
    except OSError as fault:
        for part in beside.values():
            part.unlink(missing_ok=True)
        raise refuse(f"写不了 {path}({fault.strerror})") from fault

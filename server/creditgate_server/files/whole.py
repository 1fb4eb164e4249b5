"""Files that are whole or not there: written beside their place, made durable, then put into it."""

from __future__ import annotations

import errno
import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from stat import S_IMODE
from typing import BinaryIO

from ..errors import SetupFault

_NO_LINKS = (errno.EPERM, errno.ENOTSUP, errno.ENOSYS, errno.EMLINK)
"""Faults of file systems that know no second name for a file."""
_OPEN_TO_ALL = 0o666
"""Less what the process's mask takes away."""


class AlreadyThere(SetupFault):
    """A file that may not be written over stands there."""


@contextmanager
def writing_whole(path: Path) -> Iterator[BinaryIO]:
    """A file in the making; it stands under its name once it is whole, over what stood there. Raises SetupFault."""
    if path.exists() and not path.is_file():  # a device or a pipe: nothing can take its place
        with _told(path), path.open("wb") as file:
            yield file
        return
    with _beside(path) as (aside, file):
        yield file
        _put(aside, file, path.resolve())


def write(path: Path, content: bytes) -> None:
    """Write a file, over what stood there. Raises SetupFault; then what stood there stands."""
    with writing_whole(path) as file:
        file.write(content)


def write_new(path: Path, content: bytes, mode: int = _OPEN_TO_ALL) -> None:
    """Write a file where there is none. Raises AlreadyThere, SetupFault."""
    with _beside(path, mode) as (aside, file):
        file.write(content)
        _settle(file)
        try:
            path.hardlink_to(aside)
        except FileExistsError as fault:
            raise AlreadyThere(f"已有文件 {path}, 没有覆盖", "换一个文件名") from fault
        except OSError as fault:
            if fault.errno not in _NO_LINKS or path.exists():
                raise
            aside.rename(path)
        _settle_names(path.parent)


def write_all(files: Mapping[Path, bytes]) -> None:
    """Write all files or none, over what stood there; it comes back after a fault. Raises SetupFault."""
    before: dict[Path, bytes | None] = {}
    with ExitStack() as stack:
        made = {path: stack.enter_context(_beside(path)) for path in files}
        for path, (_, file) in made.items():
            with _told(path):
                file.write(files[path])
                _settle(file)
        try:
            for path, (aside, file) in made.items():
                with _told(path):
                    stood = path.read_bytes() if path.exists() else None
                    _put(aside, file, path.resolve())
                    before[path] = stood
        except SetupFault:
            for path, content in before.items():
                path.unlink() if content is None else path.write_bytes(content)
            raise


@contextmanager
def _beside(path: Path, mode: int = _OPEN_TO_ALL) -> Iterator[tuple[Path, BinaryIO]]:
    """A file under a name that nobody looks at, gone in the end unless it got another."""
    place = path.resolve()
    aside = place.with_name(f".{place.name}.{secrets.token_hex(4)}.part")
    try:
        with _told(path, aside):
            handle = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
            with os.fdopen(handle, "wb") as file:
                yield aside, file
    finally:
        with suppress(OSError):  # where there is no such directory there is nothing to take away
            aside.unlink(missing_ok=True)


def _put(aside: Path, file: BinaryIO, place: Path) -> None:
    _settle(file)
    if place.exists():
        aside.chmod(S_IMODE(place.stat().st_mode))
    aside.replace(place)
    _settle_names(place.parent)


def _settle(file: BinaryIO) -> None:
    file.flush()
    os.fsync(file.fileno())


def _settle_names(folder: Path) -> None:
    """Make the names in a directory durable."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def _told(path: Path, *names: Path) -> Iterator[None]:
    """A fault of this file, or of writing to what is open, is told under its name; others are none of ours."""
    try:
        yield
    except OSError as fault:
        if fault.filename not in (None, *map(str, (path, path.resolve(), path.resolve().parent, *names))):
            raise
        raise SetupFault(f"写不了 {path}({fault.strerror})") from fault

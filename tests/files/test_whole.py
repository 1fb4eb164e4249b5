"""A file is whole or not there; what stood there stands until the new one is whole."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from creditgate_server.errors import SetupFault
from creditgate_server.files.whole import AlreadyThere, write, write_all, write_new, writing_whole


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_file_is_written_over_and_keeps_its_rights(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"before")
    path.chmod(0o600)
    write(path, b"after")
    assert path.read_bytes() == b"after"
    assert path.stat().st_mode & 0o777 == 0o600
    assert names(tmp_path) == ["a"]


def test_what_stood_there_stands_while_and_after_a_file_is_not_finished(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"before")
    with pytest.raises(KeyError), writing_whole(path) as file:
        file.write(b"half")
        assert path.read_bytes() == b"before"
        raise KeyError
    assert path.read_bytes() == b"before"
    assert names(tmp_path) == ["a"]


def test_a_full_disk_is_told_under_the_file_s_own_name(tmp_path: Path) -> None:
    path = tmp_path / "a"
    with pytest.raises(SetupFault, match=f"写不了 {path}\\(No space left"), writing_whole(path):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    assert names(tmp_path) == []


def test_a_fault_of_another_file_is_told_as_it_is(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="other"), writing_whole(tmp_path / "a"):
        (tmp_path / "other").read_bytes()


def test_a_place_that_is_none_is_told(tmp_path: Path) -> None:
    for wrong in (tmp_path / "nowhere" / "a", tmp_path):
        with pytest.raises(SetupFault, match=f"写不了 {wrong}"):
            write(wrong, b"x")


def test_a_link_stays_a_link_and_a_device_a_device(tmp_path: Path) -> None:
    (tmp_path / "real").write_bytes(b"before")
    link = tmp_path / "link"
    link.symlink_to("real")
    write(link, b"after")
    assert link.is_symlink() and (tmp_path / "real").read_bytes() == b"after"
    write(Path("/dev/null"), b"x")
    assert Path("/dev/null").is_char_device()


def test_a_new_file_takes_no_other_s_place(tmp_path: Path) -> None:
    path = tmp_path / "a"
    write_new(path, b"first", 0o600)
    assert path.stat().st_mode & 0o777 == 0o600
    with pytest.raises(AlreadyThere, match="没有覆盖"):
        write_new(path, b"second")
    assert path.read_bytes() == b"first"
    assert names(tmp_path) == ["a"]


def test_of_several_files_all_or_none_are_written(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"before")
    (tmp_path / "c").mkdir()
    files = {tmp_path / name: b"after" for name in ("a", "b", "c")}
    with pytest.raises(SetupFault, match="c"):
        write_all(files)
    assert (tmp_path / "a").read_bytes() == b"before"
    assert names(tmp_path) == ["a", "c"]
    (tmp_path / "c").rmdir()
    write_all(files)
    assert {path.read_bytes() for path in files} == {b"after"}
    assert names(tmp_path) == ["a", "b", "c"]

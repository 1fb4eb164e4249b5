"""Whether the files of an embedded store are still those that were opened.

A file that is deleted or replaced goes on to take what is written through open connections, and nobody finds it again.
So the path is looked up before and after each transaction that is acknowledged: about a microsecond a file.
"""

from __future__ import annotations

import os
from pathlib import Path

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from ..errors import StoreDown

_LOGS = ("-wal", "-shm")
"""SQLite's files beside the database. They stay the same while any connection is open."""

_Inode = tuple[int, int] | None
"""Device and inode; None where there is no such file."""


class FileIdentity:
    """Of one database file: the one that was there when it was first opened."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._first: _Inode = None

    def settle(self) -> None:
        """A connection was opened: this is the file, or must be it. Raises StoreDown."""
        if self._first is None:
            self._first = _inode(str(self._path))
        self.require()

    def require(self) -> None:
        """Raises StoreDown where the path stands for another file, or none. One that is put back is good again."""
        if self._first is None:
            return
        there = _inode(str(self._path))
        if there != self._first:
            what = "被删除或移走" if there is None else "被换成了另一个"
            hint = "把原来的文件移回原处即可恢复; 要改用现在的文件, 重启服务"
            raise StoreDown(f"数据库文件 {self._path} {what}", hint)

    def logs(self) -> tuple[_Inode, ...]:
        """The files beside it, as they are now."""
        return tuple(_inode(f"{self._path}{ending}") for ending in _LOGS)


class OpenFiles:
    """The files that one open connection writes to."""

    def __init__(self, identity: FileIdentity | None, connection: Connection) -> None:
        """`identity`: None for a server, which looks after its files itself."""
        self._identity = identity
        self._connection = connection
        if identity is not None:
            connection.exec_driver_sql("SELECT count(*) FROM sqlite_master").scalar()  # opens the files beside
            identity.require()
            self._logs = identity.logs()

    def require(self, *, save: bool) -> None:
        """Raises StoreDown where the files are not those any more.

        `save`: what stands in a log that nobody else finds any more is moved to the database, where that is there. For
        the connection's own thread.
        """
        if self._identity is None:
            return
        self._identity.require()
        if self._identity.logs() != self._logs:
            if save:
                self._save()
            hint = "停止全部服务进程(不要强行结束), 查明是谁删的, 再启动"
            raise StoreDown("数据库的日志文件(-wal 或 -shm)被删除或替换", hint)

    def _save(self) -> None:
        try:
            self._connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        except SQLAlchemyError:
            return  # another connection holds it: the next write tries again, and so does the end of the process


def _inode(path: str) -> _Inode:
    try:
        found = os.stat(path)  # noqa: PTH116 - a Path costs as much again as the look
    except OSError:
        return None
    return found.st_dev, found.st_ino

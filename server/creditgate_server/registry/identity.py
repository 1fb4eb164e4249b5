"""Natural persons are known by a keyed hash alone."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from contextlib import suppress
from datetime import date
from pathlib import Path

from ..codes import citizen_id_fault
from ..errors import InvalidQuestion, SetupFault
from ..files.whole import AlreadyThere, write_new
from ..storage.database import Store

_KEY_BYTES = 32


class PersonKey:
    """The key by which citizen identity numbers are hashed. Lose it, and persons' records can't be found again."""

    def __init__(self, key: bytes) -> None:
        if len(key) != _KEY_BYTES:
            raise SetupFault("个人标识密钥长度不对", "应为 32 字节", "person_key")
        self._key = key

    def hash(self, citizen_id: str, today: date) -> str:
        """`p:` and HMAC-SHA256. Raises InvalidQuestion for a number that is none today, and never repeats it."""
        fault = citizen_id_fault(citizen_id, today)
        if fault:
            raise InvalidQuestion(fault)
        return "p:" + hmac.new(self._key, citizen_id.encode(), hashlib.sha256).hexdigest()

    def seal(self, content: bytes) -> bytes:
        """HMAC-SHA256 of what the service gives out and must know again; never the same as a person's."""
        return hmac.new(self._key, b"seal\0" + content, hashlib.sha256).digest()

    @classmethod
    def load(cls, path: Path, *, create: bool = False) -> PersonKey:
        """Read the key file; with `create`, make it (mode 0600) where there is none. Raises SetupFault."""
        try:
            if create and not path.exists():
                with suppress(AlreadyThere):  # whoever comes second keeps the first's key
                    write_new(path, secrets.token_bytes(_KEY_BYTES), 0o600)
            return cls(path.read_bytes())
        except OSError as fault:
            raise SetupFault(f"个人标识密钥文件不能读取: {fault.strerror}", f"检查 {path}", "person_key") from fault


def key_path(store: Store, given: Path | None) -> Path:
    """Where the key is: as given, else beside the SQLite file. Raises SetupFault for a server without a given path."""
    if given is not None:
        return given
    if store.file is None:
        raise SetupFault("使用 PostgreSQL 时须指定个人标识密钥文件", "--person-key PATH", "person_key")
    return store.file.with_name(store.file.name + ".person-key")

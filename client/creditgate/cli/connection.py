"""Where the service is and who asks: from options and the environment."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from ..client import Client
from .asked import invalid, seconds_asked

TARGET_VARIABLE = "CREDITGATE_TARGET"
KEY_VARIABLE = "CREDITGATE_KEY"
DEFAULT_TARGET = "127.0.0.1:50051"


@dataclass(frozen=True, slots=True)
class Connection:
    """What the options say about the service. `timeout`: seconds, as text."""

    target: str | None
    timeout: str
    key_file: Path | None
    ca: Path | None
    tls: bool

    def client(self) -> Client:
        """A client for the service. Raises InvalidQuestion for a wrong option, WhoAreYou for a key in the clear."""
        target = self.target if self.target is not None else os.environ.get(TARGET_VARIABLE) or DEFAULT_TARGET
        if not target.strip() or not target.isprintable():
            raise invalid("服务地址不合规则", f"写成 HOST:PORT, 例如 {DEFAULT_TARGET}", "target")
        return Client(
            target,
            key=self._key(),
            timeout=self.seconds(),
            tls=self.tls,
            root_certificates=None if self.ca is None else _bytes_of(self.ca, "ca"),
        )

    def seconds(self) -> float:
        """The time that the options allow. Raises InvalidQuestion."""
        return seconds_asked(self.timeout)

    def _key(self) -> str | None:
        if self.key_file is None:
            return os.environ.get(KEY_VARIABLE) or None
        key = _bytes_of(self.key_file, "key-file").decode("ascii", "replace").strip()
        if not key:
            raise invalid(f"密钥文件 {self.key_file} 是空的", "文件中只有密钥一行", "key-file")
        return key


def _bytes_of(path: Path, field: str) -> bytes:
    try:
        return path.read_bytes()
    except OSError as fault:
        raise invalid(f"读不到文件 {path}: {fault.strerror}", "请核对路径和权限", field) from fault

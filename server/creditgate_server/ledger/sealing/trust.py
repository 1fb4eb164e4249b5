"""Which public keys' signatures count, and for trees of which sizes: the trust file, and what hand-overs add to it.

    keys:
      - public_key: BASE64        # of 32 bytes
        from_size: 0
        to_size: 4711             # the last size that it may sign; left out: open

A hand-over that is signed by a key that counts ends that key's time and begins the next one's.
"""

from __future__ import annotations

from pathlib import Path

import msgspec
import yaml

from ...errors import SetupFault
from ...files.whole import write
from .keys import raw_public, read_public
from .notes import Checkpoint, Note

_PEM = b"-----BEGIN"


class TrustedKey(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A public key that counts for trees of `from_size` to `to_size` leaves, both inclusive."""

    public_key: str
    from_size: int = 0
    to_size: int | None = None

    def signs(self, size: int) -> bool:
        """Whether it counts for a tree of that size."""
        return self.from_size <= size and (self.to_size is None or size <= self.to_size)


class _File(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    keys: tuple[TrustedKey, ...]


class Trust:
    """Keys that count. It learns from hand-overs: show it notes in order of size."""

    def __init__(self, keys: tuple[TrustedKey, ...]) -> None:
        self.keys = keys

    def accepts(self, note: Note) -> bool:
        """Whether a key that counts for its size has signed it. A hand-over that it accepts is followed."""
        checkpoint = note.checkpoint
        signers = [key for key in self.keys if key.signs(checkpoint.size) and note.is_signed_by(key.public_key)]
        if not signers:
            return False
        if checkpoint.next_key and any(key.to_size is None for key in signers):
            self.keys = handed_over(self.keys, checkpoint)
        return True


def read_trust(path: Path) -> Trust:
    """From a trust file, or a public key as PEM. Raises SetupFault."""
    try:
        content = path.read_bytes()
    except OSError as fault:
        raise SetupFault(f"读不到信任文件 {path}: {fault.strerror}", "请核对 --trust") from fault
    if content.startswith(_PEM):
        return Trust((TrustedKey(public_key=read_public(content, str(path))),))
    try:
        keys = msgspec.convert(yaml.safe_load(content), _File).keys
        for key in keys:
            raw_public(key.public_key)
    except (yaml.YAMLError, UnicodeDecodeError, msgspec.ValidationError, ValueError) as fault:
        raise SetupFault(
            f"信任文件 {path} 格式不符: {fault}", "每个公钥有 public_key, 可有 from_size、to_size"
        ) from fault
    return Trust(keys)


def handed_over(keys: tuple[TrustedKey, ...], checkpoint: Checkpoint) -> tuple[TrustedKey, ...]:
    """The keys after a hand-over: those that were open end with it, the next one begins."""
    new = TrustedKey(public_key=checkpoint.next_key, from_size=checkpoint.size)
    kept: list[TrustedKey] = []
    for key in keys:
        if key.to_size is not None:
            kept.append(key)
        elif key.public_key == new.public_key:
            new = key
        else:
            kept.append(msgspec.structs.replace(key, to_size=checkpoint.size))
    return (*kept, new)


def add_hand_over(path: Path, checkpoint: Checkpoint) -> None:
    """Write a hand-over into a trust file. Raises SetupFault."""
    keys = handed_over(read_trust(path).keys, checkpoint)
    content = yaml.safe_dump(msgspec.to_builtins(_File(keys=keys)), sort_keys=False)
    try:
        write(path, content.encode())
    except SetupFault as fault:
        raise SetupFault(f"信任文件 {fault.message}", "交接检查点已签好; 请手工更新信任文件") from fault

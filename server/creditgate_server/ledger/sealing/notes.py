"""Checkpoints as signed notes: a few lines of text that say how large the tree was and what its root was.

The form is that of C2SP's `tlog-checkpoint` and `signed-note`, which public tools read too: origin, size, root in
base64, then our own lines; an empty line; one line a signature. Each signature (Ed25519) is over the text before the
empty line, with its last line break. Source: c2sp.org/tlog-checkpoint, c2sp.org/signed-note.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Sequence
from datetime import datetime

import msgspec

from ...clock import rfc3339
from .keys import LedgerKey, is_signed, raw_public

_DASH = "— "
_ED25519 = b"\x01"
_SIGNATURE_BYTES = 4 + 64
_NUMBER = re.compile(r"0|[1-9][0-9]{0,18}")
_ORIGIN = re.compile(r"[A-Za-z0-9._/-]{1,100}")


class NoteFault(ValueError):
    """A text that is no checkpoint; the message says why."""


class Checkpoint(msgspec.Struct, frozen=True, kw_only=True):
    """What a checkpoint says."""

    origin: str
    """Names the ledger."""
    size: int
    """Leaves."""
    root: bytes
    algorithm: str
    issued_at: str
    """RFC 3339, UTC: every receipt that was committed before is one of the leaves."""
    next_key: str = ""
    """Public key that signs from here on, base64; empty where the key stays."""

    @property
    def instant(self) -> datetime:
        """When."""
        return datetime.fromisoformat(self.issued_at)

    def text(self) -> bytes:
        """What is signed."""
        lines = [self.origin, str(self.size), base64.b64encode(self.root).decode()]
        lines += [f"algorithm {self.algorithm}", f"time {self.issued_at}"]
        if self.next_key:
            lines.append(f"next-key {self.next_key}")
        return "".join(f"{line}\n" for line in lines).encode()


class Signature(msgspec.Struct, frozen=True):
    """A signature of a note."""

    key_id: bytes
    """4 bytes."""
    signature: bytes


class Note(msgspec.Struct, frozen=True, kw_only=True):
    """A checkpoint with its signatures."""

    checkpoint: Checkpoint
    signatures: tuple[Signature, ...]
    encoded: bytes
    """The whole note."""

    def is_signed_by(self, public: str) -> bool:
        """Whether there is a good signature by that key."""
        wanted = key_id(self.checkpoint.origin, public)
        text = self.checkpoint.text()
        return any(is_signed(public, one.signature, text) for one in self.signatures if one.key_id == wanted)


def key_id(origin: str, public: str) -> bytes:
    """The four bytes that tell a ledger's keys apart."""
    return hashlib.sha256(origin.encode() + b"\n" + _ED25519 + raw_public(public)).digest()[:4]


def sign(checkpoint: Checkpoint, keys: Sequence[LedgerKey]) -> Note:
    """A note signed by these keys."""
    text = checkpoint.text()
    signatures = tuple(Signature(key_id(checkpoint.origin, key.public), key.sign(text)) for key in keys)
    lines = _signature_lines(checkpoint.origin, signatures)
    return Note(checkpoint=checkpoint, signatures=signatures, encoded=text + b"\n" + lines)


def read_note(encoded: bytes) -> Note:
    """A note from its text: every byte of it means something. Raises NoteFault."""
    try:
        text, empty, signed = encoded.decode("utf-8").partition("\n\n")
    except UnicodeDecodeError as fault:
        raise NoteFault("不是 UTF-8 文字") from fault
    if not empty:
        raise NoteFault("没有签名部分")
    checkpoint = _checkpoint(text.split("\n"))
    if not signed.endswith("\n"):
        raise NoteFault("最后一行不完整")
    signatures = tuple(_signature(line, checkpoint.origin) for line in signed[:-1].split("\n"))
    if not encoded.startswith(checkpoint.text() + b"\n"):
        raise NoteFault("写法不规范")
    return Note(checkpoint=checkpoint, signatures=signatures, encoded=encoded)


def new_checkpoint(
    *, origin: str, size: int, root: bytes, algorithm: str, instant: datetime, next_key: str = ""
) -> Checkpoint:
    """A checkpoint of an instant."""
    return Checkpoint(
        origin=origin, size=size, root=root, algorithm=algorithm, issued_at=rfc3339(instant), next_key=next_key
    )


def _checkpoint(lines: list[str]) -> Checkpoint:
    if len(lines) not in (5, 6):
        raise NoteFault("行数不对")
    origin, size, root = lines[:3]
    if not _ORIGIN.fullmatch(origin) or not _NUMBER.fullmatch(size):
        raise NoteFault("账本名称或条数写法不对")
    checkpoint = Checkpoint(
        origin=origin,
        size=int(size),
        root=_bytes(root, "根"),
        algorithm=_value(lines[3], "algorithm"),
        issued_at=_value(lines[4], "time"),
        next_key=_value(lines[5], "next-key") if len(lines) == 6 else "",
    )
    try:
        checkpoint.instant.astimezone()
        if checkpoint.next_key:
            raw_public(checkpoint.next_key)
    except ValueError as fault:
        raise NoteFault("时刻或公钥写法不对") from fault
    return checkpoint


def _value(line: str, name: str) -> str:
    found, space, value = line.partition(" ")
    if found != name or not space or not value or value != value.strip():
        raise NoteFault(f"缺少 {name} 一行")
    return value


def _signature(line: str, origin: str) -> Signature:
    start = f"{_DASH}{origin} "
    if not line.startswith(start):
        raise NoteFault("签名行写法不对")
    content = _bytes(line.removeprefix(start), "签名")
    if len(content) != _SIGNATURE_BYTES:
        raise NoteFault("签名长度不对")
    return Signature(content[:4], content[4:])


def _bytes(text: str, what: str) -> bytes:
    """Bytes from base64 in its one canonical form."""
    try:
        content = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as fault:
        raise NoteFault(f"{what}不是 base64") from fault
    if base64.b64encode(content).decode() != text:
        raise NoteFault(f"{what}的 base64 不规范")
    return content


def by_one_key(note: Note, public: str) -> bytes:
    """The note with the signature of that key alone: who has one key can tell of every byte whether it is right."""
    wanted = key_id(note.checkpoint.origin, public)
    kept = [one for one in note.signatures if one.key_id == wanted]
    return note.checkpoint.text() + b"\n" + _signature_lines(note.checkpoint.origin, kept)


def _signature_lines(origin: str, signatures: Sequence[Signature]) -> bytes:
    return "".join(
        f"{_DASH}{origin} {base64.b64encode(one.key_id + one.signature).decode()}\n" for one in signatures
    ).encode()

"""The ledger's key (Ed25519): it signs checkpoints, and nothing else."""

from __future__ import annotations

import base64
import binascii
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from ...errors import SetupFault
from ...files.whole import write_new

_MAKE = "用 creditgate-server keys ledger 生成"


class LedgerKey:
    """A private key."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key

    @classmethod
    def new(cls) -> LedgerKey:
        """A fresh key."""
        return cls(Ed25519PrivateKey.generate())

    @classmethod
    def load(cls, path: Path) -> LedgerKey:
        """The key of a PEM file. Raises SetupFault."""
        try:
            key = load_pem_private_key(path.read_bytes(), password=None)
        except OSError as fault:
            raise SetupFault(f"读不到账本私钥 {path}: {fault.strerror}", "请核对 ledger_key") from fault
        except (ValueError, TypeError) as fault:
            raise SetupFault(f"{path} 不是账本私钥(PEM, 未加密)", _MAKE) from fault
        if not isinstance(key, Ed25519PrivateKey):
            raise SetupFault(f"{path} 不是 Ed25519 私钥", _MAKE)
        return cls(key)

    def save(self, path: Path) -> Path:
        """Write the key, readable by its owner alone, and beside it the public key; never over another file.

        Returns the public key's file. Raises SetupFault.
        """
        public = public_path(path)
        pem = self._key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        public_pem = self._key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        if public.exists():
            raise SetupFault(f"已有文件 {public}", "换一个文件名")
        write_new(path, pem, 0o600)
        write_new(public, public_pem, 0o644)
        return public

    @property
    def public(self) -> str:
        """The public key: base64 of 32 bytes."""
        return base64.b64encode(self._key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)).decode()

    def sign(self, message: bytes) -> bytes:
        """A signature, 64 bytes."""
        return self._key.sign(message)


def public_path(path: Path) -> Path:
    """Where the public key of a private key's file is: ledger.pem has it in ledger.pub.pem."""
    return path.with_name(f"{path.stem}.pub.pem")


def read_public(pem: bytes, name: str) -> str:
    """A public key from PEM, as base64 of 32 bytes. Raises SetupFault."""
    try:
        key = load_pem_public_key(pem)
    except ValueError as fault:
        raise SetupFault(f"{name} 不是公钥(PEM)", _MAKE) from fault
    if not isinstance(key, Ed25519PublicKey):
        raise SetupFault(f"{name} 不是 Ed25519 公钥", _MAKE)
    return base64.b64encode(key.public_bytes(Encoding.Raw, PublicFormat.Raw)).decode()


def raw_public(public: str) -> bytes:
    """The 32 bytes of a public key. Raises ValueError for something else."""
    try:
        raw = base64.b64decode(public, validate=True)
    except binascii.Error as fault:
        raise ValueError("not base64") from fault
    if len(raw) != 32 or base64.b64encode(raw).decode() != public:
        raise ValueError("not 32 bytes in base64")
    return raw


def is_signed(public: str, signature: bytes, message: bytes) -> bool:
    """Whether the signature of a message is that key's."""
    try:
        Ed25519PublicKey.from_public_bytes(raw_public(public)).verify(signature, message)
    except InvalidSignature:
        return False
    return True

"""Who may do what with rule sets and receipts: a register of persons with their public keys, and a person's own key.

Keys are Ed25519.
"""

from __future__ import annotations

import base64
import binascii
import re
from datetime import date
from pathlib import Path

import msgspec
import yaml
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from ..errors import NotAllowed, SetupFault
from ..files.whole import write_new
from .acts import Act, ActKind

_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
_NEEDED = {
    ActKind.PROPOSED: "propose",
    ActKind.APPROVED: "approve",
    ActKind.ACTIVATED: "activate",
    ActKind.ROLLED_BACK: "activate",
    ActKind.RETIRED: "activate",
}
PUBLISHING = ("propose", "approve", "activate")
"""What a person may do of whom the register says nothing."""
ERASE = "erase"
"""Erase contents of receipts where the law asks for it. Only whom the register names for it."""
RIGHTS = (*PUBLISHING, ERASE)


class SigningKey:
    """A person's private key."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key

    @classmethod
    def new(cls) -> SigningKey:
        """A fresh key."""
        return cls(Ed25519PrivateKey.generate())

    @classmethod
    def load(cls, path: Path) -> SigningKey:
        """The key of a PEM file. Raises SetupFault."""
        try:
            key = load_pem_private_key(path.read_bytes(), password=None)
        except OSError as fault:
            raise SetupFault(f"读不到签名私钥 {path}: {fault.strerror}", "请核对 --key") from fault
        except (ValueError, TypeError) as fault:
            raise SetupFault(f"{path} 不是签名私钥(PEM, 未加密)", "用 creditgate-server keys signer 生成") from fault
        if not isinstance(key, Ed25519PrivateKey):
            raise SetupFault(f"{path} 不是 Ed25519 私钥", "用 creditgate-server keys signer 生成")
        return cls(key)

    def save(self, path: Path) -> None:
        """Write the key, readable by its owner alone; never over another file. Raises SetupFault."""
        pem = self._key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        write_new(path, pem, 0o600)

    @property
    def public(self) -> str:
        """The public key, base64."""
        return base64.b64encode(self._key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)).decode()

    def sign(self, act: Act) -> bytes:
        """The signature of an act, 64 bytes."""
        return self.sign_content(act.canonical())

    def sign_content(self, content: bytes) -> bytes:
        """The signature of a canonical text, 64 bytes."""
        return self._key.sign(content)


class Signer(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A person who acts on rule sets or receipts."""

    name: str
    title: str = ""
    public_key: str
    """Ed25519, base64 of 32 bytes."""
    may: tuple[str, ...] = PUBLISHING
    until: date | None = None
    """Last day (UTC) on which the person may act; earlier acts keep their worth. None: open."""


class _File(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    signers: tuple[Signer, ...]


class Signers:
    """The register."""

    def __init__(self, signers: tuple[Signer, ...]) -> None:
        """Raises SetupFault for an entry that can't be used."""
        self._by_name = {signer.name: (signer, _public_key(signer)) for signer in signers}
        keys = {signer.public_key for signer in signers}
        if len(self._by_name) < len(signers) or len(keys) < len(signers):
            raise SetupFault("签名人名册里有重复的名称或公钥", "每人一个名称、一把密钥: 审核必须由另一个人做")

    @classmethod
    def read(cls, path: Path) -> Signers:
        """The register of a YAML file. Raises SetupFault."""
        try:
            content = msgspec.convert(yaml.safe_load(path.read_text("utf-8")), _File)
        except OSError as fault:
            raise SetupFault(f"读不到签名人名册 {path}: {fault.strerror}", "请核对 --signers") from fault
        except (yaml.YAMLError, UnicodeDecodeError, msgspec.ValidationError) as fault:
            raise SetupFault(
                f"签名人名册 {path} 格式不符: {fault}", "每人有 name、public_key, 可有 title、may"
            ) from fault
        return cls(content.signers)

    def name_of(self, key: SigningKey) -> str:
        """Whose key it is. Raises NotAllowed."""
        for signer, _ in self._by_name.values():
            if signer.public_key == key.public:
                return signer.name
        raise NotAllowed("这把密钥不在签名人名册里", "请管理员把公钥写入名册")

    def require(self, act: Act, signature: bytes) -> None:
        """The act is signed by the person it names, who may do it. Raises NotAllowed."""
        right = _NEEDED.get(act.kind, "")
        what = f"第 {act.number} 步, {act.kind.value}"
        self.require_right(right, by=act.by, at=act.at, what=what, content=act.canonical(), signature=signature)

    def require_right(self, right: str, *, by: str, at: str, what: str, content: bytes, signature: bytes) -> None:
        """A content is signed by a person who had the right at that instant, RFC 3339 in UTC. Raises NotAllowed.

        `what`: the deed in words.
        """
        signer, key = self._by_name.get(by, (None, None))
        if signer is None or key is None:
            raise NotAllowed(f"签名人名册里没有 {by}", "请核对名册")
        if right not in signer.may:
            raise NotAllowed(f"{by} 无权做这一步({what})", "请由有权的人办理")
        if signer.until is not None and at[:10] > signer.until.isoformat():
            raise NotAllowed(f"{by} 自 {signer.until} 后不再有权", "请由有权的人办理")
        try:
            key.verify(signature, content)
        except InvalidSignature as fault:
            raise NotAllowed(f"{by} 的签名不符({what})", "内容被改动过, 或用错了密钥") from fault


def require_signer_name(name: str) -> None:
    """The name is well formed. Raises SetupFault."""
    if not _NAME.fullmatch(name):
        raise SetupFault(f"签名人名称不合规则: {name!r}", "小写字母、数字、点、下划线、连字符, 最多 64 个")


def _public_key(signer: Signer) -> Ed25519PublicKey:
    require_signer_name(signer.name)
    if not set(signer.may) <= set(RIGHTS):
        raise SetupFault(f"签名人 {signer.name} 的 may 有不认识的词", f"可用的有: {'、'.join(RIGHTS)}")
    try:
        return Ed25519PublicKey.from_public_bytes(base64.b64decode(signer.public_key, validate=True))
    except (binascii.Error, ValueError) as fault:
        raise SetupFault(f"签名人 {signer.name} 的公钥不对", "应为 32 字节的 base64") from fault

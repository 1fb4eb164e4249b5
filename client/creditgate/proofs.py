"""Checks an exported receipt offline: contents, place in the ledger's tree, signature. Needs the public key alone.

The file is canonical JSON, so that no byte of it is without a meaning. Ed25519 comes from `cryptography`, which
`creditgate[verify]` installs; everything else is of the standard library.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NoReturn

from .errors import WrongQuestion

FORMAT = "creditgate-proof/1"

_HASH = re.compile(r"[0-9a-f]{64}")
_SALT = re.compile(r"[0-9a-f]{32}")
_MEMBERS = {"checkpoint", "format", "inclusion", "leaf_index", "receipt"}
_PARTS = {"payload", "question", "question_salt", "decision", "decision_salt"}
_TITLES = {"question": "问题", "decision": "结论"}
_ERASABLE_SINCE = 3
"""Format of payloads from which on contents stand beside them."""
_DASH = "— "


class CantVerify(WrongQuestion):
    """The check can't be made: a library is missing, or the key is none. It says nothing of the receipt."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the check."""

    title: str
    passed: bool
    why: str


@dataclass(frozen=True, slots=True)
class ProofResult:
    """What a check came to."""

    steps: tuple[Step, ...]
    receipt: str
    """Id of the receipt; empty where the file has none."""
    sealed_at: str
    """Instant of the checkpoint, RFC 3339; empty where there is none that can be read."""

    @property
    def passed(self) -> bool:
        """Whether every step did."""
        return all(step.passed for step in self.steps)


class _No(Exception):
    """A step that does not pass; the message says why."""


@dataclass(frozen=True, slots=True)
class _Checkpoint:
    text: bytes
    origin: str
    size: int
    root: bytes
    algorithm: str
    issued_at: str
    signature: bytes
    """Key id and signature."""


def verify_proof(content: bytes, public_key: bytes) -> ProofResult:
    """Check a file against a public key (PEM), step by step. Raises CantVerify."""
    verifier = _load_key(public_key)
    steps: list[Step] = []
    found: dict[str, Any] = {}

    def take(title: str, check: Callable[[], str]) -> bool:
        try:
            why, passed = check(), True
        except _No as fault:
            why, passed = str(fault), False
        steps.append(Step(title, passed, why))
        return passed

    def read() -> str:
        found["proof"] = _read(content)
        found["checkpoint"] = _read_checkpoint(found["proof"]["checkpoint"])
        return "规范的 JSON, 各部分齐全"

    whole = take("文件格式", read)
    if whole:
        proof, checkpoint = found["proof"], found["checkpoint"]
        take("内容与承诺", lambda: _contents(proof["receipt"]))
        take("账本树中的位置", lambda: _inclusion(proof, checkpoint))
        take("检查点签名", lambda: _signature(checkpoint, verifier))
        return ProofResult(tuple(steps), proof["receipt"]["payload"]["id"], checkpoint.issued_at)
    return ProofResult(tuple(steps), "", "")


# -- the file ---------------------------------------------------------------------------------------------------------


def _read(content: bytes) -> dict[str, Any]:
    try:
        proof = json.loads(content.decode("utf-8"), parse_float=_refuse, parse_constant=_refuse)
        again = _canonical(proof)
    except (ValueError, RecursionError) as fault:
        raise _No("不是 JSON 文件, 或已损坏") from fault
    if again != content:
        raise _No("不是规范的 JSON: 被改动过")
    if not isinstance(proof, dict) or proof.keys() != _MEMBERS or proof["format"] != FORMAT:
        raise _No(f"不是 {FORMAT} 格式")
    receipt, payload = proof["receipt"], None
    if isinstance(receipt, dict) and receipt.keys() == _PARTS:
        payload = receipt["payload"]
    if not isinstance(payload, dict) or not isinstance(payload.get("id"), str):
        raise _No("没有回执正文")
    if type(payload.get("format")) is not int or payload.get("algorithm", "sha256") not in ("sha256", "sm3"):
        raise _No("回执正文的格式不认识")
    if type(proof["leaf_index"]) is not int or not isinstance(proof["inclusion"], list):
        raise _No("没有账本树中的位置")
    if not all(isinstance(step, str) and _HASH.fullmatch(step) for step in proof["inclusion"]):
        raise _No("账本树路径写法不对")
    return proof


def _refuse(text: str) -> NoReturn:
    raise ValueError(text)


def _canonical(value: object) -> bytes:
    """RFC 8785 for text, whole numbers and objects with ASCII names, which is all that there is here."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode("utf-8")


def _read_checkpoint(note: object) -> _Checkpoint:
    if not isinstance(note, str):
        raise _No("没有检查点")
    text, empty, signed = note.partition("\n\n")
    lines = text.split("\n")
    if not empty or not 5 <= len(lines) <= 6 or not lines[3].startswith("algorithm "):
        raise _No("检查点写法不对")
    if not lines[4].startswith("time ") or not re.fullmatch(r"0|[1-9][0-9]{0,18}", lines[1]):
        raise _No("检查点写法不对")
    origin, start = lines[0], f"{_DASH}{lines[0]} "
    if not signed.startswith(start) or not signed.endswith("\n") or signed.count("\n") != 1:
        raise _No("检查点签名行写法不对")
    return _Checkpoint(
        text=f"{text}\n".encode(),
        origin=origin,
        size=int(lines[1]),
        root=_bytes(lines[2], 32),
        algorithm=lines[3].removeprefix("algorithm "),
        issued_at=lines[4].removeprefix("time "),
        signature=_bytes(signed[len(start) : -1], 68),
    )


def _bytes(text: str, length: int) -> bytes:
    """Bytes from base64 in its one canonical form."""
    try:
        content = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as fault:
        raise _No("检查点中的 base64 写法不对") from fault
    if len(content) != length or base64.b64encode(content).decode() != text:
        raise _No("检查点中的 base64 写法不对")
    return content


# -- the steps --------------------------------------------------------------------------------------------------------


def _digest(algorithm: str, content: bytes) -> bytes:
    try:
        return hashlib.new(algorithm, content).digest()
    except ValueError as fault:
        raise _No(f"本机没有 {algorithm} 算法, 不能核对") from fault


def _contents(receipt: dict[str, Any]) -> str:
    payload = receipt["payload"]
    if payload["format"] < _ERASABLE_SINCE:
        if any(receipt[f"{name}_salt"] is not None or receipt[name] != payload.get(name) for name in _TITLES):
            raise _No("问题或结论与回执正文不符")
        return "问题和结论在回执正文之中"
    erased: list[str] = []
    for name, title in _TITLES.items():
        content, salt = receipt[name], receipt[f"{name}_salt"]
        if content is None and salt is None:
            erased.append(title)
            continue
        if content is None or not isinstance(salt, str) or not _SALT.fullmatch(salt):
            raise _No(f"{title}缺少内容或盐")
        there = _digest(payload.get("algorithm", "sha256"), bytes.fromhex(salt) + _canonical(content)).hex()
        if there != payload.get(name):
            raise _No(f"{title}与回执正文中的承诺不符: 被改动过")
    if erased:
        return f"{'、'.join(erased)}已依法删除, 只余承诺; 其余与承诺相符" if len(erased) < 2 else "问题和结论已依法删除"
    return "问题和结论都与回执正文中的承诺相符"


def _inclusion(proof: dict[str, Any], checkpoint: _Checkpoint) -> str:
    algorithm, index = checkpoint.algorithm, proof["leaf_index"]
    if algorithm not in ("sha256", "sm3"):
        raise _No(f"检查点的散列算法 {algorithm} 不认识")
    if not 0 <= index < checkpoint.size:
        raise _No(f"检查点只有 {checkpoint.size} 条, 没有第 {index} 叶")
    node = _digest(algorithm, b"\x00" + _canonical(proof["receipt"]["payload"]))
    place, last = index, checkpoint.size - 1
    for text in proof["inclusion"]:
        step = bytes.fromhex(text)
        if last == 0:
            raise _No("账本树路径过长")
        if place & 1 or place == last:
            node = _digest(algorithm, b"\x01" + step + node)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            node = _digest(algorithm, b"\x01" + node + step)
        place, last = place >> 1, last >> 1
    if last or node != checkpoint.root:
        raise _No("回执正文不在检查点所签的账本中: 回执、位置或路径被改动过")
    return f"是 {checkpoint.size} 条中的第 {index} 叶"


def _signature(checkpoint: _Checkpoint, key: _Key) -> str:
    ours = hashlib.sha256(checkpoint.origin.encode() + b"\n\x01" + key.raw).digest()[:4]
    if checkpoint.signature[:4] != ours:
        raise _No("检查点不是这把公钥签的")
    if not key.signed(checkpoint.signature[4:], checkpoint.text):
        raise _No("检查点的签名无效: 检查点被改动过")
    return f"账本 {checkpoint.origin}, {checkpoint.issued_at} 签"


@dataclass(frozen=True, slots=True)
class _Key:
    raw: bytes
    signed: Callable[[bytes, bytes], bool]


def _load_key(pem: bytes) -> _Key:
    try:
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
        from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key
    except ImportError as fault:
        raise CantVerify("缺少 cryptography, 不能核对签名", "用 pip install 'creditgate[verify]' 安装") from fault
    try:
        key = load_pem_public_key(pem)
    except ValueError as fault:
        raise CantVerify("公钥文件不是 PEM 公钥", "向账本的主管部门索取公钥", "key") from fault
    if not isinstance(key, Ed25519PublicKey):
        raise CantVerify("公钥不是 Ed25519 公钥", "向账本的主管部门索取公钥", "key")
    known = key

    def signed(signature: bytes, text: bytes) -> bool:
        try:
            known.verify(signature, text)
        except InvalidSignature:
            return False
        return True

    return _Key(known.public_bytes(Encoding.Raw, PublicFormat.Raw), signed)

"""Who asks, and for which organs. Keys are kept as their SHA-256 alone."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec
import yaml

from ..errors import NotYours, SetupFault, WhoAreYou
from ..rulebook.catalogue import Catalogue
from .fields import nearest

LOCAL_CALLER = "local"
"""Name of every caller where the service is open on a loopback address."""

_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_BEARER = "bearer "


class Caller(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A system that may ask. `organs` None: for every organ."""

    name: str
    key_sha256: str = ""
    organs: tuple[str, ...] | None = None
    administrator: bool = False
    """May see and change rule sets; signatures are needed besides."""

    def require_administrator(self) -> None:
        """Raises NotYours where the caller may not see and change rule sets."""
        if not self.administrator:
            raise NotYours(f"调用方 {self.name} 不能查看或变更规则集", "请在调用方文件中写 administrator: true")

    def require_organ(self, organ: str, field: str = "organ") -> None:
        """Raises NotYours where the caller may not ask for the organ."""
        if self.organs is not None and organ not in self.organs:
            raise NotYours(f"调用方 {self.name} 不能以部门 {organ} 的名义查询", "请联系管理员核对调用方的部门", field)


class CallersFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Contents of the callers file."""

    callers: tuple[Caller, ...]


class Callers:
    """Tells a call's caller by its key."""

    def __init__(self, callers: Sequence[Caller]) -> None:
        """With no callers, everyone is the local caller."""
        self._by_digest = tuple((caller.key_sha256.encode(), caller) for caller in callers)
        self._local = Caller(name=LOCAL_CALLER, administrator=True)

    def of(self, metadata: Iterable[tuple[str, str | bytes]]) -> Caller:
        """The caller named by `authorization: Bearer KEY`. Raises WhoAreYou."""
        if not self._by_digest:
            return self._local
        header = next((value for key, value in metadata if key == "authorization"), "")
        text = header if isinstance(header, str) else header.decode("ascii", "replace")
        if text[: len(_BEARER)].lower() != _BEARER:
            raise WhoAreYou("缺少调用方密钥", "请在元数据中给出 authorization: Bearer 密钥")
        digest = hash_key(text[len(_BEARER) :].strip()).encode()
        found: Caller | None = None
        for known, caller in self._by_digest:  # all of them, so that time tells nothing
            if hmac.compare_digest(known, digest):
                found = caller
        if found is None:
            raise WhoAreYou("调用方密钥不符", "请向管理员核对密钥")
        return found


def hash_key(key: str) -> str:
    """SHA-256 of a key, hexadecimal: what the callers file holds."""
    return hashlib.sha256(key.encode()).hexdigest()


def read_callers(path: Path, catalogue: Catalogue) -> tuple[Caller, ...]:
    """The callers of a YAML file. Raises SetupFault."""
    try:
        content = msgspec.convert(yaml.safe_load(path.read_text("utf-8")), CallersFile)
    except OSError as fault:
        raise SetupFault(f"读不到调用方文件 {path}: {fault.strerror}", "请核对 --callers") from fault
    except (yaml.YAMLError, UnicodeDecodeError, msgspec.ValidationError) as fault:
        raise SetupFault(f"调用方文件 {path} 格式不符: {fault}", "每个调用方有 name、key_sha256、organs") from fault
    if not content.callers:
        raise SetupFault(f"调用方文件 {path} 没有调用方", "用 creditgate-server keys new 生成")
    for index, caller in enumerate(content.callers):
        _check_caller(caller, f"callers[{index}]", catalogue)
    callers = tuple(msgspec.structs.replace(caller, organs=caller.organs or ()) for caller in content.callers)
    for what, values in (
        ("name", [caller.name for caller in content.callers]),
        ("key_sha256", [caller.key_sha256 for caller in content.callers]),
    ):
        if len(set(values)) < len(values):
            raise SetupFault(f"调用方文件 {path} 有重复的 {what}", "每个调用方用自己的名称和密钥")
    return callers


def require_loopback(host: str) -> None:
    """Without a callers file the service is open: only on a loopback address. Raises SetupFault."""
    if not ipaddress.ip_address(host).is_loopback:
        raise SetupFault(f"监听 {host} 而没有调用方文件: 任何人都能查询", "请给出 --callers, 或只监听 127.0.0.1")


def require_name(name: str, field: str) -> None:
    """A caller's name is well formed. Raises SetupFault."""
    if not _NAME.fullmatch(name) or name == LOCAL_CALLER:
        hint = "小写字母、数字、点、下划线、连字符, 最多 64 个, 且不能是 local"
        raise SetupFault(f"{field} 不合规则: {name!r}", hint)


def _check_caller(caller: Caller, field: str, catalogue: Catalogue) -> None:
    require_name(caller.name, f"{field}.name")
    if not _SHA256.fullmatch(caller.key_sha256):
        raise SetupFault(f"{field}.key_sha256 不是 64 位小写十六进制", "用 creditgate-server keys new 生成")
    if not caller.organs and not caller.administrator:
        raise SetupFault(f"{field}.organs 为空", "写明调用方可以代表哪些部门")
    for organ in caller.organs or ():
        if organ not in catalogue.organs:
            raise SetupFault(f"{field}.organs: 没有代码为 {organ} 的部门", nearest(organ, catalogue.organs))

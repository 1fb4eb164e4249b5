"""How calls are made: where the service is, who asks, deadline and retries. Shared by the two clients."""

from __future__ import annotations

import ipaddress
import random
import re
import socket
import ssl
import time
from contextlib import suppress
from dataclasses import dataclass, replace
from types import NoneType

import grpc

from .errors import (
    BAD_ROOTS,
    CreditGateError,
    DeadlineExceeded,
    InvalidTarget,
    NotReady,
    TlsFault,
    TooMuch,
    Unavailable,
    WhoAreYou,
    invalid,
)

CHANNEL_OPTIONS = [
    ("grpc.max_receive_message_length", -1),
    ("grpc.initial_reconnect_backoff_ms", 100),
    ("grpc.min_reconnect_backoff_ms", 100),
    ("grpc.max_reconnect_backoff_ms", 1_000),
    ("grpc.enable_retries", 0),  # retries are ours: they keep the request_id and the deadline
]

LONG_TIMEOUT = 30.0
"""Seconds for a batch where the caller names no time and the client's own is shorter."""

_SCHEMES = ("dns", "unix", "unix-abstract", "ipv4", "ipv6", "passthrough", "xds")
_TRACEPARENT = re.compile(r"[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}(?:-[!-~]*)?", re.ASCII)
_HANDSHAKE_SECONDS = 1.0
_LONGEST = 1_000_000_000


class Endpoint:
    """Where the service is and who asks. Raises InvalidTarget, and WhoAreYou where a key would travel in the clear."""

    def __init__(self, target: str, key: str | None, tls: bool, root_certificates: bytes | None) -> None:
        _require_target(target)
        if key and not (isinstance(key, str) and key.isascii() and key.isprintable()):
            hint = "密钥由可打印的 ASCII 字符组成, 请核对"
            raise WhoAreYou("密钥含有不能发送的字符", hint, "key", "WHO_ARE_YOU")
        self.target = target
        self.options = [*CHANNEL_OPTIONS, ("grpc.enable_http_proxy", 0)] if is_loopback(target) else CHANNEL_OPTIONS
        """A call to this machine never goes through a proxy, nor does its key."""
        self.credentials: grpc.ChannelCredentials | None = None
        if tls or root_certificates is not None:
            if not isinstance(root_certificates, bytes | NoneType):
                raise replace(BAD_ROOTS)
            self.credentials = grpc.ssl_channel_credentials(root_certificates=root_certificates)
        elif key is not None and not is_loopback(target):
            hint = "使用 TLS(tls=True 或 root_certificates)"
            raise WhoAreYou("密钥不能经明文连接发送", hint, "key", "WHO_ARE_YOU")
        self._metadata = (("authorization", f"Bearer {key}"),) if key else ()

    def metadata(self, traceparent: str | None) -> tuple[tuple[str, str], ...]:
        """Metadata of a call. Raises InvalidQuestion for what is no traceparent (W3C Trace Context)."""
        if traceparent is None:
            return self._metadata
        if not isinstance(traceparent, str) or not _TRACEPARENT.fullmatch(traceparent):
            hint = "按 W3C Trace Context 写成 00-追踪号-跨度号-01, 小写十六进制"
            raise invalid("traceparent 写法不符", hint, "traceparent")
        return (*self._metadata, ("traceparent", traceparent))

    def wants_tls(self) -> bool:
        """Whether the service answers a TLS handshake, where this side did not try one: for a peer that hangs up."""
        if self.credentials is not None or self.target.startswith("unix"):
            return False
        host, _, port = self.target.rpartition("/")[2].rpartition(":")
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE  # nothing is sent: only whether it is TLS
        with suppress(OSError, ValueError):
            address = (host.strip("[]").removeprefix("ipv4:"), int(port))
            with socket.create_connection(address, _HANDSHAKE_SECONDS) as peer, context.wrap_socket(peer):
                return True
        return False


def _require_target(target: str) -> None:
    scheme, url, _ = target.partition("://") if isinstance(target, str) else ("", "", "")
    port = target.rpartition(":")[2] if isinstance(target, str) else ""
    known = isinstance(target, str) and target.strip() == target != "" and target.isprintable()
    if not known or (url and scheme not in _SCHEMES) or (port.isdecimal() and int(port) > 65_535):
        hint = "写成 HOST:PORT, 例如 127.0.0.1:50051, 不写 http://; 用 TLS 请另加 tls"
        raise InvalidTarget(f"服务地址不合规则: {target!r}"[:200], hint, "target", "INVALID_TARGET")


def is_loopback(target: str) -> bool:
    """Whether a target is this machine itself."""
    host = target.removeprefix("dns:///").rsplit(":", 1)[0].strip("[]")
    if target.startswith("unix:") or host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


@dataclass(frozen=True, slots=True)
class Policy:
    """Time for a call with all its attempts, in seconds, and how many attempts after the first."""

    timeout: float
    retries: int

    def __post_init__(self) -> None:
        require_seconds(self.timeout, "timeout")
        if not isinstance(self.retries, int):
            raise invalid(f"类型不对: {type(self.retries).__name__}", "应为 int", "retries")


def require_seconds(given: float, field: str) -> None:
    """Raises InvalidQuestion for what is no number, and for more than gRPC counts."""
    if not (isinstance(given, int | float) and given < _LONGEST):
        raise invalid(f"不是秒数: {given!r:.80}", f"以秒为单位的数, 小于 {_LONGEST}", field)


class Attempts:
    """The attempts of one call: each with the time left, pauses growing between them."""

    def __init__(self, policy: Policy) -> None:
        self._end = time.monotonic() + policy.timeout
        self._left = policy.retries
        self._pause = 0.05

    def remaining(self) -> float:
        """Seconds left for the next attempt. Raises DeadlineExceeded where there are none."""
        left = self._end - time.monotonic()
        if left <= 0:
            raise DeadlineExceeded(
                "在限定时间内没有得到答复", "用同一 request_id 重试是安全的", reason="DEADLINE_EXCEEDED"
            )
        return left

    def pause_after(self, error: CreditGateError) -> float:
        """Seconds to wait before the next attempt. Raises the error where it must not or can't be tried again."""
        again = isinstance(error, Unavailable | NotReady) or (
            isinstance(error, TooMuch) and error.retry_after is not None
        )
        if not again or isinstance(error, TlsFault) or self._left <= 0:
            raise error
        self._left -= 1
        pause = max(error.retry_after or 0.0, self._pause * random.uniform(0.5, 1.5))  # noqa: S311 - jitter, no secret
        self._pause = min(self._pause * 2, 1.0)
        if time.monotonic() + pause >= self._end:
            raise error
        return pause

"""How calls are made: channel, key, deadline and retries. Shared by the two clients."""

from __future__ import annotations

import ipaddress
import random
import time
from dataclasses import dataclass

import grpc

from .errors import CreditGateError, DeadlineExceeded, NotReady, TooMuch, Unavailable, WhoAreYou

CHANNEL_OPTIONS = [
    ("grpc.max_receive_message_length", -1),
    ("grpc.initial_reconnect_backoff_ms", 100),
    ("grpc.min_reconnect_backoff_ms", 100),
    ("grpc.max_reconnect_backoff_ms", 1_000),
    ("grpc.enable_retries", 0),  # retries are ours: they keep the request_id and the deadline
]

LONG_TIMEOUT = 30.0
"""Seconds for a batch where the caller names no time and the client's own is shorter."""


@dataclass(frozen=True, slots=True)
class Policy:
    """Time for a call with all its attempts, in seconds, and how many attempts after the first."""

    timeout: float
    retries: int


def credentials(
    target: str, tls: bool, root_certificates: bytes | None, key: str | None
) -> grpc.ChannelCredentials | None:
    """Channel credentials; None for a plain channel. Raises WhoAreYou where a key would travel in the clear."""
    if tls or root_certificates is not None:
        return grpc.ssl_channel_credentials(root_certificates=root_certificates)
    if key is not None and not is_loopback(target):
        raise WhoAreYou("密钥不能经明文连接发送", "使用 TLS(tls=True 或 root_certificates)", "key", "WHO_ARE_YOU")
    return None


def is_loopback(target: str) -> bool:
    """Whether a target is this machine itself."""
    host = target.removeprefix("dns:///").rsplit(":", 1)[0].strip("[]")
    if target.startswith("unix:") or host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def channel_options(target: str) -> list[tuple[str, int]]:
    """Options of the channel. A call to this machine never goes through a proxy, nor does its key."""
    return [*CHANNEL_OPTIONS, ("grpc.enable_http_proxy", 0)] if is_loopback(target) else CHANNEL_OPTIONS


def metadata(key: str | None) -> tuple[tuple[str, str], ...]:
    """Call metadata that says who asks. Raises WhoAreYou for a key that can't be sent."""
    if key and not (key.isascii() and key.isprintable()):
        raise WhoAreYou("密钥含有不能发送的字符", "密钥由可打印的 ASCII 字符组成, 请核对", "key", "WHO_ARE_YOU")
    return (("authorization", f"Bearer {key}"),) if key else ()


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
        if not again or self._left <= 0:
            raise error
        self._left -= 1
        pause = max(error.retry_after or 0.0, self._pause * random.uniform(0.5, 1.5))  # noqa: S311 - jitter, no secret
        self._pause = min(self._pause * 2, 1.0)
        if time.monotonic() + pause >= self._end:
            raise error
        return pause

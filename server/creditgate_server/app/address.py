"""One port for all workers: the supervisor holds it, the workers listen on it (SO_REUSEPORT)."""

from __future__ import annotations

import errno
import socket
import time

from ..errors import SetupFault
from ..settings import Address, parse_address

_LOOK_SECONDS = 0.1
"""From one look whether the address is free to the next."""


def resolve(listen: str) -> Address:
    """The address with its host as a number. Raises SetupFault."""
    host, port = parse_address(listen)
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except OSError as fault:
        raise SetupFault(f"监听地址 {listen} 无法解析: {fault.strerror}", "请核对 --listen") from fault
    return Address(str(found[0][4][0]), port)


def reserve(address: Address, patience_seconds: float) -> socket.socket:
    """Bind the address without listening, so that the port stays ours while workers come and go.

    The socket must never listen: connections would end in it. Its name holds the port where port 0 was asked for.
    `patience_seconds`: how long another listener may take to go: workers whose supervisor died end their calls first.
    Raises SetupFault where the address can't be had.
    """
    if address.port:
        _await_free(address, time.monotonic() + patience_seconds)
    holder = _socket(address)
    try:
        holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        holder.bind((address.host, address.port))
    except OSError as fault:
        holder.close()
        raise _cannot_bind(address, fault) from fault
    return holder


def bound(holder: socket.socket) -> Address:
    """The address that a socket is bound to."""
    host, port = holder.getsockname()[:2]
    return Address(host, port)


def _await_free(address: Address, until: float) -> None:
    while (fault := _foreign_listener(address)) is not None:
        if fault.errno != errno.EADDRINUSE or time.monotonic() >= until:
            raise _cannot_bind(address, fault) from fault
        time.sleep(_LOOK_SECONDS)


def _foreign_listener(address: Address) -> OSError | None:
    """With SO_REUSEPORT a second service of the same user would silently share the port: try without it first."""
    with _socket(address) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # connections in TIME_WAIT are no hindrance
        try:
            trial.bind((address.host, address.port))
        except OSError as fault:
            return fault
    return None


def _socket(address: Address) -> socket.socket:
    return socket.socket(socket.AF_INET6 if ":" in address.host else socket.AF_INET, socket.SOCK_STREAM)


def _cannot_bind(address: Address, fault: OSError) -> SetupFault:
    if fault.errno == errno.EADDRINUSE:
        return SetupFault(f"地址 {address} 已被占用", "请换一个端口, 或先停止占用它的进程")
    return SetupFault(f"不能监听 {address}: {fault.strerror}", "请核对 --listen")

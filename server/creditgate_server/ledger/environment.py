"""The environment in which decisions were made: what one would have to put together again to make them again.

A receipt names it by digest; the store keeps each one once. With the rule set, the question and what was known, which
the receipt holds, a decision depends on nothing else: not on the clock, not on chance, not on a setting.
"""

from __future__ import annotations

import hashlib
import platform
import socket
from contextlib import suppress
from datetime import datetime
from functools import cache
from importlib.metadata import version

import msgspec
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from ..clock import rfc3339
from ..engine.fingerprint import program
from ..errors import StoreFault
from ..storage.database import Store, store_down
from .tables import EnvironmentRow

_environments = EnvironmentRow.__table__  # type: ignore[attr-defined]

_LIBRARIES = ("durable-rules", "msgspec")
"""Libraries that take part in a decision: the engine, and what writes the canonical bytes."""


class Environment(msgspec.Struct, frozen=True, kw_only=True):
    """Program, engine and machine."""

    program: str
    """Release of this program."""
    code: str
    """SHA-256 over its source files: tells two builds of one release apart."""
    libraries: dict[str, str]
    """Version by name."""
    python: str
    platform: str
    host: str
    """Name of the machine."""

    def canonical(self) -> bytes:
        """Canonical JSON."""
        return msgspec.json.encode(self, order="sorted")

    def digest(self) -> str:
        """`sha256:` and the SHA-256 of the canonical JSON, hexadecimal."""
        return "sha256:" + hashlib.sha256(self.canonical()).hexdigest()

    def same_program(self, other: Environment) -> bool:
        """Whether decisions are made by the same code, wherever it runs."""
        return (self.code, self.libraries, self.python) == (other.code, other.libraries, other.python)


@cache
def here() -> Environment:
    """The environment of this process. Reads its source files once."""
    return Environment(
        program=version("creditgate"),
        code=program(),
        libraries={name: version(name) for name in _LIBRARIES},
        python=platform.python_version(),
        platform=f"{platform.system()} {platform.machine()}",
        host=socket.gethostname(),
    )


def keep_environment(store: Store, environment: Environment, now: datetime) -> None:
    """Store it, unless it is there. Raises StoreDown."""
    digest = environment.digest()
    another = suppress(IntegrityError)  # a process that stored it first
    with store_down("运行环境的记录未能存入数据库", "检查数据库是否可写"), another:
        with store.engine.connect() as connection:
            if connection.execute(select(_environments.c.digest).where(_environments.c.digest == digest)).first():
                return
        row = {"digest": digest, "content": environment.canonical(), "first_seen_at": rfc3339(now)}
        with store.engine.begin() as connection:
            connection.execute(_environments.insert(), row)


def find_environment(store: Store, digest: str) -> Environment | None:
    """A stored environment. Raises StoreDown, and StoreFault where its content does not have the digest."""
    with store_down("数据库不能读取", "稍后重试"), store.engine.connect() as connection:
        statement = select(_environments.c.content).where(_environments.c.digest == digest)
        content = connection.execute(statement).scalar_one_or_none()
    if content is None:
        return None
    try:
        environment = msgspec.json.decode(content, type=Environment)
    except msgspec.MsgspecError as fault:
        raise StoreFault("运行环境的记录读不出来", f"环境 {digest}") from fault
    if environment.digest() != digest:
        raise StoreFault("运行环境的记录与其摘要不符", f"环境 {digest}")
    return environment

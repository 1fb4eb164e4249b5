"""Every setting of the service: its default, unit and meaning. From CREDITGATE_… variables and the command line."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Literal, NamedTuple

from pydantic import Field, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class Address(NamedTuple):
    """A host, without brackets, and a TCP port; port 0 means one that the system picks."""

    host: str
    port: int

    def __str__(self) -> str:
        """`HOST:PORT`, an IPv6 host in brackets."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def parse_address(text: str) -> Address:
    """An address from `HOST:PORT`; an IPv6 host stands in brackets. Raises ValueError."""
    host, colon, port = text.rpartition(":")
    if not colon or not host or not port.isascii() or not port.isdigit() or int(port) > 65535:
        raise ValueError(f"地址应为 HOST:PORT, 收到 {text!r}, 例如 127.0.0.1:50051 或 [::1]:50051")
    if host.startswith("[") != host.endswith("]") or (":" in host and not host.startswith("[")):
        raise ValueError(f"IPv6 地址应写在方括号中, 例如 [::1]:50051, 收到 {text!r}")
    return Address(host.strip("[]"), int(port))


class Settings(BaseSettings):
    """Settings of `creditgate-server serve`. The command line goes before CREDITGATE_… variables."""

    model_config = SettingsConfigDict(env_prefix="CREDITGATE_", frozen=True, extra="forbid")

    rules: Path = Path("rules")
    """Folder of the rule library."""
    store: str = "sqlite:///creditgate.db"
    """SQLAlchemy URL of the store: sqlite:///PATH or postgresql+psycopg://…"""
    listen: str = "127.0.0.1:50051"
    """HOST:PORT to serve on. Port 0: one that the system picks."""
    workers: int = Field(1, ge=1, le=64)
    """Worker processes; each has one engine."""
    watch: bool = False
    """Development: follow the folder of the rule library; an edit is live within two seconds, or refused."""
    signers: Path | None = None
    """File of the persons who may propose, approve and activate rule sets. With one, only rule sets that were signed
    and approved by a second person serve, and the folder is not read. Without one, the folder is what serves."""
    callers: Path | None = None
    """File of the callers that may ask. Without one the service is open, and only on a loopback address."""
    region: str = Field("441900", pattern="^[0-9]{6}$")
    """Division (GB/T 2260) of the city that this service serves: where a question names none, its lists count."""
    person_key: Path | None = None
    """File of the secret behind persons' keyed hashes. None: beside the SQLite file; with PostgreSQL it is needed."""
    tls_certificate: Path | None = None
    """Certificate chain, PEM. Together with `tls_key`; without them the service speaks plain text."""
    tls_key: Path | None = None
    """Private key of the certificate, PEM."""

    ledger_hash: Literal["sha256", "sm3"] = "sha256"
    """Hash of receipts, of what they commit to, and of a tree that is begun. `sm3` (GB/T 32905) must be in OpenSSL."""
    ledger_key: Path | None = None
    """Private key that signs the ledger's checkpoints, Ed25519, PEM. Without one none are made."""
    ledger_seconds: float = Field(60, ge=1)
    """Seconds from one checkpoint to the next, where receipts came in between."""
    ledger_checkpoints: Path | None = None
    """Directory, best on another machine, where checkpoints are written beside the store. It must be there."""

    clock_excused: datetime | None = None
    """Instant of a receipt that a wrong clock wrote, once that was looked into: this machine's clock is not compared
    with receipts up to then."""

    second_opinion_share: float = Field(0.01, ge=0, le=1)
    """Share of live decisions that the reference evaluator judges again, 0 to 1."""
    second_opinion_queue: int = Field(64, ge=1)
    """Decisions that may wait for a second opinion in one worker; beyond, they go without."""
    prove_seconds: float = Field(120, gt=0)
    """Longest time in seconds that the proof of a rule set may take at start."""

    concurrent_calls: int = Field(256, ge=1)
    """Calls that one worker has at the same time, queued ones among them; beyond, a call is told to come again
    (RESOURCE_EXHAUSTED)."""
    concurrent_batches: int = Field(4, ge=1)
    """Of these, batches."""
    receive_bytes: int = Field(4 * 1024 * 1024, ge=1024)
    """Largest request in bytes."""
    store_seconds: float = Field(5, gt=0)
    """Longest time in seconds that a receipt waits for its turn before the call is answered UNAVAILABLE. Where another
    process holds SQLite's lock, 5 more may go by."""
    drain_seconds: float = Field(10, ge=0)
    """Seconds that running calls have to end after SIGTERM."""
    start_seconds: float = Field(60, gt=0)
    """Longest time in seconds from a worker's start to its being ready."""
    silence_seconds: float = Field(10, ge=2)
    """Seconds without a heartbeat after which a worker counts as hung and is killed. Workers send one each second."""

    metrics: str = ""
    """HOST:PORT for Prometheus metrics over HTTP. Empty: off."""
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    """Least level that is logged. `info` has one line a call, `warning` none."""
    log_format: Literal["json", "text"] = "json"
    """How logs are written to standard error."""

    @field_validator("clock_excused")
    @classmethod
    def _instants_have_a_zone(cls, value: datetime | None) -> datetime | None:
        if value is not None and value.tzinfo is None:
            raise ValueError("clock_excused 须带时区, 例如 2036-05-01T00:00:00Z")
        return value

    @field_validator("listen")
    @classmethod
    def _listen_is_an_address(cls, value: str) -> str:
        return str(parse_address(value))

    @field_validator("metrics")
    @classmethod
    def _metrics_is_an_address_or_empty(cls, value: str) -> str:
        return str(parse_address(value)) if value else ""

    @model_validator(mode="after")
    def _watching_is_for_unsigned_rules(self) -> Settings:
        if self.watch and self.signers is not None:
            raise ValueError("watch 与 signers 不能同时给出: 有签名人名册时, 目录的内容不会直接启用")
        return self

    @model_validator(mode="after")
    def _checkpoints_are_signed(self) -> Settings:
        if self.ledger_checkpoints is not None and self.ledger_key is None:
            raise ValueError("给出 ledger_checkpoints 时须同时给出 ledger_key")
        return self

    @model_validator(mode="after")
    def _certificate_and_key_come_together(self) -> Settings:
        if (self.tls_certificate is None) != (self.tls_key is None):
            raise ValueError("tls_certificate 与 tls_key 须同时给出")
        return self

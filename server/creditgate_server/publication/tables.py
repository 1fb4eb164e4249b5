"""Tables of rule sets, of proofs of them and acts on them, and of the workers that serve them."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, LargeBinary, Text
from sqlmodel import Field, SQLModel


class RuleSetRow(SQLModel, table=True):
    """A rule set: its canonical content, by digest, with the files it was read from. Rows are only ever added."""

    __tablename__ = "rule_set"

    digest: str = Field(sa_column=Column(Text, primary_key=True))
    canonical: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    files: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    first_seen_at: str = Field(sa_column=Column(Text, nullable=False))


class ActRow(SQLModel, table=True):
    """An act on a rule set. Rows are only ever added; each names the hash of the one before."""

    __tablename__ = "rule_set_act"

    number: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    digest: str = Field(sa_column=Column(Text, nullable=False))
    act: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    """Canonical JSON: what is signed."""
    signature: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    """Ed25519, 64 bytes; empty for an act of the service itself."""
    effective_at: str | None = Field(default=None, sa_column=Column(Text, nullable=True))
    report: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    """JSON whose SHA-256 the act names; empty where it names none."""


class ProofRow(SQLModel, table=True):
    """A proof that engine and reference agree on a rule set, by one program on one build of the engine."""

    __tablename__ = "rule_set_proof"

    digest: str = Field(sa_column=Column(Text, primary_key=True))
    program: str = Field(sa_column=Column(Text, primary_key=True))
    library: str = Field(sa_column=Column(Text, primary_key=True))
    proved_at: str = Field(sa_column=Column(Text, nullable=False))
    content: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    """Canonical JSON that names the three above again, and what was proved."""
    seal: str = Field(sa_column=Column(Text, nullable=False))
    """SHA-256 of the content, hexadecimal."""


class WorkerRow(SQLModel, table=True):
    """What a worker serves, as it says itself."""

    __tablename__ = "worker"

    id: str = Field(sa_column=Column(Text, primary_key=True))
    address: str = Field(sa_column=Column(Text, nullable=False))
    digest: str = Field(sa_column=Column(Text, nullable=False))
    activation: int = Field(sa_column=Column(BigInteger, nullable=False))
    since: str = Field(sa_column=Column(Text, nullable=False))
    seen_at: str = Field(sa_column=Column(Text, nullable=False))
    problem: str = Field(sa_column=Column(Text, nullable=False))

"""The tables of the ledger. Rows are only ever added; of a receipt, only contents and salts are ever erased."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Index,
    LargeBinary,
    Text,
    UniqueConstraint,
    cast,
    text,
)
from sqlmodel import Field, SQLModel


def _index(name: str, *columns: str, sqlite: str, postgresql: str = "") -> Index:
    """An index over some receipts alone, which costs the others nothing."""
    return Index(name, *columns, sqlite_where=text(sqlite), postgresql_where=text(postgresql or sqlite))


def as_bytes(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """A column as it is read: bytes are bytes, though somebody put a text in their place, as SQLite lets one do."""
    return cast(column, LargeBinary).label(column.key) if isinstance(column.type, LargeBinary) else column


_IS_OUTCOME = "kind = 'outcome'"
_OUTCOMES = (
    _index(
        "ix_receipt_needs_outcome",
        *("organ", "issued_at", "id"),
        sqlite="needs_outcome = 1",
        postgresql="needs_outcome",
    ),
    _index("ix_receipt_outcome_about", "about", "issued_at", sqlite=_IS_OUTCOME),
    _index("ix_receipt_outcome_case", "case_key", sqlite=_IS_OUTCOME),
    _index("ix_receipt_outcome_organ", "organ", "issued_at", sqlite=_IS_OUTCOME),
)
"""For what is open, what was reported on a receipt and on a case, and what came since."""

_ERASURES = _index("ix_receipt_erasure_about", "about", sqlite="kind = 'erasure'")


class ReceiptRow(SQLModel, table=True):
    """A receipt (回执)."""

    __tablename__ = "receipt"
    __table_args__ = (
        UniqueConstraint("caller", "request_id", name="uq_receipt_request"),
        UniqueConstraint("chain", "number", name="uq_receipt_place"),
        Index("ix_receipt_issued_at", "issued_at"),
        *_OUTCOMES,
        _ERASURES,
    )

    id: str = Field(sa_column=Column(Text, primary_key=True))
    kind: str = Field(sa_column=Column(Text, nullable=False))
    caller: str = Field(sa_column=Column(Text, nullable=False))
    request_id: str | None = Field(default=None, sa_column=Column(Text, nullable=True))
    body_digest: str = Field(sa_column=Column(Text, nullable=False))
    organ: str = Field(sa_column=Column(Text, nullable=False))
    item: str = Field(sa_column=Column(Text, nullable=False))
    case_number: str = Field(sa_column=Column(Text, nullable=False))
    rule_set: str = Field(sa_column=Column(Text, nullable=False))
    chain: str = Field(sa_column=Column(Text, nullable=False))
    number: int = Field(sa_column=Column(BigInteger, nullable=False))
    previous_hash: str = Field(sa_column=Column(Text, nullable=False))
    hash: str = Field(sa_column=Column(Text, nullable=False))
    issued_at: str = Field(sa_column=Column(Text, nullable=False))
    activation: int = Field(sa_column=Column(BigInteger, nullable=False))
    decided_at: str = Field(sa_column=Column(Text, nullable=False))
    answer: str = Field(default="", sa_column=Column(Text, nullable=False))
    about: str = Field(default="", sa_column=Column(Text, nullable=False))
    needs_outcome: bool = Field(default=False, sa_column=Column(Boolean, nullable=False))
    case_key: str = Field(default="", sa_column=Column(Text, nullable=False))
    payload: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    question_salt: bytes | None = Field(default=None, sa_column=Column(LargeBinary, nullable=True))
    question: bytes | None = Field(default=None, sa_column=Column(LargeBinary, nullable=True))
    """Before the decision, which is long: to read it is not to read that."""
    decision_salt: bytes | None = Field(default=None, sa_column=Column(LargeBinary, nullable=True))
    decision: bytes | None = Field(default=None, sa_column=Column(LargeBinary, nullable=True))


class EnvironmentRow(SQLModel, table=True):
    """An environment in which decisions were made."""

    __tablename__ = "environment"

    digest: str = Field(sa_column=Column(Text, primary_key=True))
    content: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    first_seen_at: str = Field(sa_column=Column(Text, nullable=False))

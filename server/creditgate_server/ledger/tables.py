"""The table of receipts. Rows are only ever added; of a row, only contents and salts are ever erased."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, LargeBinary, Text, UniqueConstraint, text
from sqlmodel import Field, SQLModel

_ERASURE = text("kind = 'erasure'")


class ReceiptRow(SQLModel, table=True):
    """A receipt (回执)."""

    __tablename__ = "receipt"
    __table_args__ = (
        UniqueConstraint("caller", "request_id", name="uq_receipt_request"),
        UniqueConstraint("chain", "number", name="uq_receipt_place"),
        Index("ix_receipt_issued_at", "issued_at"),
        Index("ix_receipt_erasure_about", "about", sqlite_where=_ERASURE, postgresql_where=_ERASURE),
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
    payload: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    answer: str = Field(default="", sa_column=Column(Text, nullable=False))
    about: str = Field(default="", sa_column=Column(Text, nullable=False))
    question_salt: bytes | None = Field(default=None, sa_column=Column(LargeBinary, nullable=True))
    question: bytes | None = Field(default=None, sa_column=Column(LargeBinary, nullable=True))
    """Before the decision, which is long: to read it is not to read that."""
    decision_salt: bytes | None = Field(default=None, sa_column=Column(LargeBinary, nullable=True))
    decision: bytes | None = Field(default=None, sa_column=Column(LargeBinary, nullable=True))

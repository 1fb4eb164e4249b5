"""The table of receipts. Rows are only ever added."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, LargeBinary, Text, UniqueConstraint
from sqlmodel import Field, SQLModel


class ReceiptRow(SQLModel, table=True):
    """A receipt (回执)."""

    __tablename__ = "receipt"
    __table_args__ = (
        UniqueConstraint("caller", "request_id", name="uq_receipt_request"),
        UniqueConstraint("chain", "number", name="uq_receipt_place"),
        Index("ix_receipt_issued_at", "issued_at"),
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

"""Tables of the register. Rows are only ever added. Days are ISO text, instants RFC 3339 text in UTC."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, Text
from sqlmodel import Field, SQLModel

_ID = BigInteger().with_variant(Integer(), "sqlite")


class GrantRow(SQLModel, table=True):
    """An exemption granted, named by the receipt of the answer that it rests on."""

    __tablename__ = "exemption_grant"
    __table_args__ = (
        Index("ix_exemption_grant_subject", "subject"),
        Index("ix_exemption_grant_decided_on", "decided_on"),
    )

    number: int | None = Field(default=None, sa_column=Column(_ID, primary_key=True, autoincrement=True))
    """Grows with every grant; pages of the register go by it."""
    receipt_id: str = Field(sa_column=Column(Text, nullable=False, unique=True))
    subject: str = Field(sa_column=Column(Text, nullable=False))
    organ: str = Field(sa_column=Column(Text, nullable=False))
    organ_title: str = Field(sa_column=Column(Text, nullable=False))
    exemption: str = Field(sa_column=Column(Text, nullable=False))
    list: str = Field(sa_column=Column(Text, nullable=False))
    decided_on: str = Field(sa_column=Column(Text, nullable=False))
    document_number: str = Field(sa_column=Column(Text, nullable=False))
    record_number: str = Field(sa_column=Column(Text, nullable=False))
    """Document number of its records in the registry."""
    due_on: str | None = Field(default=None, sa_column=Column(Text, nullable=True))
    promise_made: bool = Field(sa_column=Column(Boolean, nullable=False))
    fine_forgone_fen: int = Field(sa_column=Column(BigInteger, nullable=False))
    note: str = Field(sa_column=Column(Text, nullable=False))
    body_hash: str = Field(sa_column=Column(Text, nullable=False))
    """Tells the same grant again from another one under the same receipt."""
    registered_by: str = Field(sa_column=Column(Text, nullable=False))
    known_at: str = Field(sa_column=Column(Text, nullable=False))


class CorrectionRow(SQLModel, table=True):
    """A report on a grant's correction. The latest counts."""

    __tablename__ = "exemption_correction"
    __table_args__ = (
        Index("ix_exemption_correction_receipt", "receipt_id", "id"),
        Index("ix_exemption_correction_request", "reported_by", "request_id", unique=True),
    )

    id: int | None = Field(default=None, sa_column=Column(_ID, primary_key=True, autoincrement=True))
    receipt_id: str = Field(sa_column=Column(Text, nullable=False))
    corrected_on: str | None = Field(default=None, sa_column=Column(Text, nullable=True))
    kept_promise: bool | None = Field(default=None, sa_column=Column(Boolean, nullable=True))
    broken: bool = Field(sa_column=Column(Boolean, nullable=False))
    """Whether the promise is broken, as it follows from this report."""
    reported_by: str = Field(sa_column=Column(Text, nullable=False))
    request_id: str | None = Field(default=None, sa_column=Column(Text, nullable=True))
    """Of the caller; it tells a repeat that comes late."""
    known_at: str = Field(sa_column=Column(Text, nullable=False))


class WithdrawalRow(SQLModel, table=True):
    """A grant that was registered by mistake. There is no way back: a new answer has a new receipt."""

    __tablename__ = "exemption_withdrawal"

    receipt_id: str = Field(sa_column=Column(Text, primary_key=True))
    reason: str = Field(sa_column=Column(Text, nullable=False))
    withdrawn_by: str = Field(sa_column=Column(Text, nullable=False))
    known_at: str = Field(sa_column=Column(Text, nullable=False))

"""The tables of the tree. Rows are only ever added, but for the cursors of the chains."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

_Number = BigInteger().with_variant(Integer(), "sqlite")


class TreeRow(SQLModel, table=True):
    """The one tree of the store."""

    __tablename__ = "ledger_tree"

    id: int = Field(sa_column=Column(_Number, primary_key=True, autoincrement=False))
    """Always 1."""
    origin: str = Field(sa_column=Column(Text, nullable=False))
    """Name of the ledger, made up once."""
    algorithm: str = Field(sa_column=Column(Text, nullable=False))
    """Of the tree's hashes: sha256 or sm3."""
    created_at: str = Field(sa_column=Column(Text, nullable=False))


class LeafRow(SQLModel, table=True):
    """A receipt's place in the tree."""

    __tablename__ = "ledger_leaf"
    __table_args__ = (UniqueConstraint("receipt_id", name="uq_ledger_leaf_receipt"),)

    leaf_index: int = Field(sa_column=Column(_Number, primary_key=True, autoincrement=False))
    """From 0."""
    receipt_id: str = Field(sa_column=Column(Text, nullable=False))
    leaf_hash: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    """Hash of the receipt's payload as a leaf."""


class NodeRow(SQLModel, table=True):
    """Root of a complete subtree, kept so that proofs need not read all leaves."""

    __tablename__ = "ledger_node"

    level: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    """8, 16, 24, …: over 2**level leaves."""
    position: int = Field(sa_column=Column(_Number, primary_key=True, autoincrement=False))
    hash: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


class ChainRow(SQLModel, table=True):
    """How far a chain's receipts have places in the tree."""

    __tablename__ = "ledger_chain"

    chain: str = Field(sa_column=Column(Text, primary_key=True))
    number: int = Field(sa_column=Column(_Number, nullable=False))
    """The last that has one."""


class CheckpointRow(SQLModel, table=True):
    """A signed checkpoint."""

    __tablename__ = "ledger_checkpoint"
    __table_args__ = (Index("ix_ledger_checkpoint_size", "size", "number"),)

    number: int | None = Field(default=None, sa_column=Column(_Number, primary_key=True, autoincrement=True))
    size: int = Field(sa_column=Column(_Number, nullable=False))
    issued_at: str = Field(sa_column=Column(Text, nullable=False))
    public_key: str = Field(sa_column=Column(Text, nullable=False))
    """Key that signs from here on, base64."""
    note: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    """The whole signed note."""

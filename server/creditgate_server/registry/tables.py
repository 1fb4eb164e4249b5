"""Tables of the registry. Days are ISO text, instants RFC 3339 text in UTC: both sort by time on every database.

A change is a new row with the time it became known; the latest row known at an instant is what counted then.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, Text
from sqlmodel import Field, SQLModel

_ID = BigInteger().with_variant(Integer(), "sqlite")


class SubjectRevision(SQLModel, table=True):
    """A subject's attributes as delivered. Natural persons have no row here: their names are never kept."""

    __tablename__ = "subject_revision"
    __table_args__ = (Index("ix_subject_revision_identifier", "identifier", "known_at"),)

    id: int | None = Field(default=None, sa_column=Column(_ID, primary_key=True, autoincrement=True))
    identifier: str = Field(sa_column=Column(Text, nullable=False))
    name: str = Field(sa_column=Column(Text, nullable=False))
    attributes: str = Field(sa_column=Column(Text, nullable=False))
    """JSON object by fact name."""
    content_hash: str = Field(sa_column=Column(Text, nullable=False))
    known_at: str = Field(sa_column=Column(Text, nullable=False))


class RecordRevision(SQLModel, table=True):
    """A record as delivered. One record is named by source, document number, kind, list and identifier."""

    __tablename__ = "record_revision"
    __table_args__ = (
        Index("ix_record_revision_identifier", "identifier", "known_at"),
        Index("ix_record_revision_document", "source", "document_number"),
    )

    id: int | None = Field(default=None, sa_column=Column(_ID, primary_key=True, autoincrement=True))
    identifier: str = Field(sa_column=Column(Text, nullable=False))
    source: str = Field(sa_column=Column(Text, nullable=False))
    document_number: str = Field(sa_column=Column(Text, nullable=False))
    kind: str = Field(sa_column=Column(Text, nullable=False))
    list: str = Field(sa_column=Column(Text, nullable=False))
    severity: str = Field(sa_column=Column(Text, nullable=False))
    organ: str = Field(sa_column=Column(Text, nullable=False))
    organ_title: str = Field(sa_column=Column(Text, nullable=False))
    decided_on: str = Field(sa_column=Column(Text, nullable=False))
    effective_from: str = Field(sa_column=Column(Text, nullable=False))
    until: str | None = Field(default=None, sa_column=Column(Text, nullable=True))
    state: str = Field(sa_column=Column(Text, nullable=False))
    state_on: str | None = Field(default=None, sa_column=Column(Text, nullable=True))
    amount_fen: int = Field(sa_column=Column(BigInteger, nullable=False))
    violation: str = Field(default="", sa_column=Column(Text, nullable=False, server_default=""))
    """Kind of violation: the code of an exemption entry; empty where it is not known."""
    content_hash: str = Field(sa_column=Column(Text, nullable=False))
    known_at: str = Field(sa_column=Column(Text, nullable=False))


class RatingRevision(SQLModel, table=True):
    """A rating as delivered. One rating is named by subject, ladder and day."""

    __tablename__ = "rating_revision"
    __table_args__ = (Index("ix_rating_revision_identifier", "identifier", "known_at"),)

    id: int | None = Field(default=None, sa_column=Column(_ID, primary_key=True, autoincrement=True))
    identifier: str = Field(sa_column=Column(Text, nullable=False))
    ladder: str = Field(sa_column=Column(Text, nullable=False))
    decided_on: str = Field(sa_column=Column(Text, nullable=False))
    rating: str = Field(sa_column=Column(Text, nullable=False))
    until: str | None = Field(default=None, sa_column=Column(Text, nullable=True))
    content_hash: str = Field(sa_column=Column(Text, nullable=False))
    known_at: str = Field(sa_column=Column(Text, nullable=False))


class FeedUpdate(SQLModel, table=True):
    """A feed delivered: its data is complete up to this day."""

    __tablename__ = "feed_update"

    id: int | None = Field(default=None, sa_column=Column(_ID, primary_key=True, autoincrement=True))
    feed: str = Field(sa_column=Column(Text, nullable=False))
    data_day: str = Field(sa_column=Column(Text, nullable=False))
    known_at: str = Field(sa_column=Column(Text, nullable=False))


class ImportBatch(SQLModel, table=True):
    """A file that was imported."""

    __tablename__ = "import_batch"

    id: int | None = Field(default=None, sa_column=Column(_ID, primary_key=True, autoincrement=True))
    file_name: str = Field(sa_column=Column(Text, nullable=False))
    file_kind: str = Field(sa_column=Column(Text, nullable=False))
    known_at: str = Field(sa_column=Column(Text, nullable=False))
    loaded: int = Field(sa_column=Column(BigInteger, nullable=False))
    revised: int = Field(sa_column=Column(BigInteger, nullable=False))
    unchanged: int = Field(sa_column=Column(BigInteger, nullable=False))
    rejected: int = Field(sa_column=Column(BigInteger, nullable=False))


class RegistryClock(SQLModel, table=True):
    """One row: a number that grows with every change, so that caches know when to look again."""

    __tablename__ = "registry_clock"

    id: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    version: int = Field(sa_column=Column(BigInteger, nullable=False))

"""Tables of the registry. Days are ISO text, instants RFC 3339 text in UTC: both sort by time on every database.

A change is a new row with the time it became known. Each row is what one feed said: of one feed the latest row known at
an instant counts; which of several feeds counts is not told here, but by the catalogue's table of authority.

In every table of revisions `feed` is who said it: the code of a feed, empty for the feed that a thing's kind belongs to
in the catalogue. `data_day` is the day of the file that said it, `batch` and `row` the import and the row of the file;
`last_day` is the day of the last file that said the same again, null where none did: it alone is written later. All are
null in rows from before they were kept.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, Text
from sqlmodel import Field, SQLModel

_ID = BigInteger().with_variant(Integer(), "sqlite")


class _Revision(SQLModel):
    """What every table of revisions has besides what it says."""

    content_hash: str = Field(sa_type=Text, nullable=False)
    known_at: str = Field(sa_type=Text, nullable=False)
    feed: str = Field(default="", sa_type=Text, nullable=False, sa_column_kwargs={"server_default": ""})
    data_day: str | None = Field(default=None, sa_type=Text, nullable=True)
    last_day: str | None = Field(default=None, sa_type=Text, nullable=True)
    batch: int | None = Field(default=None, sa_type=BigInteger, nullable=True)
    row: str | None = Field(default=None, sa_type=Text, nullable=True)


class SubjectRevision(_Revision, table=True):
    """A subject's attributes as delivered. Natural persons have no row here: their names are never kept."""

    __tablename__ = "subject_revision"
    __table_args__ = (Index("ix_subject_revision_identifier", "identifier", "known_at"),)

    id: int | None = Field(default=None, sa_column=Column(_ID, primary_key=True, autoincrement=True))
    identifier: str = Field(sa_column=Column(Text, nullable=False))
    name: str = Field(sa_column=Column(Text, nullable=False))
    attributes: str = Field(sa_column=Column(Text, nullable=False))
    """JSON object by fact name."""
    days: str | None = Field(default=None, sa_column=Column(Text, nullable=True))
    """JSON object by fact name: the data day of what an earlier file said and this does not tell; not in the hash."""


class RecordRevision(_Revision, table=True):
    """A record as a feed says it. It is named by source, document number, kind, list and identifier, for each feed."""

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
    penalty_kinds: str | None = Field(default=None, sa_column=Column(Text, nullable=True))
    """JSON array of codes. Null here and in the columns that follow: not known."""
    fine_fen: int | None = Field(default=None, sa_column=Column(BigInteger, nullable=True))
    confiscated_fen: int | None = Field(default=None, sa_column=Column(BigInteger, nullable=True))
    licence_item: str | None = Field(default=None, sa_column=Column(Text, nullable=True))
    ban_until: str | None = Field(default=None, sa_column=Column(Text, nullable=True))
    ground: str | None = Field(default=None, sa_column=Column(Text, nullable=True))
    document_key: str = Field(default="", sa_column=Column(Text, nullable=False, server_default=""))
    """The document number as numbers are compared: brackets of one form, no blanks. Not in the hash."""


class RatingRevision(_Revision, table=True):
    """A rating as delivered. One rating is named by subject, ladder and day."""

    __tablename__ = "rating_revision"
    __table_args__ = (Index("ix_rating_revision_identifier", "identifier", "known_at"),)

    id: int | None = Field(default=None, sa_column=Column(_ID, primary_key=True, autoincrement=True))
    identifier: str = Field(sa_column=Column(Text, nullable=False))
    ladder: str = Field(sa_column=Column(Text, nullable=False))
    decided_on: str = Field(sa_column=Column(Text, nullable=False))
    rating: str = Field(sa_column=Column(Text, nullable=False))
    until: str | None = Field(default=None, sa_column=Column(Text, nullable=True))


class RelationRevision(_Revision, table=True):
    """Who is what of a firm, as a feed says it. Natural persons stand here by their keyed hash alone."""

    __tablename__ = "relation_revision"
    __table_args__ = (
        Index("ix_relation_revision_identifier", "identifier", "known_at"),
        Index("ix_relation_revision_other", "other", "known_at"),
    )

    id: int | None = Field(default=None, sa_column=Column(_ID, primary_key=True, autoincrement=True))
    identifier: str = Field(sa_column=Column(Text, nullable=False))
    """Of the firm."""
    other: str = Field(sa_column=Column(Text, nullable=False))
    """Of its representative, shareholder and so on: a firm's code or a person's hash."""
    kind: str = Field(sa_column=Column(Text, nullable=False))
    since: str = Field(default="", sa_column=Column(Text, nullable=False, server_default=""))
    """First day; empty where it is not known. It names the relation: one person may come back."""
    until: str | None = Field(default=None, sa_column=Column(Text, nullable=True))
    """Last day; null: it goes on, as far as the feed knows."""
    one_day: int = Field(default=0, sa_column=Column(Integer, nullable=False, server_default="0"))
    """1 where the feed says no more than that it held on the day `since`: the day of a decision that names somebody."""
    document_number: str = Field(default="", sa_column=Column(Text, nullable=False, server_default=""))
    """The document that says so; empty where the file names none."""


class Settlement(SQLModel, table=True):
    """A conflict that a person settled. It counts from the instant on, for as long as no feed says something new."""

    __tablename__ = "settlement"
    __table_args__ = (Index("ix_settlement_identifier", "identifier", "known_at"),)

    id: int | None = Field(default=None, sa_column=Column(_ID, primary_key=True, autoincrement=True))
    identifier: str = Field(sa_column=Column(Text, nullable=False))
    thing: str = Field(sa_column=Column(Text, nullable=False))
    """What it is about: `attribute:NAME`, `rating:LADDER:DAY` or `record:KIND:LIST:NUMBER`."""
    field: str = Field(sa_column=Column(Text, nullable=False))
    value: str = Field(sa_column=Column(Text, nullable=False))
    """JSON: what counts."""
    considered: str = Field(sa_column=Column(Text, nullable=False))
    """JSON object by feed: what each said when it was settled."""
    post: str = Field(sa_column=Column(Text, nullable=False))
    """Name of the post that decided."""
    reason: str = Field(sa_column=Column(Text, nullable=False))
    known_at: str = Field(sa_column=Column(Text, nullable=False))


class FeedUpdate(SQLModel, table=True):
    """A feed delivered: its data is complete up to this day."""

    __tablename__ = "feed_update"

    id: int | None = Field(default=None, sa_column=Column(_ID, primary_key=True, autoincrement=True))
    feed: str = Field(sa_column=Column(Text, nullable=False))
    data_day: str = Field(sa_column=Column(Text, nullable=False))
    known_at: str = Field(sa_column=Column(Text, nullable=False))


class ImportBatch(SQLModel, table=True):
    """A file that was imported, or that an import began: of that one `finished` is false."""

    __tablename__ = "import_batch"

    id: int | None = Field(default=None, sa_column=Column(_ID, primary_key=True, autoincrement=True))
    file_name: str = Field(sa_column=Column(Text, nullable=False))
    file_kind: str = Field(sa_column=Column(Text, nullable=False))
    known_at: str = Field(sa_column=Column(Text, nullable=False))
    loaded: int = Field(sa_column=Column(BigInteger, nullable=False))
    revised: int = Field(sa_column=Column(BigInteger, nullable=False))
    unchanged: int = Field(sa_column=Column(BigInteger, nullable=False))
    rejected: int = Field(sa_column=Column(BigInteger, nullable=False))
    data_day: str | None = Field(default=None, sa_column=Column(Text, nullable=True))
    """Null here and in the columns that follow: the file was imported before it was kept."""
    feeds: str | None = Field(default=None, sa_column=Column(Text, nullable=True))
    """JSON array: the feeds that the file is of."""
    rows: int | None = Field(default=None, sa_column=Column(BigInteger, nullable=True))
    """With content."""
    outdated: int | None = Field(default=None, sa_column=Column(BigInteger, nullable=True))
    """Rows that said something older than what is known, and did not count."""
    announced: int | None = Field(default=None, sa_column=Column(BigInteger, nullable=True))
    """Rows that the sender announced; null where it announced none."""
    totals: str | None = Field(default=None, sa_column=Column(Text, nullable=True))
    """JSON object by feed of what the sender announced: rows and fen, each announced and received."""
    delivered: int | None = Field(default=None, sa_column=Column(Integer, nullable=True))
    """1 where the feeds count as complete up to the data day by this file, 2 where that is the operator's word."""
    finished: int | None = Field(default=None, sa_column=Column(Integer, nullable=True))


class RegistryClock(SQLModel, table=True):
    """One row: a number that grows with every change, so that caches know when to look again."""

    __tablename__ = "registry_clock"

    id: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    version: int = Field(sa_column=Column(BigInteger, nullable=False))

"""The first schema: registry, receipts, rule sets."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _text(name: str, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=nullable)


def upgrade() -> None:
    """Make the tables. There is no way down: a store is never thrown away by a command."""
    if sa.inspect(op.get_bind()).has_table("receipt"):
        return  # another process was first
    op.create_table(
        "subject_revision",
        sa.Column("id", _ID, primary_key=True, autoincrement=True),
        _text("identifier"),
        _text("name"),
        _text("attributes"),
        _text("content_hash"),
        _text("known_at"),
    )
    op.create_index("ix_subject_revision_identifier", "subject_revision", ["identifier", "known_at"])
    op.create_table(
        "record_revision",
        sa.Column("id", _ID, primary_key=True, autoincrement=True),
        _text("identifier"),
        _text("source"),
        _text("document_number"),
        _text("kind"),
        _text("list"),
        _text("severity"),
        _text("organ"),
        _text("organ_title"),
        _text("decided_on"),
        _text("effective_from"),
        _text("until", nullable=True),
        _text("state"),
        _text("state_on", nullable=True),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        _text("content_hash"),
        _text("known_at"),
    )
    op.create_index("ix_record_revision_identifier", "record_revision", ["identifier", "known_at"])
    op.create_index("ix_record_revision_document", "record_revision", ["source", "document_number"])
    op.create_table(
        "rating_revision",
        sa.Column("id", _ID, primary_key=True, autoincrement=True),
        _text("identifier"),
        _text("ladder"),
        _text("decided_on"),
        _text("rating"),
        _text("until", nullable=True),
        _text("content_hash"),
        _text("known_at"),
    )
    op.create_index("ix_rating_revision_identifier", "rating_revision", ["identifier", "known_at"])
    op.create_table(
        "feed_update",
        sa.Column("id", _ID, primary_key=True, autoincrement=True),
        _text("feed"),
        _text("data_day"),
        _text("known_at"),
    )
    op.create_table(
        "import_batch",
        sa.Column("id", _ID, primary_key=True, autoincrement=True),
        _text("file_name"),
        _text("file_kind"),
        _text("known_at"),
        sa.Column("loaded", sa.BigInteger(), nullable=False),
        sa.Column("revised", sa.BigInteger(), nullable=False),
        sa.Column("unchanged", sa.BigInteger(), nullable=False),
        sa.Column("rejected", sa.BigInteger(), nullable=False),
    )
    clock = op.create_table(
        "registry_clock",
        sa.Column("id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
    )
    op.bulk_insert(clock, [{"id": 1, "version": 1}])
    op.create_table(
        "receipt",
        sa.Column("id", sa.Text(), primary_key=True),
        _text("kind"),
        _text("caller"),
        _text("request_id", nullable=True),
        _text("body_digest"),
        _text("organ"),
        _text("item"),
        _text("case_number"),
        _text("rule_set"),
        _text("chain"),
        sa.Column("number", sa.BigInteger(), nullable=False),
        _text("previous_hash"),
        _text("hash"),
        _text("issued_at"),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        sa.UniqueConstraint("caller", "request_id", name="uq_receipt_request"),
        sa.UniqueConstraint("chain", "number", name="uq_receipt_place"),
    )
    op.create_index("ix_receipt_issued_at", "receipt", ["issued_at"])
    op.create_table(
        "rule_set",
        sa.Column("digest", sa.Text(), primary_key=True),
        sa.Column("canonical", sa.LargeBinary(), nullable=False),
        sa.Column("files", sa.LargeBinary(), nullable=False),
        _text("first_seen_at"),
    )

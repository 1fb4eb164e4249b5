"""Receipts of format 3: contents and salts beside the payload, where they can be erased; environments."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Add the columns. Receipts of earlier formats stay as they are: their contents stand in their payloads."""
    there = {column["name"] for column in sa.inspect(op.get_bind()).get_columns("receipt")}
    if "question" in there:
        return  # another process was first
    for name in ("question_salt", "question", "decision_salt", "decision"):
        op.add_column("receipt", sa.Column(name, sa.LargeBinary(), nullable=True))
    erasure = sa.text("kind = 'erasure'")
    op.create_index("ix_receipt_erasure_about", "receipt", ["about"], sqlite_where=erasure, postgresql_where=erasure)
    op.create_table(
        "environment",
        sa.Column("digest", sa.Text(), primary_key=True),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("first_seen_at", sa.Text(), nullable=False),
    )

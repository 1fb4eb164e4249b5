"""Receipts of format 3: contents and salts beside the payload, what it comes to and what it is about as columns."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Add the columns. Receipts of earlier formats stay as they are: their contents stand in their payloads."""
    there = {column["name"] for column in sa.inspect(op.get_bind()).get_columns("receipt")}
    for name in ("answer", "about"):
        if name not in there:
            op.add_column("receipt", sa.Column(name, sa.Text(), nullable=False, server_default=""))
    if "question" in there:
        return  # another process was first
    for name in ("question_salt", "question", "decision_salt", "decision"):
        op.add_column("receipt", sa.Column(name, sa.LargeBinary(), nullable=True))
    erasure = sa.text("kind = 'erasure'")
    op.create_index("ix_receipt_erasure_about", "receipt", ["about"], sqlite_where=erasure, postgresql_where=erasure)

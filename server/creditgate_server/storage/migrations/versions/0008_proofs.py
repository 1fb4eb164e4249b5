"""Proofs of rule sets: which program proved which set on which build of the engine."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Make the table."""
    if sa.inspect(op.get_bind()).has_table("rule_set_proof"):
        return  # another process was first
    op.create_table(
        "rule_set_proof",
        sa.Column("digest", sa.Text(), primary_key=True),
        sa.Column("program", sa.Text(), primary_key=True),
        sa.Column("library", sa.Text(), primary_key=True),
        sa.Column("proved_at", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("seal", sa.Text(), nullable=False),
    )

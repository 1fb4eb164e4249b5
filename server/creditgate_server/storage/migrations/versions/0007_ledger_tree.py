"""The ledger's tree: leaves, nodes, cursors of chains, checkpoints."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the tables."""
    if sa.inspect(op.get_bind()).has_table("ledger_leaf"):
        return  # another process was first
    op.create_table(
        "ledger_tree",
        sa.Column("id", _NUMBER, primary_key=True, autoincrement=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("algorithm", sa.Text(), nullable=False),
        sa.Column("created_at", sa.Text(), nullable=False),
    )
    op.create_table(
        "ledger_leaf",
        sa.Column("leaf_index", _NUMBER, primary_key=True, autoincrement=False),
        sa.Column("receipt_id", sa.Text(), nullable=False),
        sa.Column("leaf_hash", sa.LargeBinary(), nullable=False),
        sa.UniqueConstraint("receipt_id", name="uq_ledger_leaf_receipt"),
    )
    op.create_table(
        "ledger_node",
        sa.Column("level", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("position", _NUMBER, primary_key=True, autoincrement=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
    )
    op.create_table(
        "ledger_chain",
        sa.Column("chain", sa.Text(), primary_key=True),
        sa.Column("number", _NUMBER, nullable=False),
    )
    op.create_table(
        "ledger_checkpoint",
        sa.Column("number", _NUMBER, primary_key=True, autoincrement=True),
        sa.Column("size", _NUMBER, nullable=False),
        sa.Column("issued_at", sa.Text(), nullable=False),
        sa.Column("public_key", sa.Text(), nullable=False),
        sa.Column("note", sa.LargeBinary(), nullable=False),
    )
    op.create_index("ix_ledger_checkpoint_size", "ledger_checkpoint", ["size", "number"])

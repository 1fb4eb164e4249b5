"""The register of exemptions granted: grants, reports on their correction, withdrawals."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _text(name: str, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=nullable)


def upgrade() -> None:
    """Make the tables."""
    if sa.inspect(op.get_bind()).has_table("exemption_grant"):
        return  # another process was first
    op.create_table(
        "exemption_grant",
        sa.Column("number", _ID, primary_key=True, autoincrement=True),
        sa.Column("receipt_id", sa.Text(), nullable=False, unique=True),
        _text("subject"),
        _text("organ"),
        _text("organ_title"),
        _text("exemption"),
        _text("list"),
        _text("decided_on"),
        _text("document_number"),
        _text("record_number"),
        _text("due_on", nullable=True),
        sa.Column("promise_made", sa.Boolean(), nullable=False),
        sa.Column("fine_forgone_fen", sa.BigInteger(), nullable=False),
        _text("note"),
        _text("body_hash"),
        _text("registered_by"),
        _text("known_at"),
    )
    op.create_index("ix_exemption_grant_subject", "exemption_grant", ["subject"])
    op.create_index("ix_exemption_grant_decided_on", "exemption_grant", ["decided_on"])
    op.create_table(
        "exemption_correction",
        sa.Column("id", _ID, primary_key=True, autoincrement=True),
        _text("receipt_id"),
        _text("corrected_on", nullable=True),
        sa.Column("kept_promise", sa.Boolean(), nullable=True),
        sa.Column("broken", sa.Boolean(), nullable=False),
        _text("reported_by"),
        _text("known_at"),
    )
    op.create_index("ix_exemption_correction_receipt", "exemption_correction", ["receipt_id", "id"])
    op.create_table(
        "exemption_withdrawal",
        sa.Column("receipt_id", sa.Text(), primary_key=True),
        _text("reason"),
        _text("withdrawn_by"),
        _text("known_at"),
    )

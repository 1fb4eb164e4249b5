"""Outcomes: receipts say what they come to and what they are about, and which of them need a report."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Add the columns and their indexes. Receipts from before need no report."""
    if "needs_outcome" in {column["name"] for column in sa.inspect(op.get_bind()).get_columns("receipt")}:
        return  # another process was first
    for name in ("answer", "about", "case_key"):
        op.add_column("receipt", sa.Column(name, sa.Text(), nullable=False, server_default=""))
    op.add_column("receipt", sa.Column("needs_outcome", sa.Boolean(), nullable=False, server_default=sa.false()))
    embedded = op.get_bind().dialect.name == "sqlite"
    _index(
        "ix_receipt_needs_outcome", ["organ", "issued_at", "id"], "needs_outcome = 1" if embedded else "needs_outcome"
    )
    _index("ix_receipt_outcome_about", ["about", "issued_at"], "kind = 'outcome'")
    _index("ix_receipt_outcome_case", ["case_key"], "kind = 'outcome'")
    _index("ix_receipt_outcome_organ", ["organ", "issued_at"], "kind = 'outcome'")


def _index(name: str, columns: list[str], where: str) -> None:
    condition = sa.text(where)
    op.create_index(name, "receipt", columns, sqlite_where=condition, postgresql_where=condition)

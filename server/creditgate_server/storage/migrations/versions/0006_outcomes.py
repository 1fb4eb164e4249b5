"""Outcomes: which receipts need a report, and which of them are of one case."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Add the columns and indexes. Receipts from before need no report."""
    if "needs_outcome" in {column["name"] for column in sa.inspect(op.get_bind()).get_columns("receipt")}:
        return  # another process was first
    op.add_column("receipt", sa.Column("needs_outcome", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("receipt", sa.Column("case_key", sa.Text(), nullable=False, server_default=""))
    needed = "needs_outcome = 1" if op.get_bind().dialect.name == "sqlite" else "needs_outcome"
    _index("ix_receipt_needs_outcome", ["organ", "issued_at", "id"], needed)
    _index("ix_receipt_outcome_about", ["about", "issued_at"], "kind = 'outcome'")
    _index("ix_receipt_outcome_case", ["case_key"], "kind = 'outcome'")
    _index("ix_receipt_outcome_organ", ["organ", "issued_at"], "kind = 'outcome'")


def _index(name: str, columns: list[str], where: str) -> None:
    condition = sa.text(where)
    op.create_index(name, "receipt", columns, sqlite_where=condition, postgresql_where=condition)

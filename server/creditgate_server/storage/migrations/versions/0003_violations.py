"""Kinds of violation: records say which kind of unlawful conduct they are about."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add the column. Of the records that are there the kind is not known."""
    if "violation" in {column["name"] for column in sa.inspect(op.get_bind()).get_columns("record_revision")}:
        return  # another process was first
    op.add_column("record_revision", sa.Column("violation", sa.Text(), nullable=False, server_default=""))

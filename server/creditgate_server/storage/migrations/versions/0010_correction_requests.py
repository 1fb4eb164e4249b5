"""Reports on a correction: under which request_id each came, so that a repeat that comes late is known."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

_TABLE = "exemption_correction"


def upgrade() -> None:
    """Add the column. Reports of before came under none."""
    if any(column["name"] == "request_id" for column in sa.inspect(op.get_bind()).get_columns(_TABLE)):
        return  # another process was first
    op.add_column(_TABLE, sa.Column("request_id", sa.Text(), nullable=True))
    op.create_index("ix_exemption_correction_request", _TABLE, ["reported_by", "request_id"], unique=True)

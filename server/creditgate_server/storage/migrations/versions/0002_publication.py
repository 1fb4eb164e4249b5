"""Publication: acts on rule sets, what each worker serves, receipts with their activation; source files as bytes."""

import base64
import json

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def _text(name: str, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=nullable)


def upgrade() -> None:
    """Make the tables."""
    if sa.inspect(op.get_bind()).has_table("rule_set_act"):
        return  # another process was first
    op.create_table(
        "rule_set_act",
        sa.Column("number", sa.BigInteger(), primary_key=True, autoincrement=False),
        _text("digest"),
        sa.Column("act", sa.LargeBinary(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        _text("effective_at", nullable=True),
        sa.Column("report", sa.LargeBinary(), nullable=False),
    )
    op.create_table(
        "worker",
        sa.Column("id", sa.Text(), primary_key=True),
        _text("address"),
        _text("digest"),
        sa.Column("activation", sa.BigInteger(), nullable=False),
        _text("since"),
        _text("seen_at"),
        _text("problem"),
    )
    op.add_column("receipt", sa.Column("activation", sa.BigInteger(), nullable=False, server_default="0"))
    op.add_column("receipt", sa.Column("decided_at", sa.Text(), nullable=False, server_default=""))
    _files_as_bytes()


def _files_as_bytes() -> None:
    rule_sets = sa.table("rule_set", sa.column("digest", sa.Text), sa.column("files", sa.LargeBinary))
    for row in op.get_bind().execute(sa.select(rule_sets)).all():
        files = {name: base64.b64encode(text.encode()).decode() for name, text in json.loads(row.files).items()}
        content = json.dumps(files, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
        op.execute(rule_sets.update().where(rule_sets.c.digest == row.digest).values(files=content))

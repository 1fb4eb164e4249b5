"""Sources: who said what for which day, from which row of which file; details of penalties; relations; settlements."""

import re
import unicodedata
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_REVISIONS = ("subject_revision", "record_revision", "rating_revision")
_CHUNK = 10_000


def _text(name: str, *, nullable: bool = False, default: str | None = None) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=nullable, server_default=default)


def _said_by() -> tuple[sa.Column[Any], ...]:
    return (
        _text("feed", default=""),
        _text("data_day", nullable=True),
        _text("last_day", nullable=True),
        sa.Column("batch", sa.BigInteger(), nullable=True),
        _text("row", nullable=True),
    )


def upgrade() -> None:
    """Add the columns and tables. Of what is there, nothing of it is known."""
    if sa.inspect(op.get_bind()).has_table("relation_revision"):
        return  # another process was first
    for table in _REVISIONS:
        for column in _said_by():
            op.add_column(table, column)
    op.add_column("subject_revision", _text("days", nullable=True))
    for name in ("penalty_kinds", "licence_item", "ban_until", "ground"):
        op.add_column("record_revision", _text(name, nullable=True))
    for name in ("fine_fen", "confiscated_fen"):
        op.add_column("record_revision", sa.Column(name, sa.BigInteger(), nullable=True))
    op.add_column("record_revision", _text("document_key", default=""))
    _fill_document_keys(op.get_bind())
    for name in ("data_day", "feeds", "totals"):
        op.add_column("import_batch", _text(name, nullable=True))
    for name in ("rows", "outdated", "announced"):
        op.add_column("import_batch", sa.Column(name, sa.BigInteger(), nullable=True))
    for name in ("delivered", "finished"):
        op.add_column("import_batch", sa.Column(name, sa.Integer(), nullable=True))
    _make_relations()
    _make_settlements()


def _fill_document_keys(connection: sa.Connection) -> None:
    """As `registry.revisions.document_key` does it, but on its own: a migration stays what it was."""
    rows = sa.table("record_revision", sa.column("id"), sa.column("document_number"), sa.column("document_key"))
    change = rows.update().where(rows.c.id == sa.bindparam("row_id")).values(document_key=sa.bindparam("key"))
    last = 0
    while True:
        page = sa.select(rows.c.id, rows.c.document_number).where(rows.c.id > last).order_by(rows.c.id).limit(_CHUNK)
        found = connection.execute(page).all()
        if not found:
            return
        connection.execute(change, [{"row_id": row.id, "key": _key(row.document_number)} for row in found])
        last = found[-1].id


def _key(number: str) -> str:
    plain = re.sub(r"\s+", "", unicodedata.normalize("NFKC", number)).upper()
    return plain.translate(str.maketrans("〔〕[]【】{}", "()()()()"))


def _make_relations() -> None:
    op.create_table(
        "relation_revision",
        sa.Column("id", _ID, primary_key=True, autoincrement=True),
        _text("identifier"),
        _text("other"),
        _text("kind"),
        _text("since", default=""),
        _text("until", nullable=True),
        sa.Column("one_day", sa.Integer(), nullable=False, server_default="0"),
        _text("document_number", default=""),
        _text("content_hash"),
        _text("known_at"),
        *_said_by(),
    )
    op.create_index("ix_relation_revision_identifier", "relation_revision", ["identifier", "known_at"])
    op.create_index("ix_relation_revision_other", "relation_revision", ["other", "known_at"])


def _make_settlements() -> None:
    op.create_table(
        "settlement",
        sa.Column("id", _ID, primary_key=True, autoincrement=True),
        _text("identifier"),
        _text("thing"),
        _text("field"),
        _text("value"),
        _text("considered"),
        _text("post"),
        _text("reason"),
        _text("known_at"),
    )
    op.create_index("ix_settlement_identifier", "settlement", ["identifier", "known_at"])

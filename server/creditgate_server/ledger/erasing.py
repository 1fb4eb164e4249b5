"""Erasing contents of receipts where the law asks for it: what is gone, and the receipt that says so.

Content and salt go together: what stays is the commitment, which nobody can open or guess. The receipt of the erasure
is written in the same transaction. What was erased of a receipt is read from the erasure receipts that are about it.
Source: 个人信息保护法 第四十七条.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from enum import StrEnum

import msgspec
from sqlalchemy import Connection, literal_column, select, update
from sqlalchemy.exc import SQLAlchemyError

from ..decision.parts import canonical
from ..errors import GateError, StoreFault, WrongState
from ..judging.kinds import ERASURE
from ..storage.database import Store, read
from .loop import RECEIPTS, is_open, settled
from .receipt import BESIDE, Draft, Receipt, open_payload
from .tables import ReceiptRow

_receipts = ReceiptRow.__table__  # type: ignore[attr-defined]


class Part(StrEnum):
    """What can be erased of a receipt."""

    QUESTION = "question"
    DECISION = "decision"


PARTS = {Part.QUESTION: "申请内容", Part.DECISION: "结论内容"}


class ErasureAct(msgspec.Struct, frozen=True, kw_only=True):
    """What a person signs: the question of an erasure receipt."""

    receipt: str
    """The receipt that is erased in part or whole."""
    hash: str
    """Its hash."""
    parts: tuple[Part, ...]
    ground: str
    """Why the law asks for it, in Chinese."""
    by: str
    """Who erases it: a name of the signers' register."""
    at: str
    """RFC 3339, UTC."""
    day: date
    """Legal day."""


class ErasureProof(msgspec.Struct, frozen=True, kw_only=True):
    """The decision of an erasure receipt."""

    signature: str
    """Of the act's canonical JSON by its person, Ed25519, base64."""
    public_key: str
    """Base64."""


class Erasure(msgspec.Struct, frozen=True, kw_only=True):
    """An erasure that was done."""

    receipt: str
    """The erasure's own receipt."""
    parts: tuple[Part, ...]
    ground: str
    by: str
    day: date


def erasures_of(store: Store, receipt_id: str) -> tuple[Erasure, ...]:
    """All of a receipt, the first one first. Raises StoreDown, and StoreFault for one that can't be read."""
    is_erasure = _receipts.c.kind == literal_column("'erasure'")  # no parameter: else the partial index is not used
    statement = select(_receipts.c.id, _receipts.c.question).where(is_erasure, _receipts.c.about == receipt_id)
    rows = read(store, statement.order_by(_receipts.c.issued_at, _receipts.c.id))
    return tuple(_erasure(row.id, row.question) for row in rows)


def _erasure(receipt: str, question: bytes | None) -> Erasure:
    try:
        act = msgspec.json.decode(question or b"", type=ErasureAct)
    except msgspec.MsgspecError as fault:
        raise StoreFault("删除记录读不出来", f"回执 {receipt}") from fault
    return Erasure(receipt=receipt, parts=act.parts, ground=act.ground, by=act.by, day=act.day)


ERASED = "erased"
"""Answer of an erasure receipt."""


def parts_there(receipt: Receipt, wanted: Iterable[Part]) -> tuple[Part, ...]:
    """Those of the wanted parts that can be erased. Raises WrongState where there are none, saying why."""
    if receipt.kind == ERASURE:
        raise WrongState(f"回执 {receipt.id} 是删除记录本身, 不能删除", "删除记录须长期保存")
    if open_payload(receipt.payload).format < BESIDE:
        raise WrongState(
            f"回执 {receipt.id} 是旧格式, 内容与存证连在一起, 不能单独删除", "旧格式的回执到保存期满后整库归档销毁"
        )
    there = {Part.QUESTION: receipt.question_salt, Part.DECISION: receipt.decision_salt}
    parts = tuple(part for part in dict.fromkeys(wanted) if there[part] is not None)
    if not parts:
        raise WrongState(f"回执 {receipt.id} 的这部分内容已经删除", "用 GetReceipt 查看删除的日期和依据")
    return parts


def erasure_draft(receipt: Receipt, act: ErasureAct, proof: ErasureProof) -> Draft:
    """What is to be receipted of an erasure; writing it erases."""
    return Draft(
        caller=act.by,
        request_id=None,
        body_digest="",
        kind=ERASURE,
        organ=receipt.organ,
        item=receipt.item,
        case_number=receipt.case_number,
        answer=ERASED,
        about=receipt.id,
        rule_set=receipt.rule_set,
        question=canonical(act),
        decision=canonical(proof),
        erases=act.parts,
    )


def erase_contents(connection: Connection, receipt_id: str, parts: Sequence[str]) -> GateError | None:
    """Erase parts of a receipt, within the transaction of the connection. What stands in the way; None: it is done.

    With the question goes what was derived from it. A receipt that nobody can report on any more needs no report.
    """
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA secure_delete = ON")  # what is erased is overwritten, not only let go
    mine = RECEIPTS.c.id == receipt_id
    there = [RECEIPTS.c[part].is_not(None) for part in parts]
    look = select(settled(), is_open()).where(mine, RECEIPTS.c.kind != ERASURE, *there)
    told = connection.execute(look.with_for_update(of=RECEIPTS)).one_or_none()
    if told is None:
        return WrongState(f"回执 {receipt_id} 没有要删除的内容: 已经删除, 或者没有这份回执", "用 GetReceipt 查看")
    done, open_still = (bool(value) for value in told)
    gone: dict[str, object] = dict.fromkeys((name for part in parts for name in (part, f"{part}_salt")), None)
    if Part.QUESTION in parts:
        gone |= {"body_digest": "", "case_key": ""}
    if not done and (Part.DECISION in parts or not open_still):
        gone["needs_outcome"] = False
    connection.execute(update(RECEIPTS).where(mine).values(gone))
    return None


def sweep(store: Store) -> bool:
    """After an erasure: drop the older copies that the store itself keeps. Whether that could be done at once.

    SQLite: the write-ahead log. PostgreSQL: dead rows become free space. Copies elsewhere are not reached: backups,
    replicas, PostgreSQL's own log.
    """
    try:
        with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            if store.embedded:
                busy = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").one()[0]
                return not busy
            connection.exec_driver_sql(f"VACUUM {RECEIPTS.name}")
    except SQLAlchemyError:
        return False
    return True

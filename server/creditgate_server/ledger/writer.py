"""Writes receipts: everything that waits goes into one transaction, and no answer leaves before its commit."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import cache, partial

import msgspec
import structlog
from sqlalchemy import Connection, select, tuple_
from sqlalchemy.exc import SQLAlchemyError

from ..errors import Erased, GateError, IdConflict, StoreDown, TooMuch
from ..storage.database import Store, store_down
from ..storage.file_identity import OpenFiles
from .chain import Chain
from .clock_watch import ClockWatch
from .erasing import erase_contents
from .hashing import Algorithm
from .lookup import RECEIPT_COLUMNS, to_receipt
from .receipt import Draft, Receipt
from .tables import ReceiptRow

Written = Receipt | GateError

_log = structlog.get_logger("creditgate.ledger")

_table = ReceiptRow.__table__  # type: ignore[attr-defined]
_COLUMNS = tuple(column.name for column in RECEIPT_COLUMNS)
_RACES = 8
"""Times that a batch is done again because another process took one of its request ids first."""


class WaitingDraft:
    """A draft on its way to the store."""

    __slots__ = ("_settled", "_then", "_written", "draft", "until")

    def __init__(self, draft: Draft, until: float, then: Callable[[Written], None] | None = None) -> None:
        """`until`: monotonic seconds after which its caller has gone. `then`: told the result; nobody waits for it."""
        self.draft = draft
        self.until = until
        self._then = then
        self._written: Written | None = None
        self._settled = threading.Lock()
        self._settled.acquire()

    def settle(self, written: Written) -> None:
        """Hand the result over. To be called once."""
        self._written = written
        self._settled.release()
        if self._then is None:
            return
        try:
            self._then(written)
        except Exception as fault:  # one answer's fault: the others are to have theirs
            _log.error("not told that a receipt is written", exc_info=fault)

    def result(self) -> Written:
        """The durable receipt, or the error. Waits for it."""
        if self._written is None:
            with self._settled:
                pass
        assert self._written is not None
        return self._written


class ReceiptWriter:
    """One chain, one thread, one connection. Safe to use from several threads."""

    def __init__(
        self,
        store: Store,
        *,
        now: Callable[[], datetime],
        most_waiting: int = 2_000,
        most_in_batch: int = 128,
        patience_seconds: float = 5.0,
        algorithm: str = Algorithm.SHA256,
        environment: str = "",
        watch: ClockWatch | None = None,
    ) -> None:
        """`algorithm`: hash of the chain; raises SetupFault where it is not on this machine.

        `environment`: digest of the one that decides. `watch`: of the clock `now`; None: that is taken for true.
        """
        self._store = store
        self._now = now if watch is None else watch.instant
        self._watch = watch
        self._most_waiting = most_waiting
        self._most_in_batch = most_in_batch
        self._patience = patience_seconds
        self._waiting: deque[WaitingDraft] = deque()
        self._lock = threading.Lock()
        self._asleep = False
        self._alarm = threading.Lock()
        self._alarm.acquire()
        self._closing = False
        self._connection: Connection | None = None
        self._files: OpenFiles | None = None
        self._new_chain = partial(Chain, algorithm, environment)
        self._chain = self._new_chain()
        self._probed_commits = 0
        self.commits = 0
        """Transactions committed."""
        self._thread = threading.Thread(target=self._run, name="receipt-writer", daemon=True)
        self._thread.start()

    # -- callers' side --------------------------------------------------------------------------------------------

    def submit(self, draft: Draft, then: Callable[[Written], None] | None = None) -> WaitingDraft:
        """Have a receipt written. Raises TooMuch where too many wait.

        `then`: called in the writing thread, which it is not to hold up, with the durable receipt or the error.
        """
        waiting = WaitingDraft(draft, time.monotonic() + self._patience, then)
        self._put([waiting])
        return waiting

    def write(self, draft: Draft) -> Receipt:
        """The durable receipt. Raises IdConflict, StoreDown, TooMuch."""
        written = self.submit(draft).result()
        if isinstance(written, GateError):
            raise written
        return written

    def write_many(self, drafts: Sequence[Draft]) -> list[Written]:
        """Durable receipts or errors, in order; none is acknowledged before all are. Raises TooMuch for all at once."""
        until = time.monotonic() + self._patience
        entries = [WaitingDraft(draft, until) for draft in drafts]
        self._put(entries)
        return [waiting.result() for waiting in entries]

    def _put(self, entries: list[WaitingDraft]) -> None:
        with self._lock:
            if self._closing:
                raise StoreDown("服务正在停止", "稍后用同一 request_id 重试")
            if len(self._waiting) + len(entries) > max(self._most_waiting, len(entries)):
                raise TooMuch("等待写入的回执过多", "稍后用同一 request_id 重试")
            self._waiting.extend(entries)
            self._wake()

    def close(self) -> None:
        """Write what waits, then stop."""
        with self._lock:
            self._closing = True
            self._wake()
        self._thread.join()

    def _wake(self) -> None:
        """With the lock held. A thread that is at work looks by itself when it has done."""
        if self._asleep:
            self._asleep = False
            self._alarm.release()

    # -- the writing thread ---------------------------------------------------------------------------------------

    def _run(self) -> None:
        while batch := self._next_batch():
            now = time.monotonic()
            late = [entry for entry in batch if entry.until < now]
            live = [entry for entry in batch if entry.until >= now] if late else batch
            results: list[Written] = [_too_late() for _ in late]
            results += self._written([entry.draft for entry in live]) if live else []
            for entry, written in zip([*late, *live], results, strict=True):
                entry.settle(written)
        self._drop_connection()

    def _next_batch(self) -> list[WaitingDraft]:
        """What waits, up to so many; waits for it. Empty when nothing will come any more."""
        while True:
            with self._lock:
                if self._waiting or self._closing:
                    count = min(len(self._waiting), self._most_in_batch)
                    return [self._waiting.popleft() for _ in range(count)]
                self._asleep = True
            self._alarm.acquire()

    def _written(self, drafts: list[Draft]) -> list[Written]:
        try:
            for _ in range(_RACES):
                results = self._try(drafts)
                if results is not None:
                    return results
        except GateError as fault:  # the connection stays: through it alone a deleted file may still be reached
            _log.error("receipts not written", receipts=len(drafts), why=str(fault))
            return [fault for _ in drafts]
        except Exception:  # whatever it was, nothing of this batch is acknowledged, and the next one is served
            _log.exception("receipts not written", receipts=len(drafts))
            self._drop_connection()
        return [StoreDown("回执未能写入, 结论不成立", "稍后用同一 request_id 重试") for _ in drafts]

    def _try(self, drafts: list[Draft]) -> list[Written] | None:
        """One transaction; None where another process took a request id in between."""
        connection = self._connected()
        self._require_files()
        connection.exec_driver_sql("BEGIN IMMEDIATE" if self._store.embedded else "BEGIN")
        try:
            known = self._known(connection, drafts)
            new, results = _sort_out(drafts, known)
            new = self._after_erasing(connection, drafts, new, results)
            receipts = self._chain.link([drafts[place] for place in new], self._now())
            if receipts and not self._insert(connection, receipts):
                connection.exec_driver_sql("ROLLBACK")
                return None
        except BaseException:
            self._roll_back(connection)
            raise
        self._commit(connection)
        if receipts:
            self._chain.moved_to(receipts[-1])
        for place, receipt in zip(new, receipts, strict=True):
            results[place] = receipt
        return _resolve_twins(drafts, results)

    def _commit(self, connection: Connection) -> None:
        try:
            connection.exec_driver_sql("COMMIT")
            self._require_files()  # where the file was replaced in between, nobody would find it
        except (SQLAlchemyError, StoreDown):
            self._chain = self._new_chain()  # whether it was written is not known: nothing may follow that place
            raise
        self.commits += 1

    @staticmethod
    def _known(connection: Connection, drafts: list[Draft]) -> dict[tuple[str, str], Receipt]:
        wanted = sorted({(draft.caller, draft.request_id) for draft in drafts if draft.request_id is not None})
        if not wanted:
            return {}
        where = tuple_(_table.c.caller, _table.c.request_id).in_(wanted)
        found = [to_receipt(row, reused=True) for row in connection.execute(select(*RECEIPT_COLUMNS).where(where))]
        return {(receipt.caller, receipt.request_id): receipt for receipt in found if receipt.request_id is not None}

    @staticmethod
    def _after_erasing(
        connection: Connection, drafts: list[Draft], new: list[int], results: list[Written | None]
    ) -> list[int]:
        """Erase what drafts say is erased; the places that still need a receipt, without those where it can't be."""
        for place in [place for place in new if drafts[place].erases]:
            results[place] = erase_contents(connection, drafts[place].about, drafts[place].erases)
        return [place for place in new if results[place] is None]

    def _insert(self, connection: Connection, receipts: list[Receipt]) -> bool:
        values = tuple(value for receipt in receipts for value in msgspec.structs.astuple(receipt)[: len(_COLUMNS)])
        result = connection.exec_driver_sql(_insert_statement(len(receipts), embedded=self._store.embedded), values)
        return result.rowcount == len(receipts)

    def _connected(self) -> Connection:
        if self._connection is None:
            self._connection = self._store.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
            if self._store.embedded:  # what undoes a statement of many rows is no file of its own
                self._connection.exec_driver_sql("PRAGMA temp_store = MEMORY")
            self._files = OpenFiles(self._store.identity, self._connection)
        return self._connection

    def _require_files(self) -> None:
        if self._files is not None:
            self._files.require(save=True)

    def _roll_back(self, connection: Connection) -> None:
        try:
            connection.exec_driver_sql("ROLLBACK")
        except SQLAlchemyError:
            self._drop_connection()

    def _drop_connection(self) -> None:
        if self._connection is not None:
            self._connection.invalidate()
            self._connection.close()
            self._connection = self._files = None

    def probe(self) -> None:
        """Raise StoreDown where nothing could be written now: not reachable, replaced, read-only, locked or full.

        Raise NotReady where this machine's clock can't be true.

        Commits since the last probe have shown the last three already.
        """
        if self._store.identity is not None:
            self._store.identity.require()
        if (files := self._files) is not None:
            files.require(save=False)
        if self._watch is not None:
            self._watch.look()
        if self.commits != self._probed_commits:
            self._probed_commits = self.commits
            return
        with (
            store_down("数据库不可写", "检查磁盘空间和数据库"),
            self._store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection,
        ):
            if self._store.embedded:  # writes one page, which a full disk refuses
                version = connection.exec_driver_sql("PRAGMA user_version").scalar_one()
                connection.exec_driver_sql(f"PRAGMA user_version = {int(version)}")
            else:
                connection.exec_driver_sql("BEGIN READ WRITE")
                connection.exec_driver_sql("ROLLBACK")


@cache
def _insert_statement(rows: int, *, embedded: bool) -> str:
    """One statement for all rows: the driver lets go of the interpreter once, not for every row.

    SQLite holds the write lock; elsewhere another process may have taken a request id in between.
    """
    mark = "?" if embedded else "%s"
    row = "(" + ", ".join([mark] * len(_COLUMNS)) + ")"
    insert = f"INSERT INTO {_table.name} ({', '.join(_COLUMNS)}) VALUES {', '.join([row] * rows)}"  # noqa: S608 - our names
    return insert if embedded else f"{insert} ON CONFLICT DO NOTHING"


def _too_late() -> GateError:
    return StoreDown("回执等待写入超时", "稍后用同一 request_id 重试")


def _sort_out(drafts: list[Draft], known: dict[tuple[str, str], Receipt]) -> tuple[list[int], list[Written | None]]:
    """Places that need a new receipt, and the results that are known already; twins in the batch stay None."""
    new: list[int] = []
    results: list[Written | None] = [None] * len(drafts)
    here: set[tuple[str, str]] = set()
    for place, draft in enumerate(drafts):
        if draft.request_id is None:
            new.append(place)
            continue
        key = (draft.caller, draft.request_id)
        if key in known:
            results[place] = _found(known[key], draft)
        elif key not in here:
            here.add(key)
            new.append(place)
    return new, results


def _found(receipt: Receipt, draft: Draft) -> Written:
    if not receipt.body_digest:
        return Erased("这个 request_id 的申请内容已依法删除, 不能再答复", "新的申请请用新的 request_id", "request_id")
    return receipt if receipt.body_digest == draft.body_digest else _conflict()


def _resolve_twins(drafts: list[Draft], results: list[Written | None]) -> list[Written]:
    """The same request id twice in one batch: the second gets the first's receipt, or a conflict."""
    first: dict[tuple[str, str | None], int] = {}
    resolved: list[Written] = []
    for place, (draft, result) in enumerate(zip(drafts, results, strict=True)):
        key = (draft.caller, draft.request_id)
        if result is None:
            before = first[key]
            same = drafts[before].body_digest == draft.body_digest
            resolved.append(_reused(resolved[before]) if same else _conflict())
            continue
        first.setdefault(key, place)
        resolved.append(result)
    return resolved


def _reused(result: Written) -> Written:
    if isinstance(result, Receipt):
        return msgspec.structs.replace(result, reused=True)
    return result


def _conflict() -> GateError:
    return IdConflict(
        "request_id 已用于另一份申请", "重试须与原申请完全相同; 新的申请请用新的 request_id", "request_id"
    )

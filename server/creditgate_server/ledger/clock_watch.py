"""Whether this machine's clock can be true: against the last receipt, the database server's clock, and itself.

A receipt's instant decides which rules were in force and what was over: one that is days or years off is a false
record, and honest receipts behind it look as if they had been put in later. So each write is compared first:

- it is never before the receipt that this process wrote last: a step back of `WAITED` is waited for, more stops it;
- it is not before the last receipt of the store, by more than `WAITED` (SQLite: one machine) or `APART` (a server);
- it is not later than that receipt by more than `LONGEST_STILL`: no service stands still for so long;
- it is no more than `APART` from the server's clock; without a server, since the first look it has gone neither back
  by `APART` nor ahead by `LEAPT` of the time that a clock nobody can set says has passed;
- it is not before `EARLIEST`.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select

from ..clock import rfc3339
from ..errors import NotReady
from ..storage.database import Store, store_down
from .tables import ReceiptRow

WAITED = timedelta(seconds=5)
APART = timedelta(seconds=60)
LEAPT = timedelta(days=1)
LONGEST_STILL = timedelta(days=5 * 366)
EARLIEST = datetime(2026, 1, 1, tzinfo=UTC)
"""No release is older that writes receipts of this kind."""

_issued_at = ReceiptRow.__table__.c.issued_at  # type: ignore[attr-defined]


class ClockWatch:
    """The clock of one process, for one store."""

    def __init__(
        self,
        store: Store,
        now: Callable[[], datetime],
        *,
        steady: Callable[[], float] | None = None,
        excused: datetime | None = None,
        rest: Callable[[float], None] = time.sleep,
    ) -> None:
        """`steady`: seconds of a clock that nobody can set; None: it is not compared.

        `excused`: instant of a last receipt that was looked into: it and earlier ones are not compared with.
        """
        self._store = store
        self._now = now
        self._steady = steady
        self._excused = excused
        self._rest = rest
        self._looked = False
        self._own: datetime | None = None
        self._last: datetime | None = None
        self._reference: tuple[datetime, float] | None = None
        """An instant to go by, and the steady clock then."""

    def instant(self) -> datetime:
        """The instant of a receipt that is written now. Waits for a small step back. Raises NotReady, StoreDown."""
        if not self._looked:
            self._read()
        now = self._now()
        if self._own is not None and timedelta(0) < self._own - now <= WAITED:
            self._rest((self._own - now).total_seconds())
            now = self._now()
        self._require(now)
        if self._own is not None and now < self._own:
            raise _back(now, self._own, "本进程写的上一份回执")
        self._own = now
        return now

    def look(self) -> None:
        """Compare with the store as it is now. Raises NotReady, StoreDown."""
        self._read()
        self._require(self._now())

    def _read(self) -> None:
        with store_down("数据库不能读取", "检查数据库"), self._store.engine.connect() as connection:
            last = connection.execute(select(func.max(_issued_at))).scalar()
            server = None if self._store.embedded else connection.execute(select(func.clock_timestamp())).scalar()
        self._last = datetime.fromisoformat(last) if last else None
        if self._steady is not None and (server is not None or self._reference is None):
            self._reference = (server or self._now(), self._steady())
        self._looked = True

    def _require(self, now: datetime) -> None:
        if now < EARLIEST:
            raise NotReady(f"机器时钟不对: 现在显示 {rfc3339(now)}, 早于本程序发布", "校正机器时钟(NTP)")
        if self._last is not None and (self._excused is None or self._last > self._excused):
            if self._last - now > (WAITED if self._store.embedded else APART):
                raise _back(now, self._last, "库中最后一份回执")
            if now - self._last > LONGEST_STILL:
                raise _excusable(f"现在显示 {rfc3339(now)}, 比库中最后一份回执晚五年以上", self._last)
        self._require_steady(now)

    def _require_steady(self, now: datetime) -> None:
        if self._reference is None or self._steady is None:
            return
        instant, then = self._reference
        ahead = now - instant - timedelta(seconds=self._steady() - then)
        if self._store.embedded and (ahead < -APART or ahead > LEAPT):
            told = f"现在显示 {rfc3339(now)}, 运行中被拨了 {_seconds(ahead)} 秒"
            raise NotReady(f"机器时钟不对: {told}", "校正机器时钟(NTP); 若原来的才是错的, 重启服务")
        if not self._store.embedded and abs(ahead) > APART:
            told = f"现在显示 {rfc3339(now)}, 与数据库服务器的时钟相差 {_seconds(ahead)} 秒"
            raise NotReady(f"机器时钟不对: {told}", "校正两台机器的时钟(NTP)")


def _back(now: datetime, last: datetime, whose: str) -> NotReady:
    return _excusable(f"现在显示 {rfc3339(now)}, 早于{whose} {rfc3339(last)}", last)


def _excusable(told: str, last: datetime) -> NotReady:
    hint = f"校正机器时钟(NTP); 查明错的是写那份回执时的时钟的, 设 CREDITGATE_CLOCK_EXCUSED={rfc3339(last)} 后重启"
    return NotReady(f"机器时钟不对: {told}", hint)


def _seconds(length: timedelta) -> str:
    return f"{length.total_seconds():+.0f}"

"""Acts in the store: read in order, and checked before anything rests on them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, func, select

from ..clock import rfc3339
from ..errors import Fault, NotAllowed, StoreFault
from ..present import utc_now
from ..storage.database import Store, store_down
from .acts import NO_HASH, ActKind, StoredAct, decode_act, effective_from, instant_of, report_hash
from .signers import Signers
from .tables import ActRow
from .timeline import Activation, latest

_acts = ActRow.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Look:
    """What one look at the store shows."""

    acts: tuple[StoredAct, ...]
    """All acts, in order."""
    ahead_seconds: float
    """How far the store's clock is ahead of this machine's."""


def look(store: Store, known: tuple[StoredAct, ...] = ()) -> Look:
    """All acts; known ones are not read again. Raises StoreDown, and StoreFault for a broken chain."""
    with store_down("规则集的启用记录不能读取", "检查数据库"), store.engine.connect() as connection:
        before = utc_now()
        ahead = (store_clock(connection) - before).total_seconds() if not store.embedded else 0.0
        last = connection.execute(select(func.max(_acts.c.number))).scalar() or 0
        if known and last == known[-1].act.number:
            return Look(known, ahead)
        return Look(known + read_acts(connection, known), ahead)


def read_acts(connection: Connection, known: Sequence[StoredAct] = ()) -> tuple[StoredAct, ...]:
    """The acts that come after the known ones. Raises StoreFault where they do not follow them."""
    after, previous = (known[-1].act.number, known[-1].act.hash()) if known else (0, NO_HASH)
    columns = (_acts.c.number, _acts.c.act, _acts.c.signature, _acts.c.effective_at)
    found = []
    for row in connection.execute(select(*columns).where(_acts.c.number > after).order_by(_acts.c.number)):
        recorded = _recorded(row)
        after += 1
        if (recorded.act.number, row.number, recorded.act.previous) != (after, after, previous):
            raise StoreFault(f"规则集的第 {row.number} 步与前一步接不上", "启用记录被改动过, 请管理员核查")
        if recorded.effective_at and _too_soon(recorded):
            raise StoreFault(f"规则集第 {row.number} 步的生效时间被改动过", "请管理员核查")
        previous = recorded.act.hash()
        found.append(recorded)
    return tuple(found)


def _too_soon(recorded: StoredAct) -> bool:
    try:
        return rfc3339(instant_of(recorded.effective_at)) < effective_from(recorded.act)
    except ValueError:
        return True  # no instants at all


def report_of(store: Store, number: int) -> bytes:
    """The report of an act. Raises StoreDown, and StoreFault where it is not the one that the act names."""
    with store_down("规则集的启用记录不能读取", "检查数据库"), store.engine.connect() as connection:
        row = connection.execute(select(_acts.c.act, _acts.c.report).where(_acts.c.number == number)).one()
    if report_hash(row.report) != decode_act(row.act).report:
        raise StoreFault(f"规则集第 {number} 步的报告被改动过", "请管理员核查")
    return bytes(row.report)


def store_clock(connection: Connection) -> datetime:
    """The present instant by the store's clock, which all machines share."""
    if connection.dialect.name == "sqlite":
        return utc_now()
    instant: datetime = connection.execute(select(func.clock_timestamp())).scalar_one()
    return instant.astimezone(UTC)


def require_lawful(activation: Activation, acts: Sequence[StoredAct], signers: Signers | None) -> None:
    """An activation may be relied on: signed, and its rule set approved by another person than proposed it.

    Without a register of signers only the service's own installations count, with one they do not. Raises NotAllowed.
    """
    recorded = acts[activation.number - 1]
    if signers is None:
        if activation.kind is not ActKind.INSTALLED:
            raise NotAllowed(f"规则集由 {activation.by} 签名启用, 本机没有签名人名册", "请给出 --signers")
        return
    if activation.kind is ActKind.INSTALLED:
        raise NotAllowed("启用的规则集没有签名", "有签名人名册时, 规则集须经提交、审核、启用")
    signers.require(recorded.act, recorded.signature)
    require_approved(activation.digest, acts[: activation.number], signers)


def require_approved(digest: str, acts: Sequence[StoredAct], signers: Signers) -> None:
    """The rule set was proposed, and approved by another person, both signed. Raises NotAllowed."""
    proposed, approved = latest(digest, ActKind.PROPOSED, acts), latest(digest, ActKind.APPROVED, acts)
    if proposed is None or approved is None or proposed.by == approved.by:
        raise NotAllowed("规则集没有经另一个人审核", "用 rules approve 审核")
    for act in (proposed, approved):
        signers.require(act, acts[act.number - 1].signature)


def _recorded(row: Any) -> StoredAct:  # noqa: ANN401 - a row
    try:
        return StoredAct(act=decode_act(row.act), signature=bytes(row.signature), effective_at=row.effective_at or "")
    except msgspec.MsgspecError as fault:
        raise StoreFault(f"规则集的第 {row.number} 步不能读取", "启用记录被改动过, 请管理员核查") from fault


def report(faults: Sequence[Fault]) -> bytes:
    """The faults as the act's report."""
    return msgspec.json.encode([asdict(fault) for fault in faults])


def refused(store: Store, acts: Sequence[StoredAct]) -> tuple[str, ...]:
    """Why the directory's present content was refused, a line a fault; empty where the last act is no refusal.

    Raises StoreDown, StoreFault.
    """
    if not acts or acts[-1].act.kind is not ActKind.REFUSED:
        return ()
    entries = msgspec.json.decode(report_of(store, acts[-1].act.number), type=list[Fault])
    return tuple(str(fault) for fault in entries)

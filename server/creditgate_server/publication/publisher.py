"""Acting on rule sets: each act is one transaction that reads the acts before it, checks, and adds one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, text

from ..clock import rfc3339
from ..errors import InvalidQuestion, NotAllowed, WrongState
from ..rulebook.bundle import RuleSet
from ..rulebook.load import LoadedRuleSet
from ..storage.database import Store, writing
from .acts import ACTIVATING, NO_HASH, Act, ActKind, StoredAct, effective_from, instant_of, report_hash
from .history import read_acts, require_approved, store_clock
from .rule_sets import keep_rule_set
from .signers import Signers, SigningKey
from .tables import ActRow
from .timeline import RuleSetState, latest, state_of, timeline

LEAD = timedelta(seconds=0.75)
"""From an activation to the instant at which it takes effect: within it every worker hears of it."""

_acts = ActRow.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Deed:
    """What is to be recorded."""

    kind: ActKind
    digest: str
    activate_at: datetime | None = None
    note: str = ""
    report: bytes = b""


@dataclass(frozen=True, slots=True)
class ActSignature:
    """An act with its signature."""

    act: Act
    signature: bytes


Sign = Callable[[Sequence[StoredAct], datetime], ActSignature]
"""Gives the signed act that follows some acts, at the instant at which it is asked for."""


class Publisher:
    """Acts on the rule sets of one store, for persons of one register."""

    def __init__(self, store: Store, signers: Signers) -> None:
        self._store = store
        self._signers = signers

    # -- whose hand it is ---------------------------------------------------------------------------------------------

    def own(self, deed: Deed, key: SigningKey) -> Sign:
        """Sign with a key at hand. Raises NotAllowed for a key that is nobody's."""
        by = self._signers.name_of(key)

        def sign(acts: Sequence[StoredAct], now: datetime) -> ActSignature:
            digest = deed.digest
            if deed.kind is ActKind.ROLLED_BACK and not digest:
                digest = timeline(acts).before(rfc3339(now))
                if not digest:
                    raise WrongState("此前没有别的规则集可以退回", "用 rules history 查看")
            act = _next(acts, deed, digest, by, now)
            return ActSignature(act, key.sign(act))

        return sign

    def elsewhere(self, act: Act, signature: bytes, report: bytes = b"") -> Sign:
        """Take an act that was signed elsewhere, where it still follows the last one."""

        def sign(acts: Sequence[StoredAct], now: datetime) -> ActSignature:
            if (act.number, act.previous) != _place(acts):
                raise WrongState("在此期间另有一步已经记录", "取最新状态后重新签名")
            try:
                at, _ = instant_of(act.at), effective_from(act)
            except ValueError as fault:
                hint = "按 RFC 3339 写, 例如 2026-12-01T00:00:00Z"
                raise InvalidQuestion("签名内容里的时刻写法不对", hint, "act.act") from fault
            if abs((at - now).total_seconds()) > _FRESH_SECONDS:
                raise NotAllowed("签名的时间与服务的时间相差太大", "请校准时钟后重新签名")
            if act.report != report_hash(report):
                raise NotAllowed("报告与签名的内容不符", "请重新签名")
            return ActSignature(act, signature)

        return sign

    # -- acts ---------------------------------------------------------------------------------------------------------

    def propose(
        self, load: Callable[[], LoadedRuleSet], sign: Sign, prove: Callable[[RuleSet], object], *, report: bytes = b""
    ) -> StoredAct:
        """Propose a rule set and keep it, in one transaction; whoever proposes, on this road.

        Who signs, and that they may, comes before anything is read, and the proof before anything is kept.
        Raises InvalidQuestion, RuleSetFault, NotAllowed, WrongState, StoreDown.
        """
        with writing(self._store) as connection:
            acts, arrived = read_acts(connection), store_clock(connection)
        proposed = sign(acts, arrived)
        self._signers.require(proposed.act, proposed.signature)
        loaded = load()
        if loaded.rule_set.digest != proposed.act.digest:
            raise InvalidQuestion(f"文件的规则集是 {loaded.rule_set.digest}", "与签名的摘要不符", "files")
        self._require(proposed, acts, arrived)
        prove(loaded.rule_set)
        with _one_at_a_time(self._store) as connection:
            acts, now = read_acts(connection), store_clock(connection)
            signed = sign(acts, arrived)
            self._require(signed, acts, now)
            keep_rule_set(connection, loaded.rule_set, loaded.files, now)
            return _add(connection, signed, report, now)

    def approve(self, digest: str, key: SigningKey, *, note: str = "") -> StoredAct:
        """Approve a proposal of another person. Raises NotAllowed, WrongState, StoreDown."""
        return self._record(self.own(Deed(ActKind.APPROVED, digest, note=note), key))

    def activate(self, digest: str, key: SigningKey, *, at: datetime | None = None, note: str = "") -> StoredAct:
        """Put an approved set into force, at an instant to come or as soon as all can know.

        Raises NotAllowed, WrongState, StoreDown.
        """
        return self._record(self.own(Deed(ActKind.ACTIVATED, digest, at, note), key))

    def roll_back(self, key: SigningKey, *, to: str = "", note: str = "") -> StoredAct:
        """Put the set that served before, or the one named, back. Raises NotAllowed, WrongState, StoreDown."""
        return self._record(self.own(Deed(ActKind.ROLLED_BACK, to, note=note), key))

    def retire(self, digest: str, key: SigningKey, *, note: str = "") -> StoredAct:
        """Take a set out for good, with its activations to come. Raises NotAllowed, WrongState, StoreDown."""
        return self._record(self.own(Deed(ActKind.RETIRED, digest, note=note), key))

    def append_signed(self, act: Act, signature: bytes, report: bytes) -> StoredAct:
        """Record an act that was signed elsewhere. Raises NotAllowed, WrongState, StoreDown."""
        if act.kind is ActKind.PROPOSED:
            raise WrongState("提交规则集须同时交文件", "用 Propose")
        return self._record(self.elsewhere(act, signature, report), report)

    def _record(self, sign: Sign, report: bytes = b"") -> StoredAct:
        with _one_at_a_time(self._store) as connection:
            acts, now = read_acts(connection), store_clock(connection)
            signed = sign(acts, now)
            self._require(signed, acts, now)
            return _add(connection, signed, report, now)

    def _require(self, signed: ActSignature, acts: Sequence[StoredAct], now: datetime) -> None:
        act = signed.act
        self._signers.require(act, signed.signature)
        _TRANSITIONS[act.kind](act, acts, state_of(act.digest, acts, rfc3339(now)))
        if act.kind in (ActKind.ACTIVATED, ActKind.ROLLED_BACK):
            require_approved(act.digest, acts, self._signers)


def install(store: Store, loaded: LoadedRuleSet, by: str) -> StoredAct | None:
    """Put a directory's rule set into force without signatures: development, and a first start.

    None where it is in force already and nothing was refused since. Raises WrongState where signed acts rule the store.
    """
    digest = loaded.rule_set.digest
    with _one_at_a_time(store) as connection:
        acts, now = read_acts(connection), store_clock(connection)
        course = timeline(acts)
        if any(entry.kind is not ActKind.INSTALLED for entry in course.activations):
            raise WrongState("这个数据库的规则集经签名启用, 目录不能直接启用", "用 rules propose、approve、activate")
        pending = bool(acts) and acts[-1].act.kind is ActKind.REFUSED
        if course.activations and course.activations[-1].digest == digest and not pending:
            return None
        keep_rule_set(connection, loaded.rule_set, loaded.files, now)
        act = _next(acts, Deed(ActKind.INSTALLED, digest), digest, by, now)
        return _add(connection, ActSignature(act, b""), b"", now)


def refuse(store: Store, by: str, report: bytes) -> StoredAct:
    """Record that a directory's new content was refused."""
    with _one_at_a_time(store) as connection:
        acts, now = read_acts(connection), store_clock(connection)
        act = _next(acts, Deed(ActKind.REFUSED, "", report=report), "", by, now)
        return _add(connection, ActSignature(act, b""), report, now)


_FRESH_SECONDS = 60.0
"""Largest distance between an act's own time and the store's."""


def _require_proposable(act: Act, _acts: Sequence[StoredAct], state: RuleSetState) -> None:
    if state not in (RuleSetState.DRAFT, RuleSetState.PROPOSED):
        raise WrongState(f"规则集 {act.digest} 已经{_WORDS[state]}", "用 rules history 查看")


def _require_approvable(act: Act, acts: Sequence[StoredAct], state: RuleSetState) -> None:
    if state is not RuleSetState.PROPOSED:
        raise WrongState(f"规则集 {act.digest} {_WORDS[state]}, 不能审核", "只能审核已提交的规则集")
    proposed = latest(act.digest, ActKind.PROPOSED, acts)
    if proposed is not None and proposed.by == act.by:
        raise NotAllowed(f"{act.by} 提交的规则集不能由本人审核", "请另一个人用自己的密钥审核")


def _require_activatable(act: Act, acts: Sequence[StoredAct], state: RuleSetState) -> None:
    withdrawn = latest(act.digest, ActKind.RETIRED, acts) is not None
    if withdrawn or state in (RuleSetState.DRAFT, RuleSetState.PROPOSED, RuleSetState.ACTIVE):
        raise WrongState(f"规则集 {act.digest} {_WORDS[state]}, 不能启用", "只能启用已审核、未撤下的规则集")


def _require_returnable(act: Act, acts: Sequence[StoredAct], state: RuleSetState) -> None:
    withdrawn = latest(act.digest, ActKind.RETIRED, acts) is not None
    served = any(entry.digest == act.digest for entry in timeline(acts).activations)
    if state is RuleSetState.ACTIVE or withdrawn or not served:
        raise WrongState(f"不能退回到规则集 {act.digest}: {_WORDS[state]}", "只能退回到启用过、未撤下的规则集")


def _require_retirable(act: Act, _acts: Sequence[StoredAct], state: RuleSetState) -> None:
    if state in (RuleSetState.ACTIVE, RuleSetState.DRAFT):
        raise WrongState(f"规则集 {act.digest} {_WORDS[state]}, 不能撤下", "先启用另一个规则集")


_TRANSITIONS: dict[ActKind, Callable[[Act, Sequence[StoredAct], RuleSetState], None]] = {
    ActKind.PROPOSED: _require_proposable,
    ActKind.APPROVED: _require_approvable,
    ActKind.ACTIVATED: _require_activatable,
    ActKind.ROLLED_BACK: _require_returnable,
    ActKind.RETIRED: _require_retirable,
}
_WORDS = {
    RuleSetState.DRAFT: "尚未提交",
    RuleSetState.PROPOSED: "已提交, 等待审核",
    RuleSetState.APPROVED: "已审核",
    RuleSetState.SCHEDULED: "已排定启用时间",
    RuleSetState.ACTIVE: "正在使用",
    RuleSetState.RETIRED: "不再使用",
}


def _place(acts: Sequence[StoredAct]) -> tuple[int, str]:
    return (acts[-1].act.number + 1, acts[-1].act.hash()) if acts else (1, NO_HASH)


def _next(acts: Sequence[StoredAct], deed: Deed, digest: str, by: str, now: datetime) -> Act:
    number, previous = _place(acts)
    return Act(
        number=number,
        previous=previous,
        kind=deed.kind,
        digest=digest,
        by=by,
        at=rfc3339(now),
        activate_at=rfc3339(deed.activate_at) if deed.activate_at else "",
        note=deed.note,
        report=report_hash(deed.report),
    )


def _add(connection: Connection, signed: ActSignature, report: bytes, now: datetime) -> StoredAct:
    act, effective_at = signed.act, ""
    if act.kind in ACTIVATING:
        effective_at = max(effective_from(act), rfc3339(now + LEAD if act.number > 1 else now))
    row = {
        "number": act.number,
        "digest": act.digest,
        "act": act.canonical(),
        "signature": signed.signature,
        "effective_at": effective_at or None,
        "report": report,
    }
    connection.execute(_acts.insert(), row)
    return StoredAct(act=act, signature=signed.signature, effective_at=effective_at)


@contextmanager
def _one_at_a_time(store: Store) -> Iterator[Connection]:
    """A transaction in which no other process adds an act."""
    with writing(store) as connection:
        if not store.embedded:
            connection.execute(text("LOCK TABLE rule_set_act IN SHARE ROW EXCLUSIVE MODE"))
        yield connection

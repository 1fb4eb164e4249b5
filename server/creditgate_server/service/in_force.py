"""The rule set in force, in one worker: followed in the store, loaded beforehand, switched between two decisions.

Every activation takes effect `publisher.LEAD` after it was recorded. A worker answers only while it looked at the store
less than LEASE_SECONDS ago, which is shorter: so it knows of every activation before it takes effect, and all workers
of all machines switch at the same instant of the store's clock.
"""

from __future__ import annotations

import threading
import time
import weakref
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import structlog

from ..clock import legal_day, rfc3339
from ..errors import GateError, NotReady, RuleSetChanged, StoreDown, StoreFault
from ..exemptions.search.documents import documents_of
from ..exemptions.search.index import SearchIndex
from ..judging.judge import Judge
from ..present import utc_now
from ..publication.acts import ActKind
from ..publication.history import Look, look, require_lawful
from ..publication.rule_sets import load_rule_set
from ..publication.signers import Signers
from ..publication.timeline import Activation, Timeline, latest, timeline
from ..rulebook.catalogue import Catalogue
from ..storage.database import Store
from . import metrics
from .pack import Packer

LEASE_SECONDS = 0.35
POLL_SECONDS = 0.1
MOST_LOADED = 4
"""Rule sets kept ready: in force, before, to come, approved. The least recently used goes first."""

_A_DAY = 86_400.0

_log = structlog.get_logger("creditgate.rules")


class ReadyRules:
    """A rule set ready to judge. When the last call that holds it is done, its part of the engine is given back."""

    def __init__(self, judge: Judge, packer: Packer) -> None:
        self.judge = judge
        self.packer = packer
        self.indexing = False
        """Whether somebody was sent to make the index."""
        self._index: SearchIndex | None = None
        self._making = threading.Lock()

    def index(self) -> SearchIndex:
        """Search over its exemption entries: made by who asks first, since it takes as long as all the rest."""
        with self._making:
            if self._index is None:
                self._index = SearchIndex(documents_of(self.judge.rule_set))
            return self._index


@dataclass(frozen=True, slots=True)
class RuleSetInForce:
    """A rule set in force."""

    activation: int
    since: str
    """Instant from which it is in force, RFC 3339 in UTC."""
    digest: str
    loaded: ReadyRules

    @property
    def judge(self) -> Judge:
        """Judges by it."""
        return self.loaded.judge

    @property
    def packer(self) -> Packer:
        """Packs answers with its titles."""
        return self.loaded.packer

    @property
    def index(self) -> SearchIndex:
        """Search over its exemption entries."""
        return self.loaded.index()

    @property
    def catalogue(self) -> Catalogue:
        """The catalogue of the rule set."""
        return self.loaded.judge.rule_set.catalogue


@dataclass(frozen=True, slots=True)
class RulesAtHand:
    """The rule set under which one question is judged from start to end, and the instant at which it was taken."""

    serving: RuleSetInForce
    decided_at: float
    """Seconds since 1970 by the store's clock."""

    def instant(self) -> str:
        """The instant, RFC 3339 in UTC."""
        return rfc3339(datetime.fromtimestamp(self.decided_at, UTC))


@dataclass(frozen=True, slots=True)
class _Lease:
    """What is in force, and until when that is known. One value: who reads it never has one without the other."""

    serving: RuleSetInForce
    good_until: float


class RulesInForce:
    """One worker's rule sets."""

    def __init__(
        self, store: Store, signers: Signers | None, now: Callable[[], datetime], *, patience_seconds: float
    ) -> None:
        """`patience_seconds`: longest wait of a call for a rule set that is in force and not yet loaded."""
        self._store = store
        self._signers = signers
        self._now = now
        self._patience = patience_seconds
        self._table = threading.Lock()
        """For the next two."""
        self._loaded: OrderedDict[str, ReadyRules] = OrderedDict()  # no `Recent`: read without the lock that changes it
        self._loading: dict[str, Future[ReadyRules]] = {}
        self._alive: weakref.WeakSet[ReadyRules] = weakref.WeakSet()
        """Kept, or held by a call."""
        self._loader = ThreadPoolExecutor(2, "rule-set")
        self._look = Look((), 0.0)
        self._course = Timeline(())
        self._looked_at = float("-inf")
        self._lease: _Lease | None = None
        self._renewing = threading.Lock()
        self.problem = ""
        """Why no question can be judged; empty where it can."""

    # -- for calls ----------------------------------------------------------------------------------------------------

    def take(self, pin: str = "", at_least: int = 0) -> RulesAtHand:
        """The rule set in force now.

        `pin`: the digest that it must have. `at_least`: number of the earliest activation that will do.
        Raises RuleSetChanged, NotReady, StoreDown.
        """
        now, lease = self._clock(), self._lease
        if at_least and (lease is None or at_least > lease.serving.activation):
            taken = self._awaited(at_least)
        else:
            taken = RulesAtHand(lease.serving, now) if lease and now < lease.good_until else self._renewed()
        if pin and taken.serving.digest != pin:
            raise RuleSetChanged(f"规则集已更换, 现行的是 {taken.serving.digest}", "请按现行规则集重新提问", "rule_set")
        return taken

    def packer(self, digest: str) -> Packer | None:
        """The packer of a rule set that is loaded."""
        loaded = self._loaded.get(digest)
        return loaded.packer if loaded else None

    @property
    def serving(self) -> RuleSetInForce | None:
        """What was served last; for status, not for judging."""
        lease = self._lease
        return lease.serving if lease else None

    @property
    def look(self) -> Look:
        """What the last look at the store showed."""
        return self._look

    # -- following ----------------------------------------------------------------------------------------------------

    def begin(self) -> None:
        """Have ready what is in force, however long a busy machine takes to load it: before the first call.

        Raises NotReady, StoreDown.
        """
        self._renewed(patience=_A_DAY)

    def follow(self) -> None:
        """Look at the store, switch in time, load what may be needed next: to be done every POLL_SECONDS."""
        try:
            self._renewed()
            self._preload()
        except GateError:
            pass  # told by `problem`, and by every call

    def close(self) -> None:
        """End every load."""
        self._loader.shutdown(cancel_futures=True)

    def _clock(self) -> float:
        return utc_now().timestamp() + self._look.ahead_seconds

    def _awaited(self, number: int) -> RulesAtHand:
        """Wait for an activation that is about to take effect."""
        until = time.monotonic() + self._patience
        while True:
            try:
                taken = self._renewed(seen_since=self._clock())
            except NotReady:
                taken = None  # what is in force now can't be used: the awaited one may
            if taken is not None and taken.serving.activation >= number:
                return taken
            coming = next((entry for entry in self._course.activations if entry.number >= number), None)
            wait = _epoch(coming.effective_at) - self._clock() if coming else self._patience
            if time.monotonic() + wait >= until:
                raise NotReady(f"第 {number} 步启用的规则集尚未生效", "请稍后重试", "at_least_activation")
            time.sleep(max(wait, 0.001))

    def _renewed(self, seen_since: float = float("-inf"), patience: float | None = None) -> RulesAtHand:
        """What is in force by a look no older than `seen_since`. `patience`: seconds; a call's own if None."""
        until = time.monotonic() + (self._patience if patience is None else patience)
        if not self._renewing.acquire(timeout=max(0.0, until - time.monotonic())):
            raise _not_loaded()
        try:
            while True:
                now, lease = self._clock(), self._lease
                fresh = self._looked_at >= seen_since and not self.problem
                if lease is not None and fresh and now < lease.good_until:
                    return RulesAtHand(lease.serving, now)
                self._renew(now, seen_since, until)
                if time.monotonic() > until:
                    raise _not_loaded()
        except GateError as fault:
            self._tell(str(fault))
            if isinstance(fault, StoreDown | NotReady):
                raise
            raise NotReady(f"现行规则集在这台机器上不能使用: {fault}", "请稍后重试, 或联系管理员") from fault
        finally:
            self._renewing.release()

    def _renew(self, now: float, seen_since: float, until: float) -> None:
        """Look where the last look is too old, and take what is in force by it. `until`: as `time.monotonic`."""
        if now >= self._looked_at + LEASE_SECONDS or self._looked_at < seen_since:
            began = now
            self._look = look(self._store, self._look.acts)
            self._looked_at = began
            self._course = timeline(self._look.acts)
            now = self._clock()
        instant = rfc3339(datetime.fromtimestamp(now, UTC))
        due = self._course.active(instant)
        if due is None:
            raise NotReady("还没有启用任何规则集", "用 rules propose、approve、activate")
        coming = self._course.next(instant)
        good_until = min(self._looked_at + LEASE_SECONDS, _epoch(coming.effective_at) if coming else float("inf"))
        lease = self._lease
        same = lease is not None and lease.serving.activation == due.number
        self._lease = _Lease(lease.serving if lease and same else self._switched(due, until), good_until)
        self._tell("")

    def _switched(self, due: Activation, until: float) -> RuleSetInForce:
        """To another rule set; loaded already in most cases."""
        require_lawful(due, self._look.acts, self._signers)
        loaded = self._had(due.digest, until)
        before = self._lease.serving.digest if self._lease else ""
        self._evict(due.digest)
        metrics.RULE_SET_ACTIVATION.set(due.number)
        metrics.RULE_SET_SWITCHES.inc()
        _log.info("rule set in force", digest=due.digest, activation=due.number, since=due.effective_at, before=before)
        return RuleSetInForce(due.number, due.effective_at, due.digest, loaded)

    def _tell(self, problem: str) -> None:
        refused = self._look.acts and self._look.acts[-1].act.kind is ActKind.REFUSED
        metrics.RULE_SET_REFUSED.set(int(bool(refused)))
        if problem != self.problem:
            self.problem = problem
            if problem:
                _log.error("no rule set to judge by", why=problem)

    # -- loading ------------------------------------------------------------------------------------------------------

    def _had(self, digest: str, until: float) -> ReadyRules:
        """A rule set, loaded if it is not yet. Raises NotReady where that takes too long."""
        loaded = self._loaded.get(digest)
        if loaded is not None:
            return loaded
        try:
            return self._load(digest).result(max(0.0, until - time.monotonic()))
        except TimeoutError as fault:
            raise _not_loaded() from fault

    def _load(self, digest: str) -> Future[ReadyRules]:
        """Load a rule set, or join the load that runs."""
        with self._table:
            load = self._loading.get(digest)
            if load is None:
                load = self._loading[digest] = self._loader.submit(self._load_aside, digest)
            return load

    def _load_aside(self, digest: str) -> ReadyRules:
        try:
            loaded = self._make(digest)
        except Exception as fault:
            _log.warning("rule set not loaded", digest=digest, why=str(fault))
            raise
        else:
            with self._table:
                self._loaded[digest] = loaded
                self._alive.add(loaded)
                alive = len(self._alive)
            _log.info("rule set loaded", digest=digest, loaded=alive)
            return loaded
        finally:
            with self._table:
                del self._loading[digest]

    def _make(self, digest: str) -> ReadyRules:
        rule_set = load_rule_set(self._store, digest)
        if rule_set is None:
            raise StoreFault(f"数据库里没有规则集 {digest}", "请管理员核查")
        judge = Judge(rule_set)
        judge.plans.prepare(legal_day(self._now()))
        loaded = ReadyRules(judge, Packer(rule_set.catalogue))
        weakref.finalize(loaded, judge.close).atexit = False
        return loaded

    def _preload(self) -> None:
        """Have ready what may come: a search; the next set, the one a rollback returns to, the one approved last."""
        lease = self._lease
        if lease is not None and not lease.serving.loaded.indexing:
            lease.serving.loaded.indexing = True
            self._loader.submit(lease.serving.loaded.index)
        acts, instant = self._look.acts, rfc3339(self._now() + timedelta(seconds=self._look.ahead_seconds))
        coming = self._course.next(instant)
        approved = next((entry.act for entry in reversed(acts) if entry.act.kind is ActKind.APPROVED), None)
        wanted = [coming.digest if coming else "", self._course.before(instant)]
        if approved and latest(approved.digest, ActKind.RETIRED, acts) is None:
            wanted.append(approved.digest)
        for digest in dict.fromkeys(filter(None, wanted)):
            if digest not in self._loaded and digest not in self._loading:
                self._load(digest)
                return  # one at a time: the rest on the next look

    def _evict(self, digest: str) -> None:
        """Give back what is too much; `digest` is used last."""
        with self._table:
            self._loaded.move_to_end(digest)
            while len(self._loaded) > MOST_LOADED:
                self._loaded.popitem(last=False)


def _not_loaded() -> NotReady:
    return NotReady("规则集来不及装载", "请用同一 request_id 重试")


def _epoch(instant: str) -> float:
    return datetime.fromisoformat(instant).timestamp()

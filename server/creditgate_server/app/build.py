"""What is settled once, in the supervisor, before the first worker starts. It imports nothing that serves."""

from __future__ import annotations

import socket
import time
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime

import structlog

from ..clock import rfc3339
from ..errors import SetupFault
from ..ledger.environment import here, keep_environment
from ..ledger.hashing import hash_of
from ..ledger.sealing.keys import LedgerKey
from ..present import utc_now
from ..publication.history import look, require_lawful
from ..publication.proofs import prove_once
from ..publication.publisher import install
from ..publication.rule_sets import require_rule_set
from ..publication.signers import Signers
from ..publication.timeline import Activation, Timeline, timeline
from ..registry.identity import PersonKey, key_path
from ..rulebook.bundle import RuleSet
from ..rulebook.load import LoadedRuleSet, read_directory
from ..service.callers import Caller, read_callers, require_loopback
from ..settings import Address, Settings
from ..storage.database import Store, migrate, open_store
from .address import bound, reserve, resolve
from .messages import Commission, encode

_log = structlog.get_logger("creditgate.supervisor")

_LEAVING_SECONDS = 2.0
"""What workers that drain need beyond the time that calls have: to hear of it, and to stop."""
_COMING_SECONDS = 15.0
"""How long a service waits for its first rule set: an activation takes effect a few seconds after it was signed."""


@dataclass(frozen=True, slots=True)
class StartPlan:
    """All that is settled before the first worker starts."""

    address: Address
    rule_set: RuleSet
    """The one in force."""
    commissions: tuple[bytes, ...]
    """One a worker."""
    holder: socket.socket
    """Keeps the port; close it when the service ends."""


def prepare(settings: Settings) -> StartPlan:
    """Settle which rule set serves, and what the workers need. Raises SetupFault, RuleSetFault, StoreDown."""
    address = resolve(settings.listen)
    if settings.callers is None:
        require_loopback(address.host)
    _require_readable(settings)
    hash_of(settings.ledger_hash)
    holder = reserve(address, settings.drain_seconds + _LEAVING_SECONDS)
    try:
        active = _active_rule_set(settings)
        callers = read_callers(settings.callers, active.catalogue) if settings.callers else ()
    except BaseException:
        holder.close()
        raise
    address = bound(holder)
    commissions = tuple(_commission(number, address, settings, callers) for number in range(1, settings.workers + 1))
    return StartPlan(address, active, commissions, holder)


def _active_rule_set(settings: Settings) -> RuleSet:
    """The rule set that serves: the signed one in force, or else the directory's, checked, proved and installed."""
    with closing(open_store(settings.store)) as store:
        migrate(store)
        keep_environment(store, here(), utc_now())
        PersonKey.load(key_path(store, settings.person_key), create=True)
        if settings.signers is None:
            return _installed(settings, store)
        signers = Signers.read(settings.signers)
        acts = look(store).acts
        active = _awaited(timeline(acts))
        require_lawful(active, acts, signers)
        return require_rule_set(store, active.digest)


def _awaited(course: Timeline) -> Activation:
    """The activation in force, or the first one where it is about to take effect. Raises SetupFault."""
    now = utc_now()
    active, coming = course.active(rfc3339(now)), course.next(rfc3339(now))
    if active is not None:
        return active
    if coming is None:
        raise SetupFault("还没有启用任何规则集", "用 rules propose、approve、activate")
    wait = (datetime.fromisoformat(coming.effective_at) - now).total_seconds()
    if wait > _COMING_SECONDS:
        raise SetupFault(f"第一个规则集到 {coming.effective_at} 才生效", "届时再启动服务, 或用 rules activate 提前启用")
    time.sleep(wait)
    return coming


def _installed(settings: Settings, store: Store) -> RuleSet:
    loaded = read_directory(settings.rules)
    _log_warnings(loaded)
    proof = prove_once(store, loaded.rule_set, utc_now(), seconds=settings.prove_seconds)
    _log.info("rule set proved", **proof.told())
    recorded = install(store, loaded, socket.gethostname())
    if recorded is not None:
        until = datetime.fromisoformat(recorded.effective_at)
        time.sleep(max(0.0, (until - utc_now()).total_seconds()))  # other services of this store switch then, too
    return loaded.rule_set


def _require_readable(settings: Settings) -> None:
    for path in (settings.tls_certificate, settings.tls_key):
        if path is not None and not path.is_file():
            raise SetupFault(f"没有文件 {path}", "请核对 TLS 设置")
    if settings.ledger_key is not None:
        LedgerKey.load(settings.ledger_key)
    if settings.ledger_checkpoints is not None and not settings.ledger_checkpoints.is_dir():
        raise SetupFault(f"没有目录 {settings.ledger_checkpoints}", "先建立检查点目录, 或挂载它所在的盘")


def _log_warnings(loaded: LoadedRuleSet) -> None:
    for warning in loaded.warnings:
        _log.warning("rule library", fault=str(warning))


def _commission(number: int, address: Address, settings: Settings, callers: tuple[Caller, ...]) -> bytes:
    return encode(
        Commission(
            worker=number,
            address=str(address),
            settings=settings.model_dump_json(),
            callers=callers,
        )
    )

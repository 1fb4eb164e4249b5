"""What a service is built of: once in the supervisor (`prepare`), then in each worker (`build_gate`)."""

from __future__ import annotations

import socket
import time
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime

import structlog

from ..clock import rfc3339
from ..errors import SetupFault, StoreFault
from ..ledger.clock_watch import ClockWatch
from ..ledger.environment import here, keep_environment
from ..ledger.hashing import hash_of
from ..ledger.sealing.keys import LedgerKey
from ..ledger.writer import ReceiptWriter
from ..present import steady_seconds, utc_now
from ..publication.history import look, require_lawful
from ..publication.proofs import prove_once
from ..publication.publisher import install
from ..publication.rule_sets import load_rule_set
from ..publication.signers import Signers
from ..publication.timeline import timeline
from ..registry.identity import PersonKey, key_path
from ..registry.lookup import Registry
from ..rulebook.bundle import RuleSet
from ..rulebook.load import Loaded, read_directory
from ..service.callers import Caller, Callers, read_callers, require_loopback
from ..service.calls import Calls
from ..service.gate import Gate
from ..service.in_force import RulesInForce
from ..service.library import Packers
from ..service.logs import CallLog
from ..service.second_opinion import SecondOpinions
from ..service.turns import Turns
from ..settings import Address, Settings
from ..storage.database import Store, migrate, open_store
from .address import bound, reserve, resolve
from .messages import Commission, encode

_log = structlog.get_logger("creditgate.supervisor")

_LEAVING_SECONDS = 2.0
"""What workers that drain need beyond the time that calls have: to hear of it, and to stop."""
_LAST_SECONDS = 1.0
"""For threads of calls that did not end in time."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """All that is settled before the first worker starts."""

    address: Address
    rule_set: RuleSet
    """The one in force."""
    commissions: tuple[bytes, ...]
    """One a worker."""
    holder: socket.socket
    """Keeps the port; close it when the service ends."""


def prepare(settings: Settings) -> Prepared:
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
    return Prepared(address, active, commissions, holder)


def build_gate(callers: tuple[Caller, ...], settings: Settings, worker: int = 0) -> tuple[Gate, Signers | None]:
    """A worker's parts. To be closed with `close_gate`. Raises SetupFault."""
    signers = Signers.read(settings.signers) if settings.signers else None
    store = open_store(settings.store)
    opinions = SecondOpinions(settings.second_opinion_share, settings.second_opinion_queue)
    opinions.start()
    gate = Gate(
        rules=RulesInForce(store, signers, utc_now, patience_seconds=settings.store_seconds),
        registry=Registry(store),
        writer=ReceiptWriter(
            store,
            now=utc_now,
            patience_seconds=settings.store_seconds,
            algorithm=settings.ledger_hash,
            environment=here().digest(),
            watch=ClockWatch(store, utc_now, steady=steady_seconds, excused=settings.clock_excused),
        ),
        store=store,
        person_key=PersonKey.load(key_path(store, settings.person_key)),
        calls=Calls(
            Callers(callers),
            settings.concurrent_calls,
            CallLog(settings.log_level, settings.log_format, worker=worker),
            utc_now,
        ),
        turns=Turns(),
        opinions=opinions,
        packers=Packers(lambda digest: _stored_rule_set(store, digest)),
        now=utc_now,
        region=settings.region,
    )
    return gate, signers


def close_gate(gate: Gate) -> None:
    """Write what waits, end the threads, close the store."""
    gate.writer.close()
    gate.opinions.close()
    gate.rules.close()
    gate.calls.close(_LAST_SECONDS)
    gate.store.close()


def _stored_rule_set(store: Store, digest: str) -> RuleSet:
    rule_set = load_rule_set(store, digest)
    if rule_set is None:
        raise StoreFault("存储中没有回执所依据的规则集", f"请查找 {digest}")
    return rule_set


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
        active = timeline(acts).active(rfc3339(utc_now()))
        if active is None:
            raise SetupFault("还没有启用任何规则集", "用 rules propose、approve、activate")
        require_lawful(active, acts, signers)
        return _stored_rule_set(store, active.digest)


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


def _log_warnings(loaded: Loaded) -> None:
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

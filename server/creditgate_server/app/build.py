"""What a service is built of: once in the supervisor (`prepare`), then in each worker (`build_gate`)."""

from __future__ import annotations

import asyncio
import socket
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime

import msgspec
import structlog

from ..clock import legal_day
from ..engine.judge import Judge
from ..engine.prove import prove_in_child
from ..errors import SetupFault, StoreFault
from ..ledger.lookup import load_rule_set, save_rule_set
from ..ledger.writer import ReceiptWriter
from ..registry.identity import PersonKey, key_path
from ..registry.lookup import Registry
from ..rulebook.bundle import RuleSet
from ..rulebook.load import Loaded, read_directory
from ..service.callers import Caller, Callers, read_callers, require_loopback
from ..service.calls import Calls
from ..service.gate import Gate
from ..service.library import Packers
from ..service.logs import CallLog
from ..service.second_opinion import SecondOpinions
from ..settings import Address, Settings
from ..storage.database import Store, migrate, open_store
from .address import bound, reserve, resolve
from .messages import Commission, encode

_log = structlog.get_logger("creditgate.supervisor")


@dataclass(frozen=True, slots=True)
class Prepared:
    """All that is settled before the first worker starts."""

    address: Address
    digest: str
    """Digest of the rule set."""
    commissions: tuple[bytes, ...]
    """One a worker."""
    holder: socket.socket
    """Keeps the port; close it when the service ends."""


def prepare(settings: Settings) -> Prepared:
    """Read, check, prove and keep what the workers need. Raises SetupFault, RuleSetFault, StoreDown."""
    address = resolve(settings.listen)
    if settings.callers is None:
        require_loopback(address.host)
    _require_readable(settings)
    holder = reserve(address)
    try:
        loaded = read_directory(settings.rules)
        _log_warnings(loaded)
        callers = read_callers(settings.callers, loaded.rule_set.catalogue) if settings.callers else ()
        proof = prove_in_child(loaded.rule_set, seconds=settings.prove_seconds)
        _log.info("rule set proved", rules=proof.rules, plans=proof.plans, compared=proof.compared)
        _prepare_store(settings, loaded)
    except BaseException:
        holder.close()
        raise
    address = bound(holder)
    commissions = tuple(
        _commission(number, address, settings, callers, loaded.rule_set) for number in range(1, settings.workers + 1)
    )
    return Prepared(address, loaded.rule_set.digest, commissions, holder)


async def build_gate(rule_set: RuleSet, callers: tuple[Caller, ...], settings: Settings, worker: int = 0) -> Gate:
    """A worker's parts. To be closed with `close_gate`."""
    store = open_store(settings.store)
    judge = Judge(rule_set)
    judge.plans.prepare(legal_day(utc_now()))
    opinions = SecondOpinions(judge, settings.second_opinion_share, settings.second_opinion_queue)
    opinions.start()
    return Gate(
        judge=judge,
        registry=Registry(store),
        writer=ReceiptWriter(store, now=utc_now, patience_seconds=settings.store_seconds),
        store=store,
        person_key=PersonKey.load(key_path(store, settings.person_key)),
        callers=Callers(callers),
        calls=Calls(
            settings.concurrent_calls, CallLog(settings.log_level, settings.log_format, worker=worker), utc_now
        ),
        opinions=opinions,
        packers=Packers(rule_set, lambda digest: _stored_rule_set(store, digest)),
        now=utc_now,
    )


async def close_gate(gate: Gate) -> None:
    """Write what waits, end the threads, close the store."""
    await asyncio.to_thread(gate.writer.close)
    await asyncio.to_thread(gate.opinions.close)
    gate.calls.log.flush()
    gate.store.close()


def utc_now() -> datetime:
    """The present instant: the one place where the service asks for it."""
    return datetime.now(UTC)


def _stored_rule_set(store: Store, digest: str) -> RuleSet:
    rule_set = load_rule_set(store, digest)
    if rule_set is None:
        raise StoreFault("存储中没有回执所依据的规则集", f"请查找 {digest}")
    return rule_set


def _prepare_store(settings: Settings, loaded: Loaded) -> None:
    with closing(open_store(settings.store)) as store:
        migrate(store)
        PersonKey.load(key_path(store, settings.person_key), create=True)
        save_rule_set(store, loaded.rule_set, loaded.files, utc_now())


def _require_readable(settings: Settings) -> None:
    for path in (settings.tls_certificate, settings.tls_key):
        if path is not None and not path.is_file():
            raise SetupFault(f"没有文件 {path}", "请核对 TLS 设置")


def _log_warnings(loaded: Loaded) -> None:
    for warning in loaded.warnings:
        _log.warning("rule library", fault=str(warning))


def _commission(
    number: int, address: Address, settings: Settings, callers: tuple[Caller, ...], rule_set: RuleSet
) -> bytes:
    return encode(
        Commission(
            worker=number,
            address=str(address),
            settings=settings.model_dump_json(),
            callers=callers,
            rule_set=msgspec.Raw(rule_set.canonical),
        )
    )

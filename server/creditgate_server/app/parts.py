"""What a worker is built of."""

from __future__ import annotations

from ..ledger.clock_watch import ClockWatch
from ..ledger.environment import here
from ..ledger.writer import ReceiptWriter
from ..present import steady_seconds, utc_now
from ..publication.rule_sets import require_rule_set
from ..publication.signers import Signers
from ..registry.identity import PersonKey, key_path
from ..registry.lookup import Registry
from ..service.callers import Caller, Callers
from ..service.calls import Calls
from ..service.gate import Gate
from ..service.in_force import RulesInForce
from ..service.library import Packers
from ..service.logs import CallLog
from ..service.second_opinion import SecondOpinions
from ..service.turns import Turns
from ..settings import Settings
from ..storage.database import open_store

_LAST_SECONDS = 1.0
"""For threads of calls that did not end in time."""


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
        packers=Packers(lambda digest: require_rule_set(store, digest)),
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

"""A worker's parts and its real server in this process, for what has to be held still while calls come."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import grpc

from creditgate_server.app.worker import build_gate, close_gate
from creditgate_server.publication.publisher import install
from creditgate_server.registry.identity import PersonKey, key_path
from creditgate_server.rulebook.load import read_directory
from creditgate_server.service.gate import Gate
from creditgate_server.service.health import Health
from creditgate_server.service.presence import Presence
from creditgate_server.service.readiness import Probe, Readiness
from creditgate_server.service.rule_sets import RuleSets
from creditgate_server.service.server import SERVICES, build_server, drain
from creditgate_server.settings import Settings
from creditgate_server.storage.database import open_store
from tests.difference.people import SMALL

from .running import fill_registry


@dataclass(frozen=True)
class Inside:
    """A worker that serves."""

    gate: Gate
    target: str

    def channel(self) -> grpc.Channel:
        """A new connection."""
        return grpc.insecure_channel(self.target, (("grpc.use_local_subchannel_pool", 1),))


@contextmanager
def inside(folder: Path, **given: object) -> Iterator[Inside]:
    """The small rule set on an own store, served on a port of its own."""
    settings = Settings.model_validate({"store": f"sqlite:///{folder}/gate.db", "log_level": "warning", **given})
    fill_registry(settings.store)
    with closing(open_store(settings.store)) as store:
        PersonKey.load(key_path(store, None), create=True)
        install(store, read_directory(SMALL), "test")
    with socket.create_server(("127.0.0.1", 0)) as free:
        target = f"127.0.0.1:{free.getsockname()[1]}"
    gate, signers = build_gate((), settings)
    try:
        health = Health(SERVICES)
        readiness = Readiness(Probe(gate.rules, gate.writer, settings.store_seconds), health)
        rule_sets = RuleSets(gate, signers, Presence(gate, target, 1), settings.prove_seconds)
        server = build_server(gate, rule_sets, health, settings, target)
        gate.rules.begin()
        readiness.check()
        server.start()
        yield Inside(gate, target)
        drain(server, gate.calls, readiness, settings.drain_seconds)
    finally:
        close_gate(gate)

"""The gRPC server of one worker: services, health, reflection, limits, drain."""

from __future__ import annotations

import asyncio
import contextlib

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection

from creditgate.v1 import (
    credit_check_pb2,
    credit_check_pb2_grpc,
    exemption_register_pb2,
    exemption_register_pb2_grpc,
    exemptions_pb2,
    exemptions_pb2_grpc,
    ledger_pb2,
    ledger_pb2_grpc,
    leniency_pb2,
    leniency_pb2_grpc,
    outcomes_pb2,
    outcomes_pb2_grpc,
    rule_sets_pb2,
    rule_sets_pb2_grpc,
    supervision_pb2,
    supervision_pb2_grpc,
)

from ..errors import SetupFault
from ..settings import Settings
from .calls import Calls
from .credit_check import CreditCheck
from .exemption_register import ExemptionRegister
from .exemptions import ExemptionLists
from .gate import Gate
from .ledger import Ledger
from .leniency import LeniencyAnswers
from .outcomes import Outcomes
from .readiness import Readiness
from .rule_sets import RuleSets
from .supervision import Supervision

SERVICES = (
    credit_check_pb2.DESCRIPTOR.services_by_name["CreditCheckService"].full_name,
    supervision_pb2.DESCRIPTOR.services_by_name["SupervisionService"].full_name,
    rule_sets_pb2.DESCRIPTOR.services_by_name["RuleSetService"].full_name,
    leniency_pb2.DESCRIPTOR.services_by_name["LeniencyService"].full_name,
    exemptions_pb2.DESCRIPTOR.services_by_name["ExemptionListService"].full_name,
    exemption_register_pb2.DESCRIPTOR.services_by_name["ExemptionRegisterService"].full_name,
    outcomes_pb2.DESCRIPTOR.services_by_name["OutcomeService"].full_name,
    ledger_pb2.DESCRIPTOR.services_by_name["LedgerService"].full_name,
)

_SETTLE_SECONDS = 0.2
"""A call that has arrived reaches its handler, and an answer its connection, within this time."""


def build_server(
    gate: Gate, rule_sets: RuleSets, readiness: Readiness, settings: Settings, address: str
) -> grpc.aio.Server:
    """A server that is not yet started. Raises SetupFault where it can't listen on the address."""
    server = grpc.aio.server(
        options=(
            ("grpc.so_reuseport", 1),
            ("grpc.max_receive_message_length", settings.receive_bytes),
            ("grpc.max_metadata_size", 16 * 1024),
            ("grpc.http2.min_ping_interval_without_data_ms", 30_000),
            ("grpc.keepalive_permit_without_calls", 1),
        ),
    )
    credit_check_pb2_grpc.add_CreditCheckServiceServicer_to_server(
        CreditCheck(gate, settings.concurrent_batches), server
    )
    supervision_pb2_grpc.add_SupervisionServiceServicer_to_server(Supervision(gate), server)
    leniency_pb2_grpc.add_LeniencyServiceServicer_to_server(LeniencyAnswers(gate, settings.concurrent_batches), server)
    exemptions_pb2_grpc.add_ExemptionListServiceServicer_to_server(ExemptionLists(gate), server)
    exemption_register_pb2_grpc.add_ExemptionRegisterServiceServicer_to_server(ExemptionRegister(gate), server)
    outcomes_pb2_grpc.add_OutcomeServiceServicer_to_server(Outcomes(gate), server)
    ledger_pb2_grpc.add_LedgerServiceServicer_to_server(Ledger(gate), server)
    rule_sets_pb2_grpc.add_RuleSetServiceServicer_to_server(rule_sets, server)
    health_pb2_grpc.add_HealthServicer_to_server(readiness.servicer, server)
    health_name = health_pb2.DESCRIPTOR.services_by_name["Health"].full_name
    reflection.enable_server_reflection((*SERVICES, health_name, reflection.SERVICE_NAME), server)
    _listen(server, settings, address)
    return server


async def drain(server: grpc.aio.Server, calls: Calls, readiness: Readiness, seconds: float) -> None:
    """End the calls that came before, refuse those that come after, then stop. Running ones have so many seconds.

    gRPC's own stop drops calls that have arrived and have no handler yet, and waits for watchers of the health service,
    who never end: so it comes last, when nothing of ours is running.
    """
    await readiness.leave()
    await asyncio.sleep(min(_SETTLE_SECONDS, seconds))
    calls.refuse()
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(calls.idle(), seconds)
    await server.stop(_SETTLE_SECONDS)


def _listen(server: grpc.aio.Server, settings: Settings, address: str) -> None:
    try:
        if settings.tls_certificate is not None and settings.tls_key is not None:
            pair = (settings.tls_key.read_bytes(), settings.tls_certificate.read_bytes())
            port = server.add_secure_port(address, grpc.ssl_server_credentials([pair]))
        else:
            port = server.add_insecure_port(address)
    except (OSError, RuntimeError) as fault:
        raise SetupFault(f"不能监听 {address}: {fault}", "请核对 --listen 与 TLS 文件") from fault
    if not port:
        raise SetupFault(f"不能监听 {address}", "请核对 --listen 与 TLS 文件")

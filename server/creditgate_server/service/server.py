"""The gRPC server of one worker: services, health, reflection, limits, drain."""

from __future__ import annotations

import time
from typing import Any

import grpc
from grpc_health.v1 import health_pb2
from grpc_reflection.v1alpha import reflection, reflection_pb2

from ..errors import SetupFault
from ..settings import Settings
from .batches import BatchLimit
from .calls import Calls, Servicer
from .catalogue import CatalogueShown
from .credit_check import CreditCheck
from .exemption_register import ExemptionRegister
from .exemptions import ExemptionLists
from .gate import Gate
from .health import Health
from .ledger import Ledger
from .leniency import LeniencyAnswers
from .outcomes import Outcomes
from .pools import refusal
from .readiness import Readiness
from .receipt_book import ReceiptBook
from .rule_sets import RuleSets
from .status import abort
from .supervision import Supervision

SERVICES = tuple(
    servicer.SERVICE.full_name
    for servicer in (
        CreditCheck,
        Supervision,
        ReceiptBook,
        CatalogueShown,
        RuleSets,
        LeniencyAnswers,
        ExemptionLists,
        ExemptionRegister,
        Outcomes,
        Ledger,
    )
)
"""Of the contract, as health and reflection name them."""

_SETTLE_SECONDS = 0.2
"""A call that has arrived reaches its handler, and an answer its connection, within this time."""


def build_server(gate: Gate, rule_sets: RuleSets, health: Health, settings: Settings, address: str) -> grpc.Server:
    """A server that is not yet started. Raises SetupFault where it can't listen on the address."""
    calls = gate.calls
    server = grpc.server(
        calls.pool,
        options=(
            ("grpc.so_reuseport", 1),
            ("grpc.max_receive_message_length", settings.receive_bytes),
            ("grpc.max_metadata_size", 16 * 1024),
            ("grpc.http2.min_ping_interval_without_data_ms", 30_000),
            ("grpc.keepalive_permit_without_calls", 1),
        ),
    )
    batches = BatchLimit(settings.concurrent_batches)
    servicers: tuple[Servicer, ...] = (
        CreditCheck(gate, batches),
        Supervision(gate, batches),
        ReceiptBook(gate),
        CatalogueShown(gate),
        LeniencyAnswers(gate, batches),
        ExemptionLists(gate),
        ExemptionRegister(gate),
        Outcomes(gate),
        Ledger(gate),
        rule_sets,
    )
    for servicer in servicers:
        _add(server, servicer.SERVICE.full_name, calls.handlers(servicer))
    health_name = health_pb2.DESCRIPTOR.services_by_name["Health"].full_name
    _add(server, health_name, health.handlers())
    names = (*SERVICES, health_name, reflection.SERVICE_NAME)
    _add(server, reflection.SERVICE_NAME, {"ServerReflectionInfo": _reflecting(names, calls)})
    _listen(server, settings, address)
    return server


def drain(server: grpc.Server, calls: Calls, readiness: Readiness, seconds: float) -> None:
    """End the calls that came before, refuse those that come after, then stop. Running ones have so many seconds.

    gRPC's own stop drops calls that have arrived and have no handler yet, and waits for watchers of the health service,
    who never end: so it comes last, when nothing of ours is running.
    """
    readiness.leave()
    time.sleep(min(_SETTLE_SECONDS, seconds))
    calls.refuse()
    calls.await_idle(seconds)
    server.stop(_SETTLE_SECONDS).wait()


def _add(server: grpc.Server, name: str, handlers: dict[str, grpc.RpcMethodHandler[Any, Any]]) -> None:
    server.add_registered_method_handlers(name, handlers)


def _reflecting(names: tuple[str, ...], calls: Calls) -> grpc.RpcMethodHandler[Any, Any]:
    """Reflection, in the threads of streams and within their limit."""
    servicer = reflection.ReflectionServicer(names)

    def reflect(requests: Any, context: grpc.ServicerContext) -> Any:  # noqa: ANN401 - the library's
        refused = refusal()
        if refused is not None:
            abort(context, refused)
        return servicer.ServerReflectionInfo(requests, context)

    return grpc.stream_stream_rpc_method_handler(
        calls.streams.take(reflect),
        reflection_pb2.ServerReflectionRequest.FromString,
        reflection_pb2.ServerReflectionResponse.SerializeToString,
    )


def _listen(server: grpc.Server, settings: Settings, address: str) -> None:
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

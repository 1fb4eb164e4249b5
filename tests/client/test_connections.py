"""Where a client can be made and used, and what it says where the connection itself is at fault."""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import grpc
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

import creditgate
from creditgate import AsyncClient, Client
from creditgate.v1 import credit_check_pb2_grpc

from .services import Service, an_answer
from .test_calls import ASK, ask_in_a_loop, ask_plainly

TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


@pytest.fixture(params=[ask_plainly, ask_in_a_loop], ids=["sync", "asyncio"])
def ask(request):
    return request.param


# -- loops ------------------------------------------------------------------------------------------------------------


def test_a_client_made_outside_a_loop_serves_one_loop_after_another(service, target):
    gate = AsyncClient(target, timeout=60.0)
    for _ in range(3):
        assert asyncio.run(gate.check(**ASK)).receipt.receipt_id == "r-1"
    assert len(service.asked) == 3
    asyncio.run(gate.close())
    with pytest.raises(creditgate.ClientClosed):
        asyncio.run(gate.check(**ASK))


def test_loops_of_several_threads_share_a_client(service, target):
    gate = AsyncClient(target, timeout=60.0)
    together = threading.Barrier(3)

    async def ask():
        await gate.check(**ASK)
        await asyncio.to_thread(together.wait, 60)  # each loop still runs while the others call
        return (await gate.check(**ASK)).receipt.receipt_id

    with ThreadPoolExecutor(3) as threads:
        assert list(threads.map(lambda _: asyncio.run(ask()), range(3))) == ["r-1"] * 3
    asyncio.run(gate.close())


def test_closing_ends_the_calls_of_every_loop(service, target):
    gate, asked, free = AsyncClient(target, timeout=60.0), threading.Event(), threading.Event()

    def held(request):
        asked.set()
        assert free.wait(60)
        return an_answer()

    service.answer = held
    with ThreadPoolExecutor(1) as thread:
        other = thread.submit(lambda: asyncio.run(gate.check(**ASK)))
        assert asked.wait(60)
        asyncio.run(gate.close())
        with pytest.raises(creditgate.ClientClosed):
            other.result(60)
        free.set()


def test_a_call_that_is_cancelled_is_cancelled(service, target):
    asked, free = threading.Event(), threading.Event()

    def held(request):
        asked.set()
        assert free.wait(60)
        return an_answer()

    async def cancel():
        async with AsyncClient(target, timeout=60.0) as gate:
            task = asyncio.create_task(gate.check(**ASK))
            await asyncio.to_thread(asked.wait, 60)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task

    service.answer = held
    asyncio.run(cancel())
    free.set()


# -- closed -----------------------------------------------------------------------------------------------------------


def test_a_closed_client_says_so(target):
    gate = Client(target)
    gate.check(**ASK)
    gate.close()
    gate.close()
    for call in (lambda: gate.check(**ASK), lambda: gate.receipt("r"), lambda: next(gate.watch("o"))):
        with pytest.raises(creditgate.ClientClosed):
            call()


def test_a_call_during_which_the_client_is_closed_says_so(service, target):
    asked, free = threading.Event(), threading.Event()

    def held(request):
        asked.set()
        assert free.wait(60)
        return an_answer()

    service.answer = held
    gate = Client(target, timeout=60.0)
    with ThreadPoolExecutor(1) as thread:
        other = thread.submit(lambda: gate.check(**ASK))
        assert asked.wait(60)
        gate.close()
        with pytest.raises(creditgate.ClientClosed):
            other.result(60)
        free.set()


# -- addresses --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "target",
    ["", " ", "a b:1\n", "http://127.0.0.1:50051", "https://gate.example", "grpc://gate.example:1", "gate:70000", None],
)
def test_what_is_no_address_is_refused_before_a_call(ask, target):
    with pytest.raises(creditgate.InvalidTarget) as caught:
        ask(target, "check", **ASK)
    assert caught.value.field == "target" and "HOST:PORT" in caught.value.hint


@pytest.mark.parametrize("target", ["gate:1", "[::1]:50051", "dns:///gate:1", "unix:/tmp/gate", "ipv4:127.0.0.1:1"])
def test_other_ways_to_write_an_address_stay(target):
    Client(target).close()
    AsyncClient(target)


def test_a_host_that_nobody_knows_is_told_from_a_service_that_is_away(ask, nowhere):
    with pytest.raises(creditgate.UnknownHost):
        ask("no-such-host.invalid:50051", "check", client={"retries": 1}, **ASK)
    with pytest.raises(creditgate.Unavailable) as caught:
        ask(nowhere, "check", client={"retries": 1}, **ASK)
    assert type(caught.value) is creditgate.Unavailable


# -- TLS --------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def certificate():
    """A key and its own certificate for localhost, PEM each."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return private, signed.public_bytes(Encoding.PEM)


@pytest.fixture(scope="module")
def secure(certificate):
    """The port of a service that speaks TLS alone."""
    server = grpc.server(ThreadPoolExecutor(2))
    credit_check_pb2_grpc.add_CreditCheckServiceServicer_to_server(Service(), server)
    port = server.add_secure_port("127.0.0.1:0", grpc.ssl_server_credentials([certificate]))
    server.start()
    yield port
    server.stop(None).wait()


def tls_fault(ask, target, **client):
    """The fault's reason; it is told at once, not when the time is over."""
    with pytest.raises(creditgate.TlsFault) as caught:
        ask(target, "check", client={"timeout": 60.0, "retries": 1_000} | client, **ASK)
    assert caught.value.message and caught.value.hint
    assert isinstance(caught.value, creditgate.NoService)
    return caught.value.reason


def test_with_the_right_certificate_tls_works(ask, secure, certificate):
    answer = ask(f"localhost:{secure}", "check", client={"root_certificates": certificate[1], "timeout": 60.0}, **ASK)
    assert answer.receipt.receipt_id == "r-1"


def test_plain_text_to_a_tls_service_is_told(ask, secure):
    assert tls_fault(ask, f"127.0.0.1:{secure}") == "TLS_NEEDED"


def test_tls_to_a_plain_service_is_told(ask, target):
    assert tls_fault(ask, target, tls=True) == "NO_TLS_THERE"


def test_a_certificate_that_does_not_fit_is_told(ask, secure, certificate):
    assert tls_fault(ask, f"localhost:{secure}", tls=True) == "BAD_CERTIFICATE"
    assert tls_fault(ask, f"127.0.0.1:{secure}", root_certificates=certificate[1]) == "BAD_CERTIFICATE"
    assert tls_fault(ask, f"localhost:{secure}", root_certificates=b"no PEM") == "BAD_ROOT_CERTIFICATES"


# -- traces -----------------------------------------------------------------------------------------------------------


def test_a_trace_reaches_the_service_with_the_key(ask, service, target):
    ask(target, "check", client={"key": "secret"}, traceparent=TRACE, **ASK)
    ask(target, "level", organ="o", subject="x", traceparent=TRACE)
    ask(target, "receipt", "r-1")
    assert [one.get("traceparent") for one in service.metadata] == [TRACE, TRACE, None]
    assert service.metadata[0]["authorization"] == "Bearer secret"


@pytest.mark.parametrize("text", ["", "1", TRACE.upper(), TRACE + "\n", "\ud800", 7])
def test_what_is_no_trace_is_refused(ask, service, target, text):
    with pytest.raises(creditgate.InvalidQuestion) as caught:
        ask(target, "check", traceparent=text, **ASK)
    assert caught.value.field == "traceparent"
    assert service.asked == []

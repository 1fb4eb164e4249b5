"""Two services on one PostgreSQL: answers, receipts, and one activation for both."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import grpc
import pytest

from creditgate.v1 import rule_sets_pb2, rule_sets_pb2_grpc
from creditgate_server.publication.publisher import Publisher
from creditgate_server.registry.identity import PersonKey
from creditgate_server.rulebook.load import read_directory
from creditgate_server.storage.database import migrate, open_store

from ..postgres import new_database
from ..shared import lay_proof
from .rule_books import REGISTER, REVIEWER, publish, variant, write_register
from .running import Service, checks, fill_registry, question, serving


@pytest.fixture(scope="module")
def postgres_url(postgres_server: int) -> str:
    """A database for all tests of the file."""
    return new_database(postgres_server)


@pytest.fixture(scope="module")
def published(postgres_url: str, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Digests of two approved variants, the first in force."""
    folder = tmp_path_factory.mktemp("variants")
    store = open_store(postgres_url)
    migrate(store)
    lay_proof(postgres_url)
    digests = {mark: publish(store, read_directory(variant(folder, mark))) for mark in "甲乙"}
    Publisher(store, REGISTER).activate(digests["甲"], REVIEWER)
    store.close()
    fill_registry(postgres_url)
    return digests


@pytest.fixture(scope="module")
def services(
    postgres_url: str, published: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Service, Service]]:
    machines = tmp_path_factory.mktemp("machines")
    register = write_register(machines / "signers.yaml")
    key = machines / "person.key"
    PersonKey.load(key, create=True)
    options = ("--signers", str(register), "--store", postgres_url, "--person-key", str(key))
    with ExitStack() as stack:
        found = []
        for name in ("one", "two"):
            folder = machines / name
            folder.mkdir()
            found.append(stack.enter_context(serving(folder, *options)))
        yield found[0], found[1]


def ask(service: Service, **changes: object) -> tuple[str, int]:
    with service.channel() as channel:
        answer = checks(channel).Check(question(**changes), wait_for_ready=True).answer
        assert answer.receipt.receipt_id
        return answer.rule_set, answer.activation


def test_an_activation_reaches_both_services(
    postgres_url: str, published: dict[str, str], services: tuple[Service, Service]
) -> None:
    assert {ask(service)[0] for service in services} == {published["甲"]}
    store = open_store(postgres_url)
    number = Publisher(store, REGISTER).activate(published["乙"], REVIEWER).act.number
    assert {ask(service, at_least_activation=number) for service in services} == {(published["乙"], number)}
    back = Publisher(store, REGISTER).roll_back(REVIEWER).act.number
    assert {ask(service, at_least_activation=back) for service in services} == {(published["甲"], back)}
    store.close()


def test_a_receipt_of_one_service_is_found_by_the_other(services: tuple[Service, Service]) -> None:
    first, second = services
    with first.channel() as channel:
        answer = checks(channel).Check(question(request_id="shared")).answer
    with second.channel() as channel:
        again = checks(channel).Check(question(request_id="shared")).answer
        with pytest.raises(grpc.RpcError) as caught:
            checks(channel).Check(question(request_id="shared", case_number="虚构-另一件"))
    assert again.receipt.receipt_id == answer.receipt.receipt_id
    assert caught.value.code() is grpc.StatusCode.ALREADY_EXISTS


def test_the_status_of_one_service_shows_the_workers_of_both(services: tuple[Service, Service]) -> None:
    targets = {service.target for service in services}
    with services[0].channel() as channel:
        stub = rule_sets_pb2_grpc.RuleSetServiceStub(channel)
        status = stub.GetStatus(rule_sets_pb2.GetStatusRequest())
    assert {worker.address for worker in status.workers} == targets

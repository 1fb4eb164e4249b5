"""RuleSetService and what an activation changes, over gRPC with a real service."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import grpc
import pytest
from grpc_health.v1 import health_pb2

from creditgate.v1 import common_pb2, rule_sets_pb2, rule_sets_pb2_grpc
from creditgate_server.clock import rfc3339
from creditgate_server.publication.acts import Act, ActKind
from creditgate_server.publication.proofs import prove_once
from creditgate_server.publication.publisher import Publisher
from creditgate_server.publication.rule_sets import digests
from creditgate_server.publication.signers import SigningKey
from creditgate_server.rulebook.load import read_directory
from creditgate_server.storage.database import migrate, open_store
from tests.publication.people import propose

from ..shared import library
from .errors import detail
from .rule_books import AUTHOR, REGISTER, REVIEWER, publish, published, variant, write_register
from .running import (
    BREACHER,
    Service,
    checks,
    fill_registry,
    level_question,
    question,
    serving,
    start,
    supervision,
)


@dataclass(frozen=True)
class Running:
    """A service whose rule sets are signed."""

    service: Service
    folder: Path
    digests: dict[str, str]

    def publisher(self) -> Publisher:
        return Publisher(open_store(self.service.store), REGISTER)


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """One for all: a test takes marks of its own for what it proposes."""
    folder = tmp_path_factory.mktemp("rule-sets")
    digests = published(folder, "甲", "乙")
    fill_registry(f"sqlite:///{folder}/gate.db")
    register = write_register(folder / "signers.yaml")
    with serving(folder, "--signers", str(register), "--workers", "2") as service:
        yield Running(service, folder, digests)


@pytest.fixture
def running(started: Running) -> Running:
    """The service, with the first rule set in force whatever the test before has left."""
    first = started.digests["甲"]
    with started.service.channel() as channel:
        if ask(channel)[0] != first:
            number = started.publisher().activate(first, REVIEWER).act.number
            assert ask(channel, at_least_activation=number) == (first, number)
    return started


@pytest.fixture
def channel(running: Running) -> Iterator[grpc.Channel]:
    with running.service.channel() as channel:
        yield channel


def rule_sets(channel: grpc.Channel) -> rule_sets_pb2_grpc.RuleSetServiceStub:
    return rule_sets_pb2_grpc.RuleSetServiceStub(channel)


def signed(channel: grpc.Channel, kind: ActKind, digest: str, by: str, key: SigningKey) -> rule_sets_pb2.SignedAct:
    """An act as a client of any language makes it: over the number and hash that the status gives."""
    status = rule_sets(channel).GetStatus(rule_sets_pb2.GetStatusRequest())
    act = Act(
        number=status.last_number + 1,
        previous=status.last_hash,
        kind=kind,
        digest=digest,
        by=by,
        at=status.now,
    )
    return rule_sets_pb2.SignedAct(act=act.canonical(), signature=key.sign(act))


def ask(channel: grpc.Channel, **changes: object) -> tuple[str, int]:
    """The rule set and the activation of an answer."""
    answer = checks(channel).Check(question(**changes)).answer
    return answer.rule_set, answer.activation


def refusal(call: object, request: object) -> grpc.RpcError:
    with pytest.raises(grpc.RpcError) as caught:
        call(request)
    return caught.value


def test_an_activation_over_grpc_changes_the_next_answers(running: Running, channel: grpc.Channel):
    before = ask(channel)
    assert before[0] == running.digests["甲"]
    activated = rule_sets(channel).Activate(
        rule_sets_pb2.ActivateRequest(
            act=signed(channel, ActKind.ACTIVATED, running.digests["乙"], "reviewer", REVIEWER)
        )
    )
    number = activated.act.number
    assert ask(channel, at_least_activation=number) == (running.digests["乙"], number)
    back = rule_sets(channel).RollBack(
        rule_sets_pb2.RollBackRequest(act=signed(channel, ActKind.ROLLED_BACK, running.digests["甲"], "author", AUTHOR))
    )
    assert ask(channel, at_least_activation=back.act.number) == (running.digests["甲"], back.act.number)


def test_a_proposal_over_grpc_is_checked_proved_and_needs_a_second_person(running: Running, channel: grpc.Channel):
    loaded = read_directory(variant(running.folder, "丙"))
    digest = loaded.rule_set.digest
    act = signed(channel, ActKind.PROPOSED, digest, "author", AUTHOR)
    proposed = rule_sets(channel).Propose(rule_sets_pb2.ProposeRequest(act=act, files=loaded.files))
    assert (proposed.act.kind, proposed.act.by) == ("proposed", "author")
    with closing(open_store(running.service.store)) as store:
        assert prove_once(store, loaded.rule_set, datetime.now(UTC), seconds=0.001).kept
    own = signed(channel, ActKind.APPROVED, digest, "author", AUTHOR)
    fault = refusal(rule_sets(channel).Approve, rule_sets_pb2.ApproveRequest(act=own))
    assert fault.code() is grpc.StatusCode.PERMISSION_DENIED
    assert "不能由本人审核" in fault.details()
    other = signed(channel, ActKind.APPROVED, digest, "reviewer", REVIEWER)
    assert rule_sets(channel).Approve(rule_sets_pb2.ApproveRequest(act=other)).act.rule_set == digest
    exported = rule_sets(channel).Export(rule_sets_pb2.ExportRequest(rule_set=digest))
    assert dict(exported.files) == loaded.files
    assert exported.canonical_json == loaded.rule_set.canonical
    assert exported.state == rule_sets_pb2.RULE_SET_STATE_APPROVED


def test_broken_files_and_files_of_another_set_are_refused_and_nothing_is_kept(running: Running, channel: grpc.Channel):
    loaded = read_directory(variant(running.folder, "丁"))
    files = dict(loaded.files)
    act = signed(channel, ActKind.PROPOSED, running.digests["甲"], "author", AUTHOR)
    fault = refusal(rule_sets(channel).Propose, rule_sets_pb2.ProposeRequest(act=act, files=files))
    assert fault.code() is grpc.StatusCode.INVALID_ARGUMENT
    files["books/level.yaml"] = files["books/level.yaml"].replace(b"basis:", b"bassis:", 1)
    fault = refusal(rule_sets(channel).Propose, rule_sets_pb2.ProposeRequest(act=act, files=files))
    assert fault.code() is grpc.StatusCode.FAILED_PRECONDITION
    assert "books/level.yaml:5:120: 没有字段 bassis" in fault.details()
    acts = rule_sets(channel).GetHistory(rule_sets_pb2.GetHistoryRequest()).acts
    assert loaded.rule_set.digest not in {act.rule_set for act in acts}


def test_a_proposal_with_the_signature_of_another_is_not_kept(running: Running, channel: grpc.Channel):
    loaded = read_directory(variant(running.folder, "己"))
    act = signed(channel, ActKind.PROPOSED, loaded.rule_set.digest, "author", REVIEWER)
    fault = refusal(rule_sets(channel).Propose, rule_sets_pb2.ProposeRequest(act=act, files=loaded.files))
    assert fault.code() is grpc.StatusCode.PERMISSION_DENIED
    with closing(open_store(running.service.store)) as store:
        assert loaded.rule_set.digest not in digests(store)


def test_an_act_for_another_step_or_not_canonical_is_refused(running: Running, channel: grpc.Channel):
    act = signed(channel, ActKind.ACTIVATED, running.digests["乙"], "reviewer", REVIEWER)
    fault = refusal(rule_sets(channel).Approve, rule_sets_pb2.ApproveRequest(act=act))
    assert (fault.code(), detail(fault).reason) == (grpc.StatusCode.INVALID_ARGUMENT, "INVALID_QUESTION")
    spaced = rule_sets_pb2.SignedAct(act=act.act.replace(b":", b": "), signature=act.signature)
    assert refusal(rule_sets(channel).Activate, rule_sets_pb2.ActivateRequest(act=spaced)).code() is (
        grpc.StatusCode.INVALID_ARGUMENT
    )


def test_a_pinned_rule_set_is_the_one_in_force_or_the_question_is_refused(running: Running, channel: grpc.Channel):
    assert ask(channel, rule_set=running.digests["甲"])[0] == running.digests["甲"]
    fault = refusal(checks(channel).Check, question(rule_set=running.digests["乙"]))
    assert (fault.code(), detail(fault).reason) == (grpc.StatusCode.FAILED_PRECONDITION, "RULE_SET_CHANGED")
    assert running.digests["甲"] in fault.details()
    level = level_question(BREACHER, pin=common_pb2.Pin(rule_set=running.digests["乙"]))
    assert refusal(supervision(channel).AssessLevel, level).code() is grpc.StatusCode.FAILED_PRECONDITION


def test_an_activation_that_is_far_off_is_not_waited_for(running: Running, channel: grpc.Channel):
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    number = running.publisher().activate(running.digests["乙"], REVIEWER, at=tomorrow).act.number
    for wanted in (number, number + 10):
        fault = refusal(checks(channel).Check, question(at_least_activation=wanted))
        assert fault.code() is grpc.StatusCode.UNAVAILABLE
    status = rule_sets(channel).GetStatus(rule_sets_pb2.GetStatusRequest())
    assert [(act.number, act.effective_at) for act in status.scheduled] == [(number, rfc3339(tomorrow))]


def test_the_status_names_every_worker_and_the_history_every_act(running: Running, channel: grpc.Channel):
    before = running.publisher().activate(running.digests["乙"], REVIEWER).act.number
    ask(channel, at_least_activation=before)
    number = running.publisher().activate(running.digests["甲"], REVIEWER).act.number
    ask(channel, at_least_activation=number)
    status = rule_sets(channel).GetStatus(rule_sets_pb2.GetStatusRequest())
    assert (status.active.number, status.active.rule_set) == (number, running.digests["甲"])
    assert len(status.workers) == 2
    assert {worker.address for worker in status.workers} == {running.service.target}
    assert status.answered_by.id in {worker.id for worker in status.workers}
    acts = rule_sets(channel).GetHistory(rule_sets_pb2.GetHistoryRequest(limit=2)).acts
    assert [(act.number, act.kind) for act in acts] == [(number, "activated"), (before, "activated")]
    assert before == number - 1
    earlier = rule_sets(channel).GetHistory(rule_sets_pb2.GetHistoryRequest(before=2)).acts
    assert [(act.number, act.kind, act.by) for act in earlier] == [(1, "proposed", "author")]


def test_a_worker_that_cannot_have_the_set_in_force_is_not_ready(running: Running, channel: grpc.Channel):
    loaded = read_directory(variant(running.folder, "戊"))
    publisher = running.publisher()
    propose(publisher, loaded, AUTHOR)
    publisher.approve(loaded.rule_set.digest, REVIEWER)
    store = open_store(running.service.store)
    with store.engine.begin() as connection:  # its content is lost
        connection.exec_driver_sql("UPDATE rule_set SET canonical = '{}' WHERE digest = ?", (loaded.rule_set.digest,))
    publisher.activate(loaded.rule_set.digest, REVIEWER)
    running.service.await_health(health_pb2.HealthCheckResponse.NOT_SERVING)
    fault = refusal(checks(channel).Check, question())
    assert (fault.code(), detail(fault).reason) == (grpc.StatusCode.UNAVAILABLE, "NOT_READY")
    assert "现行规则集在这台机器上不能使用" in fault.details()
    number = publisher.roll_back(REVIEWER).act.number
    assert ask(channel, at_least_activation=number) == (running.digests["甲"], number)
    running.service.await_health(health_pb2.HealthCheckResponse.SERVING)


def test_receipts_name_the_activation_and_its_instant(running: Running, channel: grpc.Channel):
    answer = checks(channel).Check(question(request_id="once")).answer
    number = running.publisher().activate(running.digests["乙"], REVIEWER).act.number
    ask(channel, at_least_activation=number)
    again = checks(channel).Check(question(request_id="once")).answer
    assert (again.receipt.receipt_id, again.activation, again.decided_at) == (
        answer.receipt.receipt_id,
        answer.activation,
        answer.decided_at,
    )
    assert again.rule_set == running.digests["甲"]


def test_signed_rule_sets_need_a_first_activation_before_the_service_starts(tmp_path: Path):
    register = write_register(tmp_path / "signers.yaml")
    service = start(tmp_path, "--signers", str(register))
    assert service.process.wait(60) == 1
    assert "还没有启用任何规则集" in service.log.read_text("utf-8")
    assert service.process.stdout is not None
    service.process.stdout.close()


def test_a_service_waits_for_its_first_activation_where_it_is_about_to_take_effect(tmp_path: Path):
    register = write_register(tmp_path / "signers.yaml")
    with closing(open_store(f"sqlite:///{tmp_path}/gate.db")) as store:
        migrate(store)
        digest = publish(store, library())
        first = datetime.now(UTC) + timedelta(seconds=10)
        number = Publisher(store, REGISTER).activate(digest, REVIEWER, at=first).act.number
    fill_registry(f"sqlite:///{tmp_path}/gate.db")
    with serving(tmp_path, "--signers", str(register)) as service, service.channel() as channel:
        assert datetime.now(UTC) >= first
        assert ask(channel)[1] == number


def test_a_service_does_not_wait_for_a_first_activation_that_is_far_off(tmp_path: Path):
    register = write_register(tmp_path / "signers.yaml")
    first = datetime.now(UTC) + timedelta(hours=1)
    with closing(open_store(f"sqlite:///{tmp_path}/gate.db")) as store:
        migrate(store)
        Publisher(store, REGISTER).activate(publish(store, library()), REVIEWER, at=first)
    service = start(tmp_path, "--signers", str(register))
    assert service.process.wait(60) == 1
    assert f"第一个规则集到 {rfc3339(first)} 才生效" in service.log.read_text("utf-8")
    assert service.process.stdout is not None
    service.process.stdout.close()

"""Rule sets through both clients: proposed, approved, put into force and back, by persons who sign."""

from __future__ import annotations

import hashlib

import pytest

import creditgate
from creditgate import ActKind, Client, RuleSetState
from creditgate_server.publication.acts import decode_act
from creditgate_server.rulebook.load import read_directory

from ..service.rule_books import AUTHOR, REVIEWER, published, variant, write_register
from ..service.running import BREACHER, ORGAN, fill_registry, serving
from .test_calls import ask_in_a_loop, ask_plainly

PERSONS = {"author": AUTHOR, "reviewer": REVIEWER}


@pytest.fixture(params=[ask_plainly, ask_in_a_loop], ids=["sync", "asyncio"])
def ask(request):
    return request.param


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    """A service whose rule sets are signed, and the digests of two that were approved; the first one serves."""
    folder = tmp_path_factory.mktemp("rule-sets")
    digests = published(folder, "甲", "乙")
    fill_registry(f"sqlite:///{folder}/gate.db")
    with serving(folder, "--signers", str(write_register(folder / "signers.yaml"))) as service:
        yield service.target, digests, folder


def signed(target, kind, digest, by, **words):
    """The next act, signed by a person."""
    with Client(target, timeout=60.0) as gate:
        status = gate.rule_set_status()
    return status.sign(kind, digest, by=by, signed=lambda act: PERSONS[by].sign(decode_act(act)), **words)


def await_activation(target, number):
    """Ask what waits until it is in force."""
    with Client(target, timeout=60.0, retries=100) as gate:
        gate.level(organ=ORGAN, subject=BREACHER, at_least_activation=number)


def test_an_activation_and_a_rollback(ask, running):
    target, digests, _ = running
    act = signed(target, ActKind.ACTIVATED, digests["乙"], "reviewer", note="试运行")
    done = ask(target, "activate_rule_set", act, timeout=60.0)
    assert (done.kind, done.rule_set, done.by, done.note) == ("activated", digests["乙"], "reviewer", "试运行")
    assert done.effective_at > done.at and done.hash == hashlib.sha256(act.act).hexdigest()
    await_activation(target, done.number)
    back = signed(target, ActKind.ROLLED_BACK, digests["甲"], "author")
    done = ask(target, "roll_back_rule_set", back, timeout=60.0)
    await_activation(target, done.number)
    assert ask(target, "rule_set_history", limit=1) == (done,)
    assert ask(target, "rule_set_history", before=done.number)[0].number == done.number - 1
    status = ask(target, "rule_set_status")
    assert (status.last_number, status.last_hash) == (done.number, done.hash)
    assert status.active is not None and len(status.workers) >= 1 and status.answered_by.rule_set


def test_an_act_is_never_recorded_twice(ask, running):
    target, digests, _ = running
    act = signed(target, ActKind.ACTIVATED, digests["乙"], "reviewer")
    number = ask(target, "activate_rule_set", act, timeout=60.0).number
    with pytest.raises(creditgate.WrongState):
        ask(target, "activate_rule_set", act, timeout=60.0)
    await_activation(target, number)
    back = signed(target, ActKind.ROLLED_BACK, digests["甲"], "reviewer")
    assert ask(target, "roll_back_rule_set", back, timeout=60.0).number == number + 1
    await_activation(target, number + 1)


def test_a_proposal_needs_a_second_person_and_can_be_retired(ask, running):
    target, _, folder = running
    mark = ask.__name__
    loaded = read_directory(variant(folder, mark))
    digest = loaded.rule_set.digest
    report = "改了标题".encode()
    act = signed(target, ActKind.PROPOSED, digest, "author", report=report)
    done = ask(target, "propose_rule_set", act, loaded.files, report=report)
    assert (done.kind, done.has_report) == ("proposed", True)
    with pytest.raises(creditgate.NotYours):
        ask(target, "approve_rule_set", signed(target, ActKind.APPROVED, digest, "author"), timeout=60.0)
    approved = signed(target, ActKind.APPROVED, digest, "reviewer")
    assert ask(target, "approve_rule_set", approved, timeout=60.0).by == "reviewer"
    exported = ask(target, "export_rule_set", digest, timeout=60.0)
    assert exported.state is RuleSetState.APPROVED and exported.files == dict(loaded.files)
    assert "sha256:" + hashlib.sha256(exported.canonical_json).hexdigest() == digest
    retired = signed(target, ActKind.RETIRED, digest, "reviewer")
    assert ask(target, "retire_rule_set", retired, timeout=60.0).kind == "retired"
    assert ask(target, "export_rule_set", digest, timeout=60.0).state is RuleSetState.RETIRED


def test_what_is_not_there_and_what_is_not_signed_for_it(ask, running):
    target, digests, _ = running
    with pytest.raises(creditgate.UnknownThing):
        ask(target, "export_rule_set", "sha256:" + "0" * 64)
    wrong = signed(target, ActKind.RETIRED, digests["甲"], "reviewer")
    with pytest.raises(creditgate.InvalidQuestion) as caught:
        ask(target, "approve_rule_set", wrong, timeout=60.0)
    assert caught.value.field == "act.act"

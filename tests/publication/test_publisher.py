"""Acting on rule sets, on SQLite and PostgreSQL: who may, in which order, and what an alteration of the store shows."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone

import msgspec
import pytest
from sqlalchemy import insert, text

from creditgate_server.canonical import canonical_json
from creditgate_server.clock import rfc3339
from creditgate_server.errors import (
    Fault,
    InvalidQuestion,
    NotAllowed,
    RuleSetFault,
    SetupFault,
    StoreFault,
    UnknownThing,
    WrongState,
)
from creditgate_server.publication.acts import NO_HASH, Act, ActKind, StoredAct
from creditgate_server.publication.history import look, refused, report, report_of, require_lawful
from creditgate_server.publication.publisher import LEAD, Publisher, install, refuse
from creditgate_server.publication.rule_sets import digests, full_digest, load_files, load_rule_set
from creditgate_server.publication.signers import Signer, Signers, SigningKey
from creditgate_server.publication.tables import RuleSetRow
from creditgate_server.publication.timeline import RuleSetState, state_of, timeline
from creditgate_server.rulebook.bundle import RuleSet
from creditgate_server.rulebook.load import LoadedRuleSet
from creditgate_server.storage.database import Store

from .people import LI, REGISTER, STRANGER, WANG, ZHANG, library, propose


@pytest.fixture
def publisher(store: Store) -> Publisher:
    return Publisher(store, REGISTER)


def state(store: Store, digest: str, after: timedelta = timedelta()) -> RuleSetState:
    return state_of(digest, look(store).acts, rfc3339(datetime.now(UTC) + after))


def in_force(publisher: Publisher, title: str) -> str:
    """Propose, approve and activate; the digest."""
    loaded = library(title)
    digest = loaded.rule_set.digest
    propose(publisher, loaded, WANG)
    publisher.approve(digest, LI)
    publisher.activate(digest, ZHANG)
    return digest


def test_the_road_from_a_proposal_to_force(store: Store, publisher: Publisher):
    loaded = library("一")
    digest = loaded.rule_set.digest
    propose(publisher, loaded, WANG, note="新文件", report=b'{"moved": 3}')
    assert state(store, digest) is RuleSetState.PROPOSED
    publisher.approve(digest, LI)
    assert state(store, digest) is RuleSetState.APPROVED
    recorded = publisher.activate(digest, ZHANG)
    assert state(store, digest, LEAD + timedelta(seconds=1)) is RuleSetState.ACTIVE
    assert datetime.fromisoformat(recorded.effective_at) - datetime.fromisoformat(recorded.act.at) == LEAD
    acts = look(store).acts
    assert [(entry.act.kind, entry.act.by) for entry in acts] == [
        (ActKind.PROPOSED, "wang"),
        (ActKind.APPROVED, "li"),
        (ActKind.ACTIVATED, "zhang"),
    ]
    assert acts[0].act.note == "新文件"
    assert report_of(store, 1) == b'{"moved": 3}'
    active = timeline(acts).active(recorded.effective_at)
    assert active is not None
    require_lawful(active, acts, REGISTER)


def test_a_rule_set_is_kept_whole_with_its_files(store: Store, publisher: Publisher):
    loaded = library("文件")
    propose(publisher, loaded, WANG)
    assert load_files(store, loaded.rule_set.digest) == loaded.files
    kept = load_rule_set(store, loaded.rule_set.digest)
    assert kept is not None
    assert kept.canonical == loaded.rule_set.canonical


def test_a_rule_set_of_an_earlier_program_keeps_its_name(store: Store):
    """Entries had fewer members then: receipts name the digest of what was written, not of how it would be written."""
    content = json.loads(library("文件").rule_set.canonical)
    for organ in content["catalogue"]["organs"]:
        del organ["elsewhere"]
    earlier = canonical_json(content)
    digest = "sha256:" + hashlib.sha256(earlier).hexdigest()
    row = {"digest": digest, "canonical": earlier, "files": b"{}", "first_seen_at": "2026-01-01T00:00:00Z"}
    with store.engine.begin() as connection:
        connection.execute(insert(RuleSetRow).values(**row))
    kept = load_rule_set(store, digest)
    assert kept is not None
    assert (kept.digest, kept.canonical) == (digest, earlier)
    assert {organ.elsewhere for organ in kept.catalogue.organs.values()} == {""}


def test_nobody_approves_what_they_proposed(store: Store, publisher: Publisher):
    loaded = library("一")
    propose(publisher, loaded, WANG)
    with pytest.raises(NotAllowed, match="不能由本人审核"):
        publisher.approve(loaded.rule_set.digest, WANG)
    assert state(store, loaded.rule_set.digest) is RuleSetState.PROPOSED
    assert len(look(store).acts) == 1


def test_a_proposal_taken_over_by_another_is_approved_by_a_third_or_the_first(publisher: Publisher):
    loaded = library("一")
    propose(publisher, loaded, WANG)
    propose(publisher, loaded, LI)
    with pytest.raises(NotAllowed):
        publisher.approve(loaded.rule_set.digest, LI)
    publisher.approve(loaded.rule_set.digest, WANG)


@pytest.mark.parametrize(
    ("act", "message"),
    [
        (lambda publisher, digest: propose(publisher, library("二"), ZHANG), "无权做这一步"),
        (lambda publisher, digest: publisher.approve(digest, ZHANG), "无权做这一步"),
        (lambda publisher, digest: publisher.approve(digest, STRANGER), "不在签名人名册里"),
    ],
    ids=["proposes", "approves", "stranger"],
)
def test_only_who_may_acts(publisher: Publisher, act: Callable[[Publisher, str], StoredAct], message: str):
    loaded = library("一")
    propose(publisher, loaded, WANG)
    with pytest.raises(NotAllowed, match=message):
        act(publisher, loaded.rule_set.digest)


@pytest.mark.parametrize(
    ("steps", "act", "message"),
    [
        ("", "approve", "尚未提交"),
        ("p", "activate", "等待审核"),
        ("pa", "approve", "已审核, 不能审核"),
        ("pav", "activate", "正在使用, 不能启用"),
        ("pav", "retire", "正在使用, 不能撤下"),
        ("pav", "propose", "已经正在使用"),
        ("par", "activate", "不再使用, 不能启用"),
        ("pa", "roll_back", "不能退回到"),
    ],
)
def test_each_step_needs_the_one_before(publisher: Publisher, steps: str, act: str, message: str):
    in_force(publisher, "现行")
    loaded = library("一")
    digest = loaded.rule_set.digest
    for step in steps:
        match step:
            case "p":
                propose(publisher, loaded, WANG)
            case "a":
                publisher.approve(digest, LI)
            case "v":
                recorded = publisher.activate(digest, LI)
                wait_until(recorded.effective_at)
            case "r":
                publisher.retire(digest, LI)
    with pytest.raises(WrongState, match=message):
        match act:
            case "propose":
                propose(publisher, loaded, WANG)
            case "roll_back":
                publisher.roll_back(LI, to=digest)
            case _:
                getattr(publisher, act)(digest, LI)


def wait_until(instant: str) -> None:
    """Wait for an instant that is known: nothing else tells it."""
    import time

    time.sleep(max(0.0, (datetime.fromisoformat(instant) - datetime.now(UTC)).total_seconds()))


def test_rolling_back_returns_to_what_served_before(store: Store, publisher: Publisher):
    first = in_force(publisher, "一")
    with pytest.raises(WrongState, match="没有别的规则集可以退回"):
        publisher.roll_back(ZHANG)
    second = in_force(publisher, "二")
    wait_until(look(store).acts[-1].effective_at)
    recorded = publisher.roll_back(ZHANG, note="有误")
    assert recorded.act.digest == first
    assert state(store, first, timedelta(seconds=2)) is RuleSetState.ACTIVE
    assert state(store, second, timedelta(seconds=2)) is RuleSetState.RETIRED


def test_a_scheduled_activation_takes_effect_at_its_time_and_can_be_cancelled(store: Store, publisher: Publisher):
    now = in_force(publisher, "现行")
    loaded = library("将来")
    later = loaded.rule_set.digest
    propose(publisher, loaded, WANG)
    publisher.approve(later, LI)
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    recorded = publisher.activate(later, ZHANG, at=tomorrow)
    assert recorded.effective_at == rfc3339(tomorrow)
    assert state(store, later) is RuleSetState.SCHEDULED
    assert state(store, later, timedelta(days=1, seconds=1)) is RuleSetState.ACTIVE
    publisher.retire(later, ZHANG)
    assert state(store, later, timedelta(days=1, seconds=1)) is RuleSetState.RETIRED
    assert state(store, now, timedelta(days=1, seconds=1)) is RuleSetState.ACTIVE


def test_a_directory_is_installed_without_signatures_only_where_none_rule(store: Store, publisher: Publisher):
    first = install(store, library("一"), "machine")
    assert first is not None
    assert first.effective_at == first.act.at  # nothing served before: at once
    assert install(store, library("一"), "machine") is None
    second = install(store, library("二"), "machine")
    assert second is not None
    assert second.effective_at > second.act.at
    in_force(publisher, "三")
    with pytest.raises(WrongState, match="经签名启用"):
        install(store, library("四"), "machine")


def test_a_refusal_is_kept_and_shown_until_the_directory_is_sound_again(store: Store):
    install(store, library("一"), "machine")
    faults = (Fault("rules/a.yaml", 3, 7, "缺少字段 basis", "", "some-rule"),)
    refuse(store, "machine", report(faults))
    assert refused(store, look(store).acts) == ("rules/a.yaml:3:7: 缺少字段 basis [some-rule]",)
    assert install(store, library("一"), "machine") is not None
    assert refused(store, look(store).acts) == ()


def test_without_a_register_signed_acts_are_not_relied_on_and_with_one_installations_are_not(
    store: Store, publisher: Publisher
):
    install(store, library("一"), "machine")
    acts = look(store).acts
    installed = timeline(acts).activations[0]
    require_lawful(installed, acts, None)
    with pytest.raises(NotAllowed, match="没有签名"):
        require_lawful(installed, acts, REGISTER)
    in_force(publisher, "二")
    acts = look(store).acts
    signed = timeline(acts).activations[-1]
    require_lawful(signed, acts, REGISTER)
    with pytest.raises(NotAllowed, match="没有签名人名册"):
        require_lawful(signed, acts, None)


def test_who_left_can_act_no_more_and_their_acts_keep_their_worth(store: Store):
    gone = Signer(name="li", public_key=LI.public, until=(datetime.now(UTC) - timedelta(days=1)).date())
    wang = Signer(name="wang", public_key=WANG.public)
    loaded = library("一")
    digest = loaded.rule_set.digest
    before = Publisher(store, REGISTER)
    propose(before, loaded, WANG)
    after = Publisher(store, Signers((wang, gone)))
    with pytest.raises(NotAllowed, match="不再有权"):
        after.approve(digest, LI)


def change_act(store: Store, number: int, **changes: object) -> None:
    """Alter a stored act as someone with the database's password could."""
    kept = look(store).acts[number - 1].act
    changed = msgspec.structs.replace(kept, **changes)
    with store.engine.begin() as connection:
        connection.execute(
            text("UPDATE rule_set_act SET act = :act WHERE number = :number"),
            {"act": changed.canonical(), "number": number},
        )


def test_an_altered_act_breaks_the_chain(store: Store, publisher: Publisher):
    in_force(publisher, "一")
    change_act(store, 1, by="zhang")
    with pytest.raises(StoreFault, match="第 2 步与前一步接不上"):
        look(store)


def test_an_altered_last_act_has_no_valid_signature(store: Store, publisher: Publisher):
    digest = in_force(publisher, "一")
    change_act(store, 3, by="li")
    acts = look(store).acts
    with pytest.raises(NotAllowed, match="li 的签名不符"):
        require_lawful(timeline(acts).activations[-1], acts, REGISTER)
    assert digest


def test_a_removed_act_and_an_earlier_effect_are_found(store: Store, publisher: Publisher):
    in_force(publisher, "一")
    with store.engine.begin() as connection:
        connection.execute(
            text("UPDATE rule_set_act SET effective_at = '2020-01-01T00:00:00.000000Z' WHERE number = 3")
        )
    with pytest.raises(StoreFault, match="生效时间被改动过"):
        look(store)
    with store.engine.begin() as connection:
        connection.execute(text("DELETE FROM rule_set_act WHERE number = 2"))
    with pytest.raises(StoreFault, match="第 3 步与前一步接不上"):
        look(store)


def test_a_forged_activation_without_approval_is_not_lawful(store: Store, publisher: Publisher):
    loaded = library("一")
    propose(publisher, loaded, WANG)
    acts = look(store).acts
    act = Act(
        number=2,
        previous=acts[0].act.hash(),
        kind=ActKind.ACTIVATED,
        digest=loaded.rule_set.digest,
        by="wang",
        at=rfc3339(datetime.now(UTC)),
    )
    forged = (*acts, StoredAct(act=act, signature=WANG.sign(act), effective_at=act.at))
    with pytest.raises(NotAllowed, match="没有经另一个人审核"):
        require_lawful(timeline(forged).activations[-1], forged, REGISTER)


def test_altered_content_does_not_have_its_digest(store: Store, publisher: Publisher):
    loaded = library("一")
    propose(publisher, loaded, WANG)
    other = library("二").rule_set.canonical
    with store.engine.begin() as connection:
        connection.execute(text("UPDATE rule_set SET canonical = :other"), {"other": other})
    with pytest.raises(StoreFault, match="内容与其摘要不符"):
        load_rule_set(store, loaded.rule_set.digest)


def test_an_act_signed_elsewhere_must_fit_its_place_its_time_and_its_report(store: Store, publisher: Publisher):
    loaded = library("一")
    propose(publisher, loaded, WANG)
    last = look(store).acts[-1].act
    act = Act(
        number=2,
        previous=last.hash(),
        kind=ActKind.APPROVED,
        digest=loaded.rule_set.digest,
        by="li",
        at=rfc3339(datetime.now(UTC)),
    )
    stale = msgspec.structs.replace(act, at=rfc3339(datetime.now(UTC) - timedelta(minutes=5)))
    misplaced = msgspec.structs.replace(act, previous=NO_HASH)
    with pytest.raises(NotAllowed, match="时间相差太大"):
        publisher.append_signed(stale, LI.sign(stale), b"")
    with pytest.raises(WrongState, match="另有一步已经记录"):
        publisher.append_signed(misplaced, LI.sign(misplaced), b"")
    with pytest.raises(NotAllowed, match="报告与签名的内容不符"):
        publisher.append_signed(act, LI.sign(act), b"{}")
    with pytest.raises(NotAllowed, match="签名不符"):
        publisher.append_signed(act, WANG.sign(act), b"")
    publisher.append_signed(act, LI.sign(act), b"")
    assert state(store, loaded.rule_set.digest) is RuleSetState.APPROVED


def test_a_rule_set_is_named_by_the_beginning_of_its_digest(store: Store, publisher: Publisher):
    loaded = library("一")
    propose(publisher, loaded, WANG)
    digest = loaded.rule_set.digest
    assert full_digest(store, digest) == digest
    assert full_digest(store, digest[7:15]) == digest
    for short in ("", digest[7:14], "sha256:", "0" * 64):
        with pytest.raises(UnknownThing):
            full_digest(store, short)


@pytest.mark.parametrize(
    "signers",
    [
        (Signer(name="wang", public_key=WANG.public), Signer(name="li", public_key=WANG.public)),
        (Signer(name="wang", public_key=WANG.public), Signer(name="wang", public_key=LI.public)),
        (Signer(name="Wang", public_key=WANG.public),),
        (Signer(name="wang", public_key="AAAA"),),
        (Signer(name="wang", public_key="not base64!"),),
        (Signer(name="wang", public_key=WANG.public, may=("everything",)),),
    ],
    ids=["one-key-twice", "one-name-twice", "name", "short-key", "no-key", "right"],
)
def test_a_register_that_could_fool_the_second_person_is_refused(signers: tuple[Signer, ...]):
    with pytest.raises(SetupFault):
        Signers(signers)


def test_a_private_key_is_for_its_owner_and_never_written_over(tmp_path):
    path = tmp_path / "wang.pem"
    WANG.save(path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert SigningKey.load(path).public == WANG.public
    with pytest.raises(SetupFault):
        LI.save(path)
    assert SigningKey.load(path).public == WANG.public


def unproposed(loaded: LoadedRuleSet, by: str) -> Act:
    """The act of a first proposal, as a client makes it."""
    instant = rfc3339(datetime.now(UTC))
    return Act(number=1, previous=NO_HASH, kind=ActKind.PROPOSED, digest=loaded.rule_set.digest, by=by, at=instant)


def test_a_proposal_that_nobody_may_make_is_neither_read_nor_proved_nor_kept(store: Store, publisher: Publisher):
    loaded = library("一")
    done: list[str] = []

    def load() -> LoadedRuleSet:
        done.append("read")
        return loaded

    for by, key in (("wang", LI), ("zhang", ZHANG), ("nobody", STRANGER)):
        act = unproposed(loaded, by)
        with pytest.raises(NotAllowed):
            publisher.propose(load, publisher.elsewhere(act, key.sign(act)), lambda _: done.append("proved"))
    assert (done, digests(store), look(store).acts) == ([], [], ())


def test_a_proposal_that_is_not_proved_leaves_nothing_behind(store: Store, publisher: Publisher):
    loaded = library("一")
    act = unproposed(loaded, "wang")

    def prove(_rule_set: RuleSet) -> None:
        raise RuleSetFault((Fault("", 1, 1, "引擎与对照不一致"),))

    with pytest.raises(RuleSetFault):
        publisher.propose(lambda: loaded, publisher.elsewhere(act, WANG.sign(act)), prove)
    assert (digests(store), look(store).acts) == ([], ())


def test_a_proposal_that_another_act_overtook_leaves_nothing_behind(store: Store, publisher: Publisher):
    loaded = library("一")
    act = unproposed(loaded, "wang")
    other = library("二")
    with pytest.raises(WrongState, match="另有一步已经记录"):
        publisher.propose(
            lambda: loaded, publisher.elsewhere(act, WANG.sign(act)), lambda _: propose(publisher, other, LI)
        )
    assert digests(store) == [other.rule_set.digest]


@pytest.mark.parametrize(
    "text", ["x", "\0", "2026-11-30T08:00:00", "2026-02-30T08:00:00Z", "9999-12-31T23:59:59-14:00"]
)
@pytest.mark.parametrize("field", ["at", "activate_at"])
def test_an_act_signed_elsewhere_whose_instant_is_none_is_refused(
    store: Store, publisher: Publisher, field: str, text: str
) -> None:
    loaded = library("一")
    act = msgspec.structs.replace(unproposed(loaded, "wang"), **{field: text})
    with pytest.raises(InvalidQuestion, match="时刻写法不对"):
        publisher.propose(lambda: loaded, publisher.elsewhere(act, WANG.sign(act)), lambda _: None)


def activated_elsewhere(store: Store, publisher: Publisher, **changes: str) -> StoredAct:
    """A set that is in force by an act that was signed elsewhere."""
    loaded = library("一")
    propose(publisher, loaded, WANG)
    publisher.approve(loaded.rule_set.digest, LI)
    act = Act(
        number=3,
        previous=look(store).acts[-1].act.hash(),
        kind=ActKind.ACTIVATED,
        digest=loaded.rule_set.digest,
        by="zhang",
        at=rfc3339(datetime.now(UTC)),
    )
    act = msgspec.structs.replace(act, **changes)
    return publisher.append_signed(act, ZHANG.sign(act), b"")


def test_an_activation_takes_effect_at_the_instant_that_was_signed_however_it_is_written(
    store: Store, publisher: Publisher
) -> None:
    recorded = activated_elsewhere(store, publisher, activate_at="2036-12-01T08:00:00+08:00")
    assert recorded.effective_at == "2036-12-01T00:00:00.000000Z"
    assert look(store).acts[-1] == recorded


def test_an_act_whose_instant_is_written_in_another_offset_can_be_read_back(store: Store, publisher: Publisher) -> None:
    recorded = activated_elsewhere(store, publisher, at=datetime.now(timezone(timedelta(hours=8))).isoformat())
    assert look(store).acts[-1] == recorded


def test_an_act_by_a_clock_that_is_ahead_can_be_read_back_and_is_in_force_no_sooner(
    store: Store, publisher: Publisher
) -> None:
    at = rfc3339(datetime.now(UTC) + timedelta(seconds=40))
    recorded = activated_elsewhere(store, publisher, at=at)
    assert recorded.effective_at == at
    assert look(store).acts[-1] == recorded

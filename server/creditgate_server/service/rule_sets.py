"""RuleSetService: unpack, act, pack."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from pathlib import PurePosixPath

import msgspec

from creditgate.limits import LONGEST_DIGEST, LONGEST_PUBLICATION_REPORT, MOST_ACTS, USUAL_ACTS
from creditgate.v1 import rule_sets_pb2

from ..clock import rfc3339
from ..errors import InvalidQuestion, SetupFault, UnknownThing
from ..publication.acts import NO_HASH, Act, ActKind, StoredAct, decode_act
from ..publication.history import look, refused
from ..publication.proofs import prove_once
from ..publication.publisher import Publisher
from ..publication.rule_sets import digests, load_files, load_rule_set
from ..publication.signers import Signers
from ..publication.timeline import RuleSetState, state_of, timeline
from ..publication.workers import WorkerState, workers
from ..rulebook.bundle import RuleSet
from ..rulebook.load import read_texts
from .calls import Call
from .fields import require_id
from .gate import Gate
from .presence import Presence
from .wire import Shape, Wire, numbers

_STATES = numbers(RuleSetState, rule_sets_pb2.RuleSetState.DESCRIPTOR)

SHAPES = (
    Shape(
        StoredAct,
        rule_sets_pb2.RuleSetAct,
        within=("act",),
        named={"rule_set": "act.digest"},
        made={"hash": lambda one, _: one.act.hash(), "has_report": lambda one, _: bool(one.act.report)},
    ),
    Shape(WorkerState, rule_sets_pb2.WorkerStatus, named={"rule_set": "digest"}),
)
WIRE = Wire(SHAPES)


class RuleSets:
    """The service."""

    SERVICE = rule_sets_pb2.DESCRIPTOR.services_by_name["RuleSetService"]
    QUICK = frozenset[str]()

    def __init__(self, gate: Gate, signers: Signers | None, presence: Presence, prove_seconds: float) -> None:
        """`prove_seconds`: longest time that the proof of a proposal may take."""
        self._gate = gate
        self._signers = signers
        self._presence = presence
        self._prove_seconds = prove_seconds
        self._proving = threading.Lock()

    def get_status(self, _request: rule_sets_pb2.GetStatusRequest, _call: Call) -> rule_sets_pb2.GetStatusResponse:
        """What is in force, and what each worker serves."""
        return self._status()

    def get_history(self, request: rule_sets_pb2.GetHistoryRequest, call: Call) -> rule_sets_pb2.GetHistoryResponse:
        """Every act, the last first."""
        call.caller.require_administrator()
        if request.limit > MOST_ACTS:
            raise InvalidQuestion(f"limit 过大: {request.limit}", f"最多 {MOST_ACTS}", "limit")
        acts = look(self._gate.store).acts
        wanted = [one for one in reversed(acts) if not request.before or one.act.number < request.before]
        shown = wanted[: request.limit or USUAL_ACTS]
        return rule_sets_pb2.GetHistoryResponse(acts=[_sent(one) for one in shown])

    def export(self, request: rule_sets_pb2.ExportRequest, call: Call) -> rule_sets_pb2.ExportResponse:
        """A rule set's source files and canonical content."""
        call.caller.require_administrator()
        return self._export(require_id(request.rule_set, "rule_set", LONGEST_DIGEST))

    def propose(self, request: rule_sets_pb2.ProposeRequest, call: Call) -> rule_sets_pb2.ProposeResponse:
        """Check, prove, store and propose a rule set."""
        call.caller.require_administrator()
        act = _act(request.act, ActKind.PROPOSED)
        if len(request.report) > LONGEST_PUBLICATION_REPORT:
            raise InvalidQuestion("报告过大", f"最多 {LONGEST_PUBLICATION_REPORT} 字节", "report")
        publisher = self._publisher()
        with self._proving:
            call.require_awaited()
            recorded = self._propose(publisher, act, request)
        return rule_sets_pb2.ProposeResponse(act=_sent(recorded))

    def approve(self, request: rule_sets_pb2.ApproveRequest, call: Call) -> rule_sets_pb2.ApproveResponse:
        """Approve another person's proposal."""
        return rule_sets_pb2.ApproveResponse(act=self._recorded(request.act, ActKind.APPROVED, call))

    def activate(self, request: rule_sets_pb2.ActivateRequest, call: Call) -> rule_sets_pb2.ActivateResponse:
        """Put an approved rule set into force."""
        return rule_sets_pb2.ActivateResponse(act=self._recorded(request.act, ActKind.ACTIVATED, call))

    def roll_back(self, request: rule_sets_pb2.RollBackRequest, call: Call) -> rule_sets_pb2.RollBackResponse:
        """Put an earlier rule set back into force."""
        return rule_sets_pb2.RollBackResponse(act=self._recorded(request.act, ActKind.ROLLED_BACK, call))

    def retire(self, request: rule_sets_pb2.RetireRequest, call: Call) -> rule_sets_pb2.RetireResponse:
        """Take a rule set out for good."""
        return rule_sets_pb2.RetireResponse(act=self._recorded(request.act, ActKind.RETIRED, call))

    # -- parts --------------------------------------------------------------------------------------------------------

    def _publisher(self) -> Publisher:
        if self._signers is None:
            raise SetupFault("本服务没有签名人名册, 不能变更规则集", "启动时给出 --signers")
        return Publisher(self._gate.store, self._signers)

    def _recorded(self, signed: rule_sets_pb2.SignedAct, kind: ActKind, call: Call) -> rule_sets_pb2.RuleSetAct:
        call.caller.require_administrator()
        act = _act(signed, kind)
        return _sent(self._publisher().append_signed(act, bytes(signed.signature), b""))

    def _propose(self, publisher: Publisher, act: Act, request: rule_sets_pb2.ProposeRequest) -> StoredAct:
        report = bytes(request.report)

        def prove(rule_set: RuleSet) -> None:
            prove_once(self._gate.store, rule_set, self._gate.now(), seconds=self._prove_seconds)

        return publisher.propose(
            lambda: read_texts(_files(request.files)),
            publisher.elsewhere(act, bytes(request.act.signature), report),
            prove,
            report=report,
        )

    def _status(self) -> rule_sets_pb2.GetStatusResponse:
        gate = self._gate
        seen = look(gate.store)
        instant = rfc3339(gate.now())
        course = timeline(seen.acts)
        active = course.active(instant)
        last = seen.acts[-1].act if seen.acts else None
        answer = rule_sets_pb2.GetStatusResponse(
            scheduled=[
                _sent(seen.acts[entry.number - 1]) for entry in course.activations if entry.effective_at > instant
            ],
            workers=[_worker(state) for state in workers(gate.store, gate.now())],
            answered_by=_worker(self._presence.state()),
            last_number=last.number if last else 0,
            last_hash=last.hash() if last else NO_HASH,
            now=instant,
            refused=refused(gate.store, seen.acts),
        )
        if active is not None:
            answer.active.CopyFrom(_sent(seen.acts[active.number - 1]))
        return answer

    def _export(self, digest: str) -> rule_sets_pb2.ExportResponse:
        store = self._gate.store
        rule_set = load_rule_set(store, digest) if digest in digests(store) else None
        if rule_set is None:
            raise UnknownThing("没有这个规则集", "用 GetHistory 查看", "rule_set")
        state = state_of(digest, look(store).acts, rfc3339(self._gate.now()))
        return rule_sets_pb2.ExportResponse(
            rule_set=digest,
            state=_STATES[state],
            canonical_json=rule_set.canonical,
            files=load_files(store, digest),
        )


def _sent(recorded: StoredAct) -> rule_sets_pb2.RuleSetAct:
    """An act as it is sent."""
    return WIRE.pack(rule_sets_pb2.RuleSetAct, recorded)


def _worker(state: WorkerState) -> rule_sets_pb2.WorkerStatus:
    return WIRE.pack(rule_sets_pb2.WorkerStatus, state)


def _act(signed: rule_sets_pb2.SignedAct, kind: ActKind) -> Act:
    try:
        act = decode_act(bytes(signed.act))
    except msgspec.MsgspecError as fault:
        raise InvalidQuestion("签名的内容不能读取", str(fault), "act.act") from fault
    if act.canonical() != bytes(signed.act):
        raise InvalidQuestion("签名的内容不是规范的 JSON", "按 RFC 8785 排列", "act.act")
    if act.kind is not kind:
        raise InvalidQuestion(f"签名的是另一步: {act.kind.value}", f"这里应为 {kind.value}", "act.act")
    return act


def _files(files: Mapping[str, bytes]) -> dict[str, bytes]:
    found = dict(files)
    for name in found:
        path = PurePosixPath(name)
        if path.is_absolute() or ".." in path.parts or not path.parts:
            raise InvalidQuestion("文件名不是相对路径", "例如 books/level.yaml", "files")
    return found

"""RuleSetService: unpack, act, pack."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from pathlib import PurePosixPath
from typing import TypeVar

import msgspec
from google.protobuf.message import Message

from creditgate.v1 import rule_sets_pb2, rule_sets_pb2_grpc

from ..clock import rfc3339
from ..errors import InvalidQuestion, SetupFault, UnknownThing
from ..publication.acts import NO_HASH, Act, ActKind, Recorded, decode_act
from ..publication.history import look, refused
from ..publication.proofs import prove_once
from ..publication.publisher import Publisher
from ..publication.rule_sets import digests, load_files, load_rule_set
from ..publication.signers import Signers
from ..publication.timeline import State, state_of, timeline
from ..publication.workers import WorkerState, workers
from ..rulebook.bundle import RuleSet
from ..rulebook.load import read_texts
from .calls import Context, Notes
from .fields import require_id
from .gate import Gate
from .presence import Presence

MOST_ACTS = 1000
USUAL_ACTS = 100
LONGEST_REPORT = 1_000_000
LONGEST_DIGEST = 71

Asked = TypeVar("Asked", bound=Message)

_STATES: dict[State, rule_sets_pb2.RuleSetState.ValueType] = {
    State.DRAFT: rule_sets_pb2.RULE_SET_STATE_DRAFT,
    State.PROPOSED: rule_sets_pb2.RULE_SET_STATE_PROPOSED,
    State.APPROVED: rule_sets_pb2.RULE_SET_STATE_APPROVED,
    State.SCHEDULED: rule_sets_pb2.RULE_SET_STATE_SCHEDULED,
    State.ACTIVE: rule_sets_pb2.RULE_SET_STATE_ACTIVE,
    State.RETIRED: rule_sets_pb2.RULE_SET_STATE_RETIRED,
}


class RuleSets(rule_sets_pb2_grpc.RuleSetServiceServicer):
    """The service."""

    def __init__(self, gate: Gate, signers: Signers | None, presence: Presence, prove_seconds: float) -> None:
        """`prove_seconds`: longest time that the proof of a proposal may take."""
        self._gate = gate
        self._signers = signers
        self._presence = presence
        self._prove_seconds = prove_seconds
        self._proving = asyncio.Semaphore(1)

    async def GetStatus(  # noqa: N802 - the contract's name
        self, request: rule_sets_pb2.GetStatusRequest, context: Context
    ) -> rule_sets_pb2.GetStatusResponse:
        """What is in force, and what each worker serves."""

        async def answer(notes: Notes) -> rule_sets_pb2.GetStatusResponse:
            notes.caller = self._gate.caller(context).name
            return await asyncio.to_thread(self._status)

        return await self._gate.calls.handle("GetStatus", context, answer)

    async def GetHistory(  # noqa: N802 - the contract's name
        self, request: rule_sets_pb2.GetHistoryRequest, context: Context
    ) -> rule_sets_pb2.GetHistoryResponse:
        """Every act, the last first."""

        async def answer(notes: Notes) -> rule_sets_pb2.GetHistoryResponse:
            self._administrator(notes, context)
            if request.limit > MOST_ACTS:
                raise InvalidQuestion(f"limit 过大: {request.limit}", f"最多 {MOST_ACTS}", "limit")
            acts = (await asyncio.to_thread(look, self._gate.store)).acts
            wanted = [one for one in reversed(acts) if not request.before or one.act.number < request.before]
            shown = wanted[: request.limit or USUAL_ACTS]
            return rule_sets_pb2.GetHistoryResponse(acts=[pack_act(one) for one in shown])

        return await self._gate.calls.handle("GetHistory", context, answer)

    async def Export(  # noqa: N802 - the contract's name
        self, request: rule_sets_pb2.ExportRequest, context: Context
    ) -> rule_sets_pb2.ExportResponse:
        """A rule set's source files and canonical content."""

        async def answer(notes: Notes) -> rule_sets_pb2.ExportResponse:
            self._administrator(notes, context)
            return await asyncio.to_thread(self._export, require_id(request.rule_set, "rule_set", LONGEST_DIGEST))

        return await self._gate.calls.handle("Export", context, answer)

    async def Propose(  # noqa: N802 - the contract's name
        self, request: rule_sets_pb2.ProposeRequest, context: Context
    ) -> rule_sets_pb2.ProposeResponse:
        """Check, prove, store and propose a rule set."""

        async def answer(notes: Notes) -> rule_sets_pb2.ProposeResponse:
            self._administrator(notes, context)
            act = _act(request.act, ActKind.PROPOSED)
            if len(request.report) > LONGEST_REPORT:
                raise InvalidQuestion("报告过大", f"最多 {LONGEST_REPORT} 字节", "report")
            publisher = self._publisher()
            async with self._proving:
                recorded = await asyncio.to_thread(self._propose, publisher, act, request)
            return rule_sets_pb2.ProposeResponse(act=pack_act(recorded))

        return await self._gate.calls.handle("Propose", context, answer)

    async def Approve(  # noqa: N802 - the contract's name
        self, request: rule_sets_pb2.ApproveRequest, context: Context
    ) -> rule_sets_pb2.ApproveResponse:
        """Approve another person's proposal."""
        record = self._recorder(
            request.act, ActKind.APPROVED, context, lambda act: rule_sets_pb2.ApproveResponse(act=act)
        )
        return await self._gate.calls.handle("Approve", context, record)

    async def Activate(  # noqa: N802 - the contract's name
        self, request: rule_sets_pb2.ActivateRequest, context: Context
    ) -> rule_sets_pb2.ActivateResponse:
        """Put an approved rule set into force."""
        record = self._recorder(
            request.act, ActKind.ACTIVATED, context, lambda act: rule_sets_pb2.ActivateResponse(act=act)
        )
        return await self._gate.calls.handle("Activate", context, record)

    async def RollBack(  # noqa: N802 - the contract's name
        self, request: rule_sets_pb2.RollBackRequest, context: Context
    ) -> rule_sets_pb2.RollBackResponse:
        """Put an earlier rule set back into force."""
        record = self._recorder(
            request.act, ActKind.ROLLED_BACK, context, lambda act: rule_sets_pb2.RollBackResponse(act=act)
        )
        return await self._gate.calls.handle("RollBack", context, record)

    async def Retire(  # noqa: N802 - the contract's name
        self, request: rule_sets_pb2.RetireRequest, context: Context
    ) -> rule_sets_pb2.RetireResponse:
        """Take a rule set out for good."""
        record = self._recorder(
            request.act, ActKind.RETIRED, context, lambda act: rule_sets_pb2.RetireResponse(act=act)
        )
        return await self._gate.calls.handle("Retire", context, record)

    # -- parts --------------------------------------------------------------------------------------------------------

    def _administrator(self, notes: Notes, context: Context) -> None:
        caller = self._gate.caller(context)
        notes.caller = caller.name
        caller.require_administrator()

    def _publisher(self) -> Publisher:
        if self._signers is None:
            raise SetupFault("本服务没有签名人名册, 不能变更规则集", "启动时给出 --signers")
        return Publisher(self._gate.store, self._signers)

    def _recorder(
        self,
        signed: rule_sets_pb2.SignedAct,
        kind: ActKind,
        context: Context,
        pack: Callable[[rule_sets_pb2.RuleSetAct], Asked],
    ) -> Callable[[Notes], Awaitable[Asked]]:
        async def answer(notes: Notes) -> Asked:
            self._administrator(notes, context)
            act = _act(signed, kind)
            recorded = await asyncio.to_thread(self._publisher().append_signed, act, bytes(signed.signature), b"")
            return pack(pack_act(recorded))

        return answer

    def _propose(self, publisher: Publisher, act: Act, request: rule_sets_pb2.ProposeRequest) -> Recorded:
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
                pack_act(seen.acts[entry.number - 1]) for entry in course.activations if entry.effective_at > instant
            ],
            workers=[_worker(state) for state in workers(gate.store, gate.now())],
            answered_by=_worker(self._presence.state()),
            last_number=last.number if last else 0,
            last_hash=last.hash() if last else NO_HASH,
            now=instant,
            refused=refused(gate.store, seen.acts),
        )
        if active is not None:
            answer.active.CopyFrom(pack_act(seen.acts[active.number - 1]))
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


def pack_act(recorded: Recorded) -> rule_sets_pb2.RuleSetAct:
    """An act as it is sent."""
    act = recorded.act
    return rule_sets_pb2.RuleSetAct(
        number=act.number,
        kind=act.kind.value,
        rule_set=act.digest,
        by=act.by,
        at=act.at,
        effective_at=recorded.effective_at,
        note=act.note,
        hash=act.hash(),
        has_report=bool(act.report),
    )


def _worker(state: WorkerState) -> rule_sets_pb2.WorkerStatus:
    return rule_sets_pb2.WorkerStatus(
        id=state.id,
        address=state.address,
        rule_set=state.digest,
        activation=state.activation,
        since=state.since,
        seen_at=state.seen_at,
        problem=state.problem,
    )


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

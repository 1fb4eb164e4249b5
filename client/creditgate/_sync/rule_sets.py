# Generated from calls/rule_sets.py by tools/generate_sync.py. Do not edit.
"""Rule sets: what is in force, and the acts that change it."""

from __future__ import annotations

from collections.abc import Mapping

from creditgate.v1 import rule_sets_pb2

from .._contract import ExportedRuleSet, RuleSetAct, SignedAct
from ..transport import Method
from ..values.rule_sets import RuleSetStatus
from ..wire import pack, unpack
from .caller import Caller

GET_STATUS = Method("RuleSetService/GetStatus", rule_sets_pb2.GetStatusResponse)
GET_HISTORY = Method("RuleSetService/GetHistory", rule_sets_pb2.GetHistoryResponse)
EXPORT = Method("RuleSetService/Export", rule_sets_pb2.ExportResponse)
PROPOSE = Method("RuleSetService/Propose", rule_sets_pb2.ProposeResponse)
APPROVE = Method("RuleSetService/Approve", rule_sets_pb2.ApproveResponse)
ACTIVATE = Method("RuleSetService/Activate", rule_sets_pb2.ActivateResponse)
ROLL_BACK = Method("RuleSetService/RollBack", rule_sets_pb2.RollBackResponse)
RETIRE = Method("RuleSetService/Retire", rule_sets_pb2.RetireResponse)

PROOF_TIMEOUT = 300.0
"""Seconds for a proposal where the caller names no time: the service proves the whole rule set before it answers."""


class RuleSetCalls(Caller):
    """A part of the client, for administrators of rules; `rule_set_status` is for everyone.

    An act is signed over the one before it, so that it can't be recorded twice. It is sent once and never retried:
    where no answer came, `rule_set_history` says whether it was recorded.
    """

    def rule_set_status(self, *, timeout: float | None = None, traceparent: str | None = None) -> RuleSetStatus:
        """What is in force, what is to come, and what each worker serves. Its `sign` makes the next act."""
        request = rule_sets_pb2.GetStatusRequest()
        return unpack(RuleSetStatus, self._call(GET_STATUS, request, timeout, traceparent))

    def rule_set_history(
        self, *, limit: int = 100, before: int = 0, timeout: float | None = None, traceparent: str | None = None
    ) -> tuple[RuleSetAct, ...]:
        """Acts, the last first. `before`: only those with a lower number; 0: from the last. Raises NotYours."""
        request = pack(rule_sets_pb2.GetHistoryRequest, limit=limit, before=before)
        answer = self._call(GET_HISTORY, request, timeout, traceparent)
        return tuple(unpack(RuleSetAct, act) for act in answer.acts)

    def export_rule_set(
        self, rule_set: str, *, timeout: float | None = None, traceparent: str | None = None
    ) -> ExportedRuleSet:
        """A rule set with its source files, by its digest. Raises UnknownThing, NotYours."""
        request = pack(rule_sets_pb2.ExportRequest, rule_set=rule_set)
        return unpack(ExportedRuleSet, self._call(EXPORT, request, timeout, traceparent))

    def propose_rule_set(
        self,
        act: SignedAct,
        files: Mapping[str, bytes],
        *,
        report: bytes = b"",
        timeout: float | None = None,
        traceparent: str | None = None,
    ) -> RuleSetAct:
        """Have a rule set checked, proved, stored and proposed. `files`: its sources, by path.

        `report`: what it changes, which the act names by its hash. Raises InvalidQuestion, NotYours, WrongState.
        """
        request = pack(rule_sets_pb2.ProposeRequest, act=act, files=files, report=report)
        answer = self._call(PROPOSE, request, timeout, traceparent, least=PROOF_TIMEOUT, retries=0)
        return unpack(RuleSetAct, answer.act)

    def approve_rule_set(
        self, act: SignedAct, *, timeout: float | None = None, traceparent: str | None = None
    ) -> RuleSetAct:
        """Approve another person's proposal. Raises InvalidQuestion, NotYours, WrongState."""
        request = pack(rule_sets_pb2.ApproveRequest, act=act)
        return unpack(RuleSetAct, (self._call(APPROVE, request, timeout, traceparent, retries=0)).act)

    def activate_rule_set(
        self, act: SignedAct, *, timeout: float | None = None, traceparent: str | None = None
    ) -> RuleSetAct:
        """Put an approved rule set into force. Raises InvalidQuestion, NotYours, WrongState."""
        request = pack(rule_sets_pb2.ActivateRequest, act=act)
        return unpack(RuleSetAct, (self._call(ACTIVATE, request, timeout, traceparent, retries=0)).act)

    def roll_back_rule_set(
        self, act: SignedAct, *, timeout: float | None = None, traceparent: str | None = None
    ) -> RuleSetAct:
        """Put an earlier rule set back into force. Raises InvalidQuestion, NotYours, WrongState."""
        request = pack(rule_sets_pb2.RollBackRequest, act=act)
        return unpack(RuleSetAct, (self._call(ROLL_BACK, request, timeout, traceparent, retries=0)).act)

    def retire_rule_set(
        self, act: SignedAct, *, timeout: float | None = None, traceparent: str | None = None
    ) -> RuleSetAct:
        """Take a rule set out for good. Raises InvalidQuestion, NotYours, WrongState."""
        request = pack(rule_sets_pb2.RetireRequest, act=act)
        return unpack(RuleSetAct, (self._call(RETIRE, request, timeout, traceparent, retries=0)).act)

"""LedgerService: checkpoints of the ledger."""

from __future__ import annotations

from creditgate.v1 import ledger_pb2

from ..ledger.proofs import newest_checkpoint
from .calls import Call
from .gate import Gate


class Ledger:
    """The service."""

    SERVICE = ledger_pb2.DESCRIPTOR.services_by_name["LedgerService"]
    QUICK = frozenset({"GetCheckpoint"})

    def __init__(self, gate: Gate) -> None:
        self._gate = gate

    def get_checkpoint(
        self, _request: ledger_pb2.GetCheckpointRequest, _call: Call
    ) -> ledger_pb2.GetCheckpointResponse:
        """Answer with the newest checkpoint."""
        return ledger_pb2.GetCheckpointResponse(note=newest_checkpoint(self._gate.store))

"""Rule sets: what is in force, since when and by whom, and the acts that change it, each signed by its person."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from .._contract import RuleSetAct, SignedAct, WorkerStatus
from ..wire import of_kind, plain


class ActKind(StrEnum):
    """An act that a person signs."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    ACTIVATED = "activated"
    ROLLED_BACK = "rolled_back"
    RETIRED = "retired"


@dataclass(frozen=True, slots=True)
class RuleSetStatus:
    """What is in force, what is to come, and what each worker serves."""

    active: RuleSetAct | None
    scheduled: tuple[RuleSetAct, ...]
    """The next first."""
    workers: tuple[WorkerStatus, ...]
    answered_by: WorkerStatus
    last_number: int
    last_hash: str
    now: str
    """The store's clock, RFC 3339 in UTC: an act must be signed within a minute of it."""
    refused: tuple[str, ...]
    """Why the watched directory's content was refused last; empty where it was not."""

    to_dict = plain

    def sign(
        self,
        kind: ActKind,
        rule_set: str,
        *,
        by: str,
        signed: Callable[[bytes], bytes],
        activate_at: str = "",
        note: str = "",
        report: bytes = b"",
    ) -> SignedAct:
        """The next act. `by`: the person in the register of signers, whose Ed25519 key `signed` signs with.

        `activate_at`: RFC 3339 in UTC; empty: as soon as every worker can have heard of it. Raises InvalidQuestion.
        """
        act = {
            "number": self.last_number + 1,
            "previous": self.last_hash,
            "kind": kind,
            "digest": rule_set,
            "by": by,
            "at": self.now,
            "activate_at": activate_at,
            "note": note,
            "report": hashlib.sha256(of_kind(bytes, report, "report")).hexdigest() if report else "",
        }
        for field, text in act.items():
            of_kind(int if field == "number" else str, text, field)
        written = json.dumps(act, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
        return SignedAct(written, signed(written))

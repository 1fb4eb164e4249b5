"""What can go wrong, as classes; their gRPC status is mapped once in `service/status.py`.

A decision that can't be made is no error: it is the answer UNDETERMINED.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar


@dataclass(slots=True)
class GateError(Exception):
    """A fault that a caller or operator can read: what is wrong (Chinese), what to do (Chinese), and where."""

    message: str
    hint: str = ""
    field: str = ""

    reason: ClassVar[str] = "GATE_ERROR"

    def __str__(self) -> str:
        """The message, with field and hint where there are any."""
        where = f"{self.field}: " if self.field else ""
        return f"{where}{self.message}" + (f" ({self.hint})" if self.hint else "")


class InvalidQuestion(GateError):
    """The question itself is wrong: a check digit, an unknown item, a future day."""

    reason = "INVALID_QUESTION"
    others: tuple[InvalidQuestion, ...] = ()
    """What else is wrong with it, in the order of its fields."""


def all_wrong(faults: Sequence[InvalidQuestion]) -> InvalidQuestion:
    """The first fault, with the others."""
    every = [one for fault in faults for one in (fault, *fault.others)]
    every[0].others = tuple(every[1:])
    return every[0]


class PageTokenInvalid(InvalidQuestion):
    """A page token that is damaged, or of another caller or other filters."""

    reason = "PAGE_TOKEN_INVALID"


class UnknownThing(GateError):
    """What was asked for does not exist."""

    reason = "UNKNOWN_THING"


class IdConflict(GateError):
    """The request_id was used for another body."""

    reason = "REQUEST_ID_REUSED"


class Erased(GateError):
    """What was asked for was erased as the law asks."""

    reason = "ERASED"


class NotYours(GateError):
    """Another organ's item or receipt."""

    reason = "NOT_YOURS"


class WhoAreYou(GateError):
    """No key or a bad one."""

    reason = "WHO_ARE_YOU"


class NotAllowed(GateError):
    """An act on a rule set by someone who may not do it: the same person approves, a signature does not fit."""

    reason = "NOT_ALLOWED"


class WrongState(GateError):
    """What is acted on does not stand where this act needs it: a rule set is not approved, a grant is withdrawn."""

    reason = "WRONG_STATE"


class RuleSetChanged(GateError):
    """The question pins a rule set that is not the one in force."""

    reason = "RULE_SET_CHANGED"


class TooMuch(GateError):
    """Too large or too many; try later or smaller."""

    reason = "TOO_MUCH"


class NotReady(GateError):
    """No active rule set yet; safe to retry."""

    reason = "NOT_READY"


class StoreDown(GateError):
    """The store is gone, slow or full; nothing was acknowledged; safe to retry."""

    reason = "STORE_DOWN"


class StoreFault(GateError):
    """The store holds something that it should not; an operator must look."""

    reason = "STORE_FAULT"


class SetupFault(GateError):
    """Settings or files that the service can't start with."""

    reason = "SETUP_FAULT"


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One fault of a rule file. Line and column count from 1."""

    file: str
    line: int
    column: int
    message: str
    hint: str = ""
    rule: str = ""

    def __str__(self) -> str:
        """`file:line:column: message [rule] → hint`."""
        rule = f" [{self.rule}]" if self.rule else ""
        hint = f" → {self.hint}" if self.hint else ""
        return f"{self.file}:{self.line}:{self.column}: {self.message}{rule}{hint}"


class RuleSetFault(GateError):
    """A rule set that may not serve, with every fault found."""

    reason = "RULE_SET_FAULT"
    faults: tuple[Fault, ...]

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        first = str(faults[0]) if faults else ""
        GateError.__init__(
            self, f"规则库有 {len(faults)} 处错误: {first}", "改正后用 creditgate-server rules check 再查"
        )
        self.faults = faults

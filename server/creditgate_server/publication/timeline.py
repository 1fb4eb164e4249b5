"""Which rule set is in force when, read off the acts. Pure: the present instant is a parameter."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from .acts import ACTIVATING, Act, ActKind, StoredAct


class RuleSetState(StrEnum):
    """Where a rule set stands."""

    DRAFT = "draft"
    """Stored, not proposed."""
    PROPOSED = "proposed"
    APPROVED = "approved"
    """By a second person; may be activated."""
    SCHEDULED = "scheduled"
    """Will be in force."""
    ACTIVE = "active"
    RETIRED = "retired"
    """Was in force, or was withdrawn."""


@dataclass(frozen=True, slots=True)
class Activation:
    """A rule set put into force."""

    number: int
    """Of the act; later activations have higher numbers."""
    digest: str
    effective_at: str
    """First instant, RFC 3339 in UTC."""
    kind: ActKind
    by: str


@dataclass(frozen=True, slots=True)
class Timeline:
    """All activations that were not cancelled, in the order in which they take effect."""

    activations: tuple[Activation, ...]

    def active(self, instant: str) -> Activation | None:
        """The activation in force at an instant (RFC 3339, UTC)."""
        begun = [entry for entry in self.activations if entry.effective_at <= instant]
        return begun[-1] if begun else None

    def next(self, instant: str) -> Activation | None:
        """The first activation still to come."""
        return next((entry for entry in self.activations if entry.effective_at > instant), None)

    def before(self, instant: str) -> str:
        """The rule set that a rollback returns to: rolled-back sets are left out. Empty where there is none."""
        stack: list[str] = []
        for entry in self.activations:
            if entry.effective_at > instant:
                break
            if entry.kind is ActKind.ROLLED_BACK and entry.digest in stack:
                while stack[-1] != entry.digest:
                    stack.pop()
            elif not stack or stack[-1] != entry.digest:
                stack.append(entry.digest)
        return stack[-2] if len(stack) > 1 else ""


def timeline(acts: Iterable[StoredAct]) -> Timeline:
    """The activations of some acts, given in order."""
    standing: dict[int, Activation] = {}
    for recorded in acts:
        act = recorded.act
        if act.kind in ACTIVATING:
            standing[act.number] = Activation(act.number, act.digest, recorded.effective_at, act.kind, act.by)
        elif act.kind is ActKind.RETIRED:
            standing = {
                number: entry
                for number, entry in standing.items()
                if entry.digest != act.digest or entry.effective_at <= act.at
            }
    return Timeline(tuple(sorted(standing.values(), key=lambda entry: (entry.effective_at, entry.number))))


def state_of(digest: str, acts: Sequence[StoredAct], instant: str) -> RuleSetState:
    """Where a rule set stands at an instant."""
    course = timeline(acts)
    active = course.active(instant)
    if active is not None and active.digest == digest:
        return RuleSetState.ACTIVE
    own = [recorded.act.kind for recorded in acts if recorded.act.digest == digest]
    if ActKind.RETIRED in own:
        return RuleSetState.RETIRED
    if any(entry.digest == digest and entry.effective_at > instant for entry in course.activations):
        return RuleSetState.SCHEDULED
    if any(entry.digest == digest for entry in course.activations):
        return RuleSetState.RETIRED
    if ActKind.APPROVED in own:
        return RuleSetState.APPROVED
    return RuleSetState.PROPOSED if ActKind.PROPOSED in own else RuleSetState.DRAFT


def latest(digest: str, kind: ActKind, acts: Sequence[StoredAct]) -> Act | None:
    """The last act of a kind on a rule set."""
    return next((entry.act for entry in reversed(acts) if entry.act.digest == digest and entry.act.kind is kind), None)

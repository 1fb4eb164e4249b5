"""Which rule set is in force when, worked out by hand from the acts."""

from __future__ import annotations

import pytest

from creditgate_server.publication.acts import NO_HASH, Act, ActKind, StoredAct
from creditgate_server.publication.timeline import RuleSetState, state_of, timeline

A, B, C = "sha256:a", "sha256:b", "sha256:c"


def at(minute: int) -> str:
    return f"2026-11-24T08:{minute:02d}:00.000000Z"


def acts(*told: tuple[ActKind, str, int, int | None]) -> tuple[StoredAct, ...]:
    """Acts from (kind, digest, minute, minute of effect)."""
    return tuple(
        StoredAct(
            act=Act(number=number, previous=NO_HASH, kind=kind, digest=digest, by="wang", at=at(minute)),
            signature=b"",
            effective_at="" if effect is None else at(effect),
        )
        for number, (kind, digest, minute, effect) in enumerate(told, start=1)
    )


PROPOSED, APPROVED, ACTIVATED, BACK, RETIRED = (
    ActKind.PROPOSED,
    ActKind.APPROVED,
    ActKind.ACTIVATED,
    ActKind.ROLLED_BACK,
    ActKind.RETIRED,
)


def test_nothing_is_in_force_before_the_first_activation():
    course = timeline(acts((ACTIVATED, A, 1, 5)))
    assert course.active(at(4)) is None
    assert course.next(at(4)).digest == A


def test_an_activation_is_in_force_from_its_first_instant():
    course = timeline(acts((ACTIVATED, A, 1, 2), (ACTIVATED, B, 3, 10)))
    assert [course.active(at(minute)).digest for minute in (2, 9, 10, 11)] == [A, A, B, B]


def test_of_two_at_one_instant_the_later_act_counts():
    assert timeline(acts((ACTIVATED, A, 1, 5), (ACTIVATED, B, 2, 5))).active(at(5)).digest == B


def test_a_scheduled_set_takes_over_after_a_rollback_in_between():
    course = timeline(acts((ACTIVATED, A, 1, 1), (ACTIVATED, B, 2, 2), (ACTIVATED, C, 3, 30), (BACK, A, 10, 11)))
    assert [course.active(at(minute)).digest for minute in (5, 11, 29, 30)] == [B, A, A, C]


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ([(ACTIVATED, A, 1, 1)], ""),
        ([(ACTIVATED, A, 1, 1), (ACTIVATED, B, 2, 2)], A),
        ([(ACTIVATED, A, 1, 1), (ACTIVATED, B, 2, 2), (BACK, A, 3, 3)], ""),
        ([(ACTIVATED, A, 1, 1), (ACTIVATED, B, 2, 2), (ACTIVATED, C, 3, 3), (BACK, B, 4, 4)], A),
        ([(ACTIVATED, A, 1, 1), (ACTIVATED, B, 2, 2), (ACTIVATED, A, 3, 3)], B),
        ([(ACTIVATED, A, 1, 1), (ACTIVATED, B, 2, 50)], ""),
    ],
    ids=["first", "second", "undone", "twice", "again", "to-come"],
)
def test_a_rollback_goes_one_step_further_back_each_time(told: list[tuple[ActKind, str, int, int]], expected: str):
    assert timeline(acts(*told)).before(at(40)) == expected


def test_retiring_cancels_what_is_still_to_come_and_nothing_else():
    told = acts((ACTIVATED, A, 1, 1), (ACTIVATED, B, 2, 20), (ACTIVATED, B, 3, 4), (RETIRED, B, 10, None))
    course = timeline(told)
    assert [entry.number for entry in course.activations] == [1, 3]
    assert (
        state_of(B, told, at(30)) is RuleSetState.ACTIVE
    )  # it was in force when it was retired: the publisher refuses that


def test_the_states_of_a_set_from_draft_to_retired():
    told = acts((PROPOSED, A, 1, None), (APPROVED, A, 2, None), (ACTIVATED, A, 3, 10), (ACTIVATED, B, 11, 12))
    assert state_of(A, told[:0], at(1)) is RuleSetState.DRAFT
    assert state_of(A, told[:1], at(1)) is RuleSetState.PROPOSED
    assert state_of(A, told[:2], at(2)) is RuleSetState.APPROVED
    assert state_of(A, told[:3], at(9)) is RuleSetState.SCHEDULED
    assert state_of(A, told[:3], at(10)) is RuleSetState.ACTIVE
    assert state_of(A, told, at(12)) is RuleSetState.RETIRED
    assert state_of(B, told, at(11)) is RuleSetState.SCHEDULED

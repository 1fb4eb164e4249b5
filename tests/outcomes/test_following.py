"""Deadlines, which revision counts, cursors, counts by rule."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import permutations

import pytest

from creditgate_server.clock import rfc3339
from creditgate_server.decision.check.decision import Outcome
from creditgate_server.decision.outcome.cursors import OVERLAP, LedgerPlace, WatchCursor, decode, encode, start
from creditgate_server.decision.outcome.reporting import findings
from creditgate_server.decision.outcome.standing import Deadlines, LoopState, in_order, in_progress, state
from creditgate_server.decision.outcome.tally import Tally
from creditgate_server.decision.outcome.values import RETRACTED, MeasureDone, Reason, Result
from creditgate_server.errors import InvalidQuestion
from creditgate_server.rulebook.catalogue import Organ
from creditgate_server.rulebook.language import Duty, Leniency

from .answers import check_with, fined, lenient, measure, report

DEADLINES = Deadlines(
    {"quick": Organ(code="quick", title="快", outcome_days=5), "usual": Organ(code="usual", title="常")}
)


def test_an_organ_without_days_of_its_own_has_thirty():
    # issued on 2 November, half past midnight in Shanghai: 1 November in UTC
    issued = "2026-11-01T16:30:00.000000Z"
    assert DEADLINES.due_on("quick", issued) == date(2026, 11, 7)
    assert DEADLINES.due_on("usual", issued) == date(2026, 12, 2)
    assert DEADLINES.due_on("not-in-the-catalogue-any-more", issued) == date(2026, 12, 2)


def test_a_report_on_the_last_day_is_not_late_one_after_it_is():
    issued = "2026-11-01T16:30:00.000000Z"
    assert not DEADLINES.late("quick", issued, "2026-11-07T15:59:59.999999Z")
    assert DEADLINES.late("quick", issued, "2026-11-07T16:00:00.000000Z")


@pytest.mark.parametrize(
    ("instant", "overdue"), [("2026-11-01T15:59:59.999999Z", True), ("2026-11-01T16:00:00.000000Z", False)]
)
def test_overdue_by_instant_and_by_day_are_the_same(instant: str, overdue: bool):
    today = date(2026, 11, 7)
    assert (DEADLINES.due_on("quick", instant) < today) is overdue
    assert (instant < DEADLINES.overdue_before("quick", today)) is overdue


@dataclass(frozen=True)
class Placed:
    issued_at: str
    chain: str
    number: int


def test_the_order_of_revisions_does_not_depend_on_who_reads_them():
    first, second, twin = (
        Placed("2026-11-02T01", "c-b", 9),
        Placed("2026-11-02T02", "c-a", 4),
        Placed("2026-11-02T02", "c-b", 2),
    )
    for given in permutations((first, second, twin)):
        assert in_order(given) == [first, second, twin]


@pytest.mark.parametrize(
    ("last", "wanted"),
    [
        ("", LoopState.OPEN),
        ("pending", LoopState.OPEN),
        (RETRACTED, LoopState.OPEN),
        ("granted", LoopState.SETTLED),
        ("granted_with_conditions", LoopState.SETTLED),
        ("refused", LoopState.SETTLED),
        ("withdrawn", LoopState.SETTLED),
        ("penalised", LoopState.SETTLED),
        ("not_penalised", LoopState.SETTLED),
        ("other", LoopState.SETTLED),
    ],
)
def test_a_receipt_is_settled_by_a_final_result_alone(last: str, wanted: LoopState):
    assert state(needed=True, last=last, by_later=False, overdue=False) is wanted
    assert in_progress(last) is (last == "pending")


def test_what_is_open_may_be_overdue_settled_by_a_later_check_or_not_needed():
    assert state(needed=True, last="", by_later=False, overdue=True) is LoopState.OVERDUE
    assert state(needed=True, last="pending", by_later=True, overdue=True) is LoopState.SETTLED_BY_LATER
    assert state(needed=False, last="", by_later=False, overdue=True) is LoopState.NOT_NEEDED
    assert state(needed=False, last="granted", by_later=False, overdue=False) is LoopState.SETTLED


NOW = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)


def after(seconds: float) -> str:
    return rfc3339(NOW + timedelta(seconds=seconds))


def test_a_cursor_knows_what_it_is_behind():
    cursor = start("o", NOW, LedgerPlace()).past("c-a", 7, after(1))
    assert not cursor.new("c-a", 7)
    assert cursor.new("c-a", 8)
    assert cursor.new("c-b", 1)
    assert decode(encode(cursor), WatchCursor) == cursor


def test_a_receipt_that_is_seen_late_is_new_all_the_same():
    """Another worker's receipt with an earlier instant, committed after ours was read."""
    cursor = start("o", NOW, LedgerPlace()).past("c-a", 7, after(100))
    late = after(100) > cursor.since <= after(45)
    assert late
    assert cursor.new("c-b", 3)


def test_a_cursor_does_not_grow_with_the_workers_that_are_gone():
    cursor = start("o", NOW, LedgerPlace())
    for run in range(1_000):
        cursor = cursor.past(f"c-{run:032}", 1, after(run * 30.0))
    assert len(cursor.seen) <= OVERLAP.total_seconds() / 30 + 1
    assert len(encode(cursor)) < 1_000


def test_time_alone_moves_a_cursor_on_and_never_back():
    cursor = start("o", NOW, LedgerPlace()).past("c-a", 1, after(0))
    later = cursor.caught_up(after(500))
    assert later.since == after(440)
    assert later.seen == {}
    assert later.caught_up(after(100)).since == after(440)


@pytest.mark.parametrize("text", ["x", "=", "中", "e30", "bnVsbA", "W10", "a" * 20_000, encode(LedgerPlace("a", "b"))])
def test_what_is_no_cursor_is_refused(text: str):
    with pytest.raises(InvalidQuestion) as caught:
        decode(text, WatchCursor)
    assert caught.value.field == "cursor"


# -- counts by rule -------------------------------------------------------------------------------------------------


def counted(rule: str = "") -> dict[str, tuple[int, ...]]:
    """Five checks and two violations, counted by hand below."""
    tally = Tally(rule)
    strict = check_with(measure("strict-review"))
    both = check_with(measure("strict-review", other_rules=("r-also",)), measure("no-priority", Duty.OPTIONAL))
    prohibited = check_with(measure("no-licence"), outcome=Outcome.PROHIBITED)
    yes = MeasureDone(code="strict-review", applied=True)
    no = MeasureDone(code="strict-review", applied=False, reason=Reason.REPAIRED)
    elsewhere = MeasureDone(code="strict-review", applied=False, reason=Reason.OTHER_ORGAN)
    word = MeasureDone(code="no-priority", applied=False, words="名额足够")
    against = MeasureDone(code="no-licence", applied=False, reason=Reason.LEGAL)
    for told, answer in (
        (report(yes), strict),
        (report(no, word), both),
        (report(elsewhere), both),
        (report(against), prohibited),
        (fined(reason=Reason.DATA_WRONG), lenient(Leniency.NO_PENALTY_MINOR, rules=("penalty-law-33",))),
        (report(result=Result.NOT_PENALISED), lenient(Leniency.NO_PENALTY_MINOR, rules=("penalty-law-33",))),
    ):
        tally.add(findings(told, answer)[1].followed)
    tally.add_unreported(strict)
    return {
        one.rule: (
            one.ordered,
            one.mandatory,
            one.applied,
            one.not_applied,
            one.silent,
            one.overrides,
            one.against_prohibition,
        )
        for one in tally.figures()
    }


def test_counts_by_rule_are_those_of_a_person_who_counts():
    assert counted() == {
        # ordered in four receipts: applied in one, repaired in one, elsewhere in one, one without report
        "r-strict-review": (4, 4, 1, 2, 1, 1, 0),
        "r-also": (2, 2, 0, 2, 0, 1, 0),
        "r-no-priority": (2, 0, 0, 1, 1, 0, 0),
        "r-no-licence": (1, 1, 0, 1, 0, 1, 1),
        "penalty-law-33": (2, 2, 1, 1, 0, 1, 0),
    }
    assert counted("r-also") == {"r-also": (2, 2, 0, 2, 0, 1, 0)}


def test_reasons_are_counted_in_the_order_of_the_set_words_alone_last():
    tally = Tally()
    answer = check_with(measure("no-priority", Duty.OPTIONAL))
    for reason, words in ((Reason.OTHER, "甲"), (None, "乙"), (Reason.LEGAL, ""), (None, "丙")):
        done = MeasureDone(code="no-priority", applied=False, reason=reason, words=words)
        tally.add(findings(report(done), answer)[1].followed)
    (figures,) = tally.figures()
    assert figures.reasons == ((Reason.LEGAL, 1), (Reason.OTHER, 1), (None, 2))
    assert figures.title == "规则 不优先安排"

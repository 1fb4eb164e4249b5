"""What is open, overdue and settled, told by the store: SQLite and PostgreSQL alike."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import date, timedelta

import pytest
from sqlalchemy import event

from creditgate_server.decision.check.decision import Outcome
from creditgate_server.decision.outcome.cursors import LedgerPlace
from creditgate_server.decision.outcome.standing import settles
from creditgate_server.decision.outcome.values import MeasureDone, Reason, Result
from creditgate_server.decision.question import SubjectInRole
from creditgate_server.ledger.figures import FigurePeriod, LoopCounts, LoopFigures, figures
from creditgate_server.ledger.loop import RECEIPTS
from creditgate_server.ledger.pending import PendingFilter, find, history, pending, totals
from creditgate_server.rulebook.catalogue import MeasureKind
from creditgate_server.rulebook.language import Duty, Leniency, Role, Stage
from creditgate_server.storage.database import Store

from .answers import decision, fined, leniency, measure, report
from .ledgers import DEADLINES, NOW, ORGAN, QUICK, STRICT, TODAY, Book, days_ago, open_book

APPLIED = report(MeasureDone(code="strict-review", applied=True))
CLEAR = decision(Outcome.CLEAR)
EVERY = PendingFilter()
PERIOD = FigurePeriod(since=TODAY - timedelta(days=60), until=TODAY, today=TODAY)


@pytest.fixture
def book(store: Store) -> Iterator[Book]:
    with open_book(store) as opened:
        yield opened


def listed(store: Store, meant: PendingFilter = EVERY, today: date = TODAY) -> list[str]:
    return [one.receipt.id for one in pending(store, meant, DEADLINES, today, LedgerPlace(), 100)]


def test_what_needs_a_report_is_open_until_one_settles_it(book: Book, store: Store) -> None:
    later = book.check(at=days_ago(1))
    earlier = book.check(at=days_ago(2))
    book.check(CLEAR, at=days_ago(2))
    book.check(stage=Stage.AFTER, at=days_ago(2))
    assert listed(store) == [earlier, later]
    book.report(earlier, APPLIED)
    assert listed(store) == [later]


def test_a_pending_approval_settles_nothing_and_a_withdrawn_report_neither(book: Book, store: Store) -> None:
    one = book.check(at=days_ago(3))
    book.report(one, report(result=Result.PENDING), at=days_ago(2))
    assert listed(store) == [one]
    assert pending(store, EVERY, DEADLINES, TODAY, LedgerPlace(), 1)[0].last_answer == "pending"
    book.report(one, APPLIED, at=days_ago(1.5))
    assert listed(store) == []
    book.retract(one, at=days_ago(1))
    assert listed(store) == [one]
    book.report(one, APPLIED)
    assert listed(store) == []


def test_a_correction_that_reopens_counts_though_an_earlier_report_settled_it(book: Book, store: Store) -> None:
    one = book.check(at=days_ago(3))
    book.report(one, APPLIED, at=days_ago(2))
    book.report(one, report(result=Result.PENDING), at=days_ago(1))
    assert listed(store) == [one]


def test_every_revision_is_kept_in_order(book: Book, store: Store) -> None:
    one = book.check(at=days_ago(3))
    told = [book.report(one, APPLIED, at=days_ago(2)), book.retract(one, at=days_ago(1)), book.report(one, APPLIED)]
    found = history(store, one)
    assert found is not None
    assert [revision.id for revision in found.told] == told
    assert [revision.answer for revision in found.told] == ["granted", "retracted", "granted"]


def test_two_reports_at_one_instant_are_both_kept_and_everyone_sees_the_same_one_last(store: Store) -> None:
    with open_book(store, workers=2) as book:
        one = book.check(at=days_ago(1))
        told = [
            book.report(one, report(result=Result.PENDING), at=NOW, worker=0),
            book.report(one, APPLIED, at=NOW, worker=1),
        ]
        found = history(store, one)
        assert found is not None
        assert {revision.id for revision in found.told} == set(told)
        last = max(found.told, key=lambda revision: (revision.chain, revision.number))
        assert found.told[-1] == last
        assert found.followed.last_answer == last.answer
        assert (listed(store) == []) is (last.answer == "granted")


def test_a_report_on_a_later_check_of_the_case_stands_for_the_earlier_ones(book: Book, store: Store) -> None:
    acceptance = book.check(case="甲", at=days_ago(3))
    decided = book.check(CLEAR, case="甲", at=days_ago(2), stage=Stage.DECISION)
    assert listed(store) == [acceptance]
    book.report(decided, report())
    assert listed(store) == []
    found = find(store, acceptance)
    assert found is not None
    assert (found.by_later, found.last_answer) == (True, "")


def test_a_report_on_an_earlier_check_does_not_stand_for_a_later_one(book: Book, store: Store) -> None:
    acceptance = book.check(case="甲", at=days_ago(3))
    decided = book.check(case="甲", at=days_ago(2))
    book.report(acceptance, APPLIED)
    assert listed(store) == [decided]


def test_another_applicant_under_the_same_number_is_another_case(book: Book, store: Store) -> None:
    one = book.check(case="0", at=days_ago(3))
    other = SubjectInRole(identifier="91441900YL0000020R", role=Role.APPLICANT)
    book.report(book.check(case="0", at=days_ago(2), subjects=(other,)), APPLIED)
    assert listed(store) == [one]


def test_violations_of_one_case_do_not_stand_for_each_other(book: Book, store: Store) -> None:
    first = book.violation(leniency(Leniency.MAY_BE_EXEMPT), at=days_ago(2))
    second = book.violation(leniency(Leniency.ORDINARY), at=days_ago(1))
    book.violation(leniency(Leniency.UNDETERMINED), at=days_ago(1))
    book.report(second, fined())
    assert listed(store) == [first]


def test_a_receipt_whose_decision_was_erased_needs_no_report(book: Book, store: Store) -> None:
    kept, settled, gone = (book.check(at=days_ago(2)) for _ in range(3))
    book.report(settled, APPLIED, at=days_ago(1))
    erase(store, settled, "decision")
    erase(store, gone, "decision")
    erase(store, kept, "question")
    assert listed(store) == [kept]
    found = find(store, gone)
    assert found is not None
    assert found.erased
    counted = figures(store, None, PERIOD, DEADLINES).counted
    assert (counted.needed, counted.settled, counted.open) == (2, 1, 1)


def test_an_erased_report_still_counts_though_nobody_knows_what_it_said(book: Book, store: Store) -> None:
    one = book.check(at=days_ago(2))
    told = book.report(one, APPLIED, at=days_ago(1))
    for part in ("question", "decision"):
        erase(store, told, part)
    assert listed(store) == []
    found = figures(store, None, PERIOD, DEADLINES)
    assert (found.counted.settled, found.rules) == (1, ())


def erase(store: Store, receipt: str, part: str) -> None:
    """As the law may ask for it."""
    with store.engine.begin() as connection:
        gone = {part: None, f"{part}_salt": None}
        connection.execute(RECEIPTS.update().where(RECEIPTS.c.id == receipt).values(gone))


def test_organ_item_and_overdue_narrow_the_list(book: Book, store: Store) -> None:
    usual = book.check(at=days_ago(31))  # due on 19 November, after thirty days
    book.check(at=days_ago(30))  # due today
    quick = book.check(organ=QUICK, at=days_ago(6))  # due on 19 November, after five days
    book.check(organ=QUICK, at=days_ago(5))
    other = book.check(organ=QUICK, item="road-transport-licence", at=days_ago(1))
    assert listed(store, PendingFilter(overdue=True)) == [usual, quick]
    assert listed(store, PendingFilter(organs=(QUICK,), overdue=True)) == [quick]
    assert listed(store, PendingFilter(organs=(QUICK,), item="road-transport-licence")) == [other]
    assert listed(store, PendingFilter(organs=())) == []
    assert len(listed(store, PendingFilter(organs=(ORGAN, QUICK)))) == 5
    total = totals(store, EVERY, DEADLINES, TODAY)
    assert (total.open, total.overdue) == (5, 2)
    total = totals(store, PendingFilter(organs=(ORGAN,)), DEADLINES, TODAY)
    assert (total.open, total.overdue) == (2, 1)


def test_pages_join_without_a_gap_though_instants_are_equal(book: Book, store: Store) -> None:
    made = {book.check(at=days_ago(2)) for _ in range(7)}
    found: list[str] = []
    place = LedgerPlace()
    while page := pending(store, EVERY, DEADLINES, TODAY, place, 3):
        found += [one.receipt.id for one in page]
        place = LedgerPlace(page[-1].receipt.issued_at, page[-1].receipt.id)
    assert len(found) == 7
    assert set(found) == made


# -- counts ---------------------------------------------------------------------------------------------------------


def counts(found: LoopFigures) -> dict[str, tuple[int, int, int, int, int]]:
    return {one.rule: (one.ordered, one.applied, one.not_applied, one.silent, one.overrides) for one in found.rules}


def test_counts_are_those_of_a_person_who_counts(book: Book, store: Store) -> None:
    repaired = report(MeasureDone(code="strict-review", applied=False, reason=Reason.REPAIRED))
    book.report(book.check(at=days_ago(50)), APPLIED, at=days_ago(40))  # in time
    book.report(book.check(at=days_ago(50)), repaired, at=days_ago(10))  # late
    corrected = book.check(at=days_ago(50))  # in time, corrected after the last day
    book.report(corrected, APPLIED, at=days_ago(40))
    book.report(corrected, repaired, at=days_ago(5))
    book.check(at=days_ago(45))  # overdue
    book.check(at=days_ago(3))  # open
    withdrawn = book.check(at=days_ago(3))  # open again
    book.report(withdrawn, repaired, at=days_ago(2))
    book.retract(withdrawn, at=days_ago(1))
    book.check(case="甲", at=days_ago(4))  # stands behind the next one
    book.report(book.check(CLEAR, case="甲", at=days_ago(3)), report(), at=days_ago(2))  # needed none
    book.check(CLEAR, at=days_ago(3))
    book.check(at=days_ago(70))  # before the period
    book.check(organ=QUICK, at=days_ago(3))  # of another organ
    found = figures(store, (ORGAN,), PERIOD, DEADLINES)
    assert found.counted == LoopCounts(
        needed=7, settled=3, settled_late=1, settled_by_later=1, open=3, overdue=1, volunteered=1
    )
    assert counts(found) == {"r-strict-review": (6, 1, 2, 3, 2)}
    assert counts(figures(store, (ORGAN,), PERIOD, DEADLINES, "r-none")) == {}
    assert figures(store, None, PERIOD, DEADLINES).counted.needed == 8


def test_a_report_that_was_not_asked_for_is_counted_by_rule_too(book: Book, store: Store) -> None:
    optional = decision(Outcome.INCENTIVES, measure("fewer-inspections", Duty.OPTIONAL, kind=MeasureKind.INCENTIVE))
    book.report(book.check(optional, at=days_ago(2)), report(MeasureDone(code="fewer-inspections", applied=True)))
    book.check(optional, at=days_ago(2))
    found = figures(store, None, PERIOD, DEADLINES)
    assert (found.counted.needed, found.counted.volunteered) == (0, 1)
    assert counts(found) == {"r-fewer-inspections": (1, 1, 0, 0, 0)}


def test_violations_are_counted_by_the_rules_that_decided(book: Book, store: Store) -> None:
    no_penalty = leniency(Leniency.NO_PENALTY_MINOR, rules=("penalty-law-33-1",))
    book.report(book.violation(no_penalty, at=days_ago(2)), fined(reason=Reason.NOT_APPLICABLE))
    book.report(book.violation(no_penalty, at=days_ago(2)), report(result=Result.NOT_PENALISED))
    book.violation(no_penalty, at=days_ago(1))
    assert counts(figures(store, None, PERIOD, DEADLINES)) == {"penalty-law-33-1": (3, 1, 1, 1, 1)}


def test_more_receipts_than_are_read_at_once_are_all_counted(book: Book, store: Store) -> None:
    drafts = [book.check(STRICT, at=days_ago(2)) for _ in range(1_050)]
    for about in drafts[::5]:
        book.report(about, APPLIED, at=days_ago(1))
    found = figures(store, None, PERIOD, DEADLINES)
    assert (found.counted.needed, found.counted.settled, found.counted.open) == (1_050, 210, 840)
    assert counts(found) == {"r-strict-review": (1_050, 210, 0, 840, 0)}


def test_the_counts_are_those_of_each_receipt_by_itself(book: Book, store: Store) -> None:
    """They look a case up once, a receipt by itself looks through its case: both say the same of any history."""
    chance = random.Random(13)
    checks = [book.check(at=days_ago(chance.randrange(20, 24)), case=f"虚构-{chance.randrange(7)}") for _ in range(60)]
    for about in chance.choices(checks, k=60):
        said = report(*APPLIED.measures, result=chance.choice([Result.GRANTED, Result.PENDING]))
        book.report(about, said, at=days_ago(chance.randrange(1, 20)))
        if chance.random() < 0.3:
            book.retract(about, at=days_ago(chance.randrange(1, 20)))
    alone = [one for one in (find(store, check) for check in checks) if one is not None]
    by_later = sum(one.by_later and not settles(one.last_answer) for one in alone)
    counted = figures(store, None, PERIOD, DEADLINES).counted
    assert 5 < by_later < 55
    assert (counted.settled, counted.settled_by_later) == (sum(settles(one.last_answer) for one in alone), by_later)


@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)  # which counts its steps
def test_a_case_of_twice_as_many_checks_takes_no_more_than_about_twice_the_steps(book: Book, store: Store) -> None:
    steps = []
    event.listen(store.engine, "checkout", lambda connection, *_: connection.set_progress_handler(step(steps), 100))
    taken = []
    for _ in range(2):
        for about in [book.check(at=days_ago(2), case="虚构-大") for _ in range(200)]:
            book.report(about, APPLIED, at=days_ago(1))
        steps.clear()
        assert figures(store, None, PERIOD, DEADLINES).counted.open == 0
        taken.append(len(steps))
    assert taken[1] < 3 * taken[0], taken


def step(steps: list[None]) -> Callable[[], None]:
    return lambda: steps.append(None)

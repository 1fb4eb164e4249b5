"""What follows a grant: corrections in time and late, promises, second reports, withdrawal; seen by later checks."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from creditgate_server.errors import InvalidQuestion, StoreDown, UnknownThing, WrongState
from creditgate_server.exemptions.register.granting import report_correction, withdraw
from creditgate_server.exemptions.register.reading import find
from creditgate_server.exemptions.register.values import GrantStanding, RegisterGrant
from creditgate_server.registry.lookup import Registry
from creditgate_server.storage.database import Store, open_store

from .kit import DECIDED, DUE, FIRM, NOW, after, counting, granted, noon

LATER = noon(date(2026, 11, 20))
"""When most reports come."""
EXEMPTION, OVERDUE, BREACH = "exemption", "correction-overdue", "correction-promise-breach"


def report(
    store: Store, corrected_on: date | None, kept_promise: bool | None = None, known_at: datetime = LATER
) -> RegisterGrant:
    return report_correction(store, "r-1", corrected_on, kept_promise, known_at, by="所队二")


def test_nobody_reports_and_the_day_after_the_term_it_is_overdue_by_itself(store: Store) -> None:
    made = granted(store)
    assert counting(store, DUE) == [EXEMPTION]
    assert counting(store, after(DUE)) == [OVERDUE, EXEMPTION]
    assert counting(store, after(DUE), known_at=NOW) == [OVERDUE, EXEMPTION]
    assert (made.standing(DUE), made.standing(after(DUE))) == (GrantStanding.PENDING, GrantStanding.OVERDUE)


@pytest.mark.parametrize("day", [DECIDED, DUE])
def test_a_correction_in_time_takes_the_overdue_record_away(store: Store, day: date) -> None:
    granted(store)
    made = report(store, day, True)
    assert counting(store, after(DUE, 30)) == [EXEMPTION]
    assert made.standing(after(DUE)) is GrantStanding.CORRECTED
    (told,) = made.reports
    assert (told.corrected_on, told.kept_promise, told.broken) == (day, True, False)
    assert (told.reported_at, told.reported_by) == (LATER, "所队二")
    assert find(store, "r-1") == made
    assert counting(store, after(DUE, 30), known_at=NOW) == [OVERDUE, EXEMPTION]  # as known before the report


def test_a_correction_one_day_late_keeps_it(store: Store) -> None:
    granted(store, promise_made=False)
    made = report(store, after(DUE))
    assert counting(store, after(DUE, 30)) == [OVERDUE, EXEMPTION]
    assert (made.standing(DUE), made.standing(after(DUE))) == (GrantStanding.PENDING, GrantStanding.LATE)
    assert not made.promise_broken


@pytest.mark.parametrize("kept", [None, True, False])
def test_late_with_a_promise_is_a_broken_promise_whatever_is_said(store: Store, kept: bool | None) -> None:
    granted(store)
    assert report(store, after(DUE), kept).promise_broken
    assert counting(store, date(2026, 11, 19)) == [OVERDUE, EXEMPTION]  # the day before it was found
    assert counting(store, date(2026, 11, 20)) == [OVERDUE, BREACH, EXEMPTION]
    (breach,) = (record for record in Registry(store).knowledge([FIRM], None)[FIRM].records if record.kind == BREACH)
    assert (breach.decided_on, breach.effective_from, breach.violation) == (
        date(2026, 11, 20),
        date(2026, 11, 20),
        "m17",
    )


def test_a_promise_may_be_broken_though_the_correction_was_in_time(store: Store) -> None:
    granted(store)
    report(store, DUE, False)
    assert counting(store, date(2026, 11, 20)) == [BREACH, EXEMPTION]


def test_a_promise_may_be_broken_where_all_was_corrected_before_the_decision(store: Store) -> None:
    granted(store, due_on=None)
    report(store, DECIDED, False)
    assert counting(store, date(2026, 11, 20)) == [BREACH, EXEMPTION]


def test_looked_at_again_and_not_corrected(store: Store) -> None:
    granted(store)
    made = report(store, None, known_at=noon(DUE))
    assert (made.promise_broken, made.standing(DUE), made.standing(after(DUE))) == (
        False,
        GrantStanding.PENDING,
        GrantStanding.OVERDUE,
    )
    again = report(store, None, known_at=noon(after(DUE)))
    assert (again.promise_broken, len(again.reports)) == (True, 2)
    assert counting(store, after(DUE)) == [OVERDUE, BREACH, EXEMPTION]


def test_without_a_promise_nothing_can_be_broken(store: Store) -> None:
    granted(store, promise_made=False)
    with pytest.raises(InvalidQuestion) as caught:
        report(store, DUE, False)
    assert caught.value.field == "kept_promise"
    assert find(store, "r-1").reports == ()
    assert not report(store, after(DUE)).promise_broken
    assert BREACH not in counting(store, date(2026, 12, 31))


def test_the_same_report_again_changes_nothing(store: Store) -> None:
    granted(store)
    registry = Registry(store)
    made = report(store, DUE, True)
    version = registry.version()
    assert report(store, DUE, True, LATER + timedelta(days=1)) == made
    assert registry.version() == version


def test_the_latest_report_counts_and_the_earlier_ones_stay(store: Store) -> None:
    granted(store)
    report(store, after(DUE), None)
    at = LATER + timedelta(days=2)
    made = report(store, DUE, True, at)
    assert [told.corrected_on for told in made.reports] == [after(DUE), DUE]
    assert not made.promise_broken
    assert counting(store, date(2026, 12, 31)) == [EXEMPTION]
    assert counting(store, date(2026, 12, 31), known_at=LATER) == [OVERDUE, BREACH, EXEMPTION]


def test_a_report_on_the_wrong_grant_can_be_taken_back(store: Store) -> None:
    granted(store, promise_made=False)
    report(store, DUE)
    made = report(store, None, known_at=LATER + timedelta(days=1))
    assert made.standing(after(DUE)) is GrantStanding.OVERDUE
    assert counting(store, after(DUE)) == [OVERDUE, EXEMPTION]


def test_a_breach_said_again_keeps_its_day_and_a_new_one_has_a_new_day(store: Store) -> None:
    granted(store)

    def breach() -> tuple[date, str]:
        records = Registry(store).knowledge([FIRM], None)[FIRM].records
        (record,) = (record for record in records if record.kind == BREACH)
        return record.decided_on, record.state

    report(store, after(DUE), known_at=noon(date(2026, 11, 20)))
    report(store, after(DUE, 2), known_at=noon(date(2026, 11, 25)))
    assert breach() == (date(2026, 11, 20), "effective")
    report(store, DUE, True, noon(date(2026, 11, 26)))
    assert breach() == (date(2026, 11, 20), "revoked")
    report(store, DUE, False, noon(date(2026, 11, 28)))
    assert breach() == (date(2026, 11, 28), "effective")


def test_a_day_to_come_can_not_be_reported(store: Store) -> None:
    granted(store)
    with pytest.raises(InvalidQuestion) as caught:
        report(store, date(2026, 11, 21))
    assert caught.value.field == "corrected_on"
    assert report(store, date(2026, 11, 20)).standing(date(2026, 11, 20)) is GrantStanding.LATE


def test_a_report_from_a_machine_whose_clock_is_behind_is_still_the_latest(store: Store) -> None:
    granted(store)
    made = report(store, DECIDED, True, NOW - timedelta(minutes=3))
    assert made.reports[0].reported_at == NOW
    assert counting(store, after(DUE)) == [EXEMPTION]


def test_what_was_never_granted_is_not_found(store: Store) -> None:
    for call in (
        lambda: find(store, "r-1"),
        lambda: report(store, DUE),
        lambda: withdraw(store, "r-1", "登错", LATER),
    ):
        with pytest.raises(UnknownThing) as caught:
            call()
        assert (caught.value.field, bool(caught.value.hint)) == ("grant_id", True)


# -- withdrawal -----------------------------------------------------------------------------------------------------


def test_a_withdrawn_grant_leaves_nothing_that_counts(store: Store) -> None:
    granted(store)
    report(store, after(DUE))
    at = LATER + timedelta(days=1)
    made = withdraw(store, "r-1", " 主体登错 ", at, by="窗口一")
    assert counting(store, date(2026, 12, 31)) == []
    assert counting(store, date(2026, 12, 31), known_at=LATER) == [OVERDUE, BREACH, EXEMPTION]
    assert {(record.state, record.state_on) for record in Registry(store).knowledge([FIRM], None)[FIRM].records} == {
        ("revoked", date(2026, 11, 21))
    }
    assert made.standing(DUE) is GrantStanding.WITHDRAWN
    assert made.withdrawal is not None
    assert (made.withdrawal.reason, made.withdrawal.withdrawn_at, made.withdrawal.withdrawn_by) == (
        "主体登错",
        at,
        "窗口一",
    )
    assert find(store, "r-1") == made


def test_it_is_withdrawn_once(store: Store) -> None:
    granted(store)
    made = withdraw(store, "r-1", "主体登错", LATER)
    assert withdraw(store, "r-1", "主体登错", LATER + timedelta(days=1)) == made
    with pytest.raises(WrongState):
        withdraw(store, "r-1", "事项登错", LATER)
    with pytest.raises(WrongState):
        report(store, DUE)
    assert granted(store) == made  # the receipt stays used


@pytest.mark.parametrize("reason", ["", "  ", "错" * 2001, "\x00"])
def test_a_withdrawal_needs_a_reason_that_can_be_read(store: Store, reason: str) -> None:
    granted(store)
    with pytest.raises(InvalidQuestion) as caught:
        withdraw(store, "r-1", reason, LATER)
    assert caught.value.field == "reason"
    assert find(store, "r-1").withdrawal is None


def test_a_new_grant_under_the_document_of_a_withdrawn_one_counts(store: Store) -> None:
    granted(store)
    withdraw(store, "r-1", "事项登错", LATER)
    granted(store, receipt_id="r-2", exemption="m18")
    assert counting(store, after(DUE)) == [OVERDUE, EXEMPTION]


def test_a_store_that_is_gone_is_told(store_url: str) -> None:
    store = open_store(store_url)  # no tables
    for call in (lambda: find(store, "r-1"), lambda: report(store, DUE), lambda: granted(store)):
        with pytest.raises(StoreDown):
            call()
    store.close()

"""Granting: once for a receipt, whole or not at all, and only on a receipt that carries it."""

from __future__ import annotations

import threading
import time
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, text

from creditgate_server.errors import GateError, IdConflict, InvalidQuestion, NotYours, StoreDown, UnknownThing
from creditgate_server.exemptions.register.granting import grant
from creditgate_server.exemptions.register.reading import GrantFilters, find, listed
from creditgate_server.exemptions.register.records import FEED
from creditgate_server.exemptions.register.records import KINDS as WRITTEN_KINDS
from creditgate_server.exemptions.register.stored import GRANTS
from creditgate_server.exemptions.register.values import AnswerReceipt, RegisterGrant
from creditgate_server.registry.lookup import Registry
from creditgate_server.rulebook.load import read_directory
from creditgate_server.storage.database import Store, migrate, open_store

from .kit import (
    DECIDED,
    DUE,
    FIRM,
    KINDS,
    NOW,
    ORGAN,
    OTHER,
    PERSON,
    TITLE,
    after,
    asked,
    counting,
    granted,
    noon,
    receipt_for,
)

RULES = Path(__file__).resolve().parents[2] / "rules"


def test_a_grant_comes_back_as_it_was_registered(store: Store) -> None:
    made = granted(store)
    assert made.grant == asked()
    assert (made.id, made.organ_title, made.registered_at, made.registered_by) == ("r-1", TITLE, NOW, "窗口一")
    assert (made.reports, made.withdrawal, made.record_number) == ((), None, "东市监不罚〔2026〕1号")
    assert find(store, "r-1") == made


def test_it_puts_the_decision_and_the_term_into_the_registry(store: Store) -> None:
    granted(store)
    overdue, exemption = Registry(store).knowledge([FIRM], None)[FIRM].records
    assert (exemption.kind, overdue.kind) == ("exemption", "correction-overdue")
    for record in (exemption, overdue):
        assert (record.source, record.document_number) == ("exemption-register", "东市监不罚〔2026〕1号")
        assert (record.violation, record.organ, record.organ_title) == ("m17", ORGAN, TITLE)
        assert (record.state, record.until, record.amount_fen, record.list) == ("effective", None, 0, "")
    assert (exemption.decided_on, exemption.effective_from) == (DECIDED, DECIDED)
    assert (overdue.decided_on, overdue.effective_from) == (date(2026, 11, 10), date(2026, 11, 10))


def test_what_is_corrected_already_has_no_term(store: Store) -> None:
    granted(store, due_on=None)
    assert [record.kind for record in Registry(store).knowledge([FIRM], None)[FIRM].records] == ["exemption"]


def test_the_registry_shows_it_from_the_instant_of_the_grant(store: Store) -> None:
    granted(store)
    assert counting(store, DECIDED, known_at=NOW) == ["exemption"]
    assert counting(store, DECIDED, known_at=noon(after(DECIDED, -1))) == []
    assert counting(store, after(DECIDED, -1)) == []


def test_a_registry_that_has_read_before_looks_again(store: Store) -> None:
    registry = Registry(store)
    before = registry.version()
    granted(store)
    assert registry.version() == before + 1
    granted(store, known_at=noon(after(DECIDED)))
    assert registry.version() == before + 1  # nothing changed


def test_the_same_grant_again_is_the_stored_one(store: Store) -> None:
    made = granted(store)
    assert granted(store, known_at=noon(after(DECIDED))) == made
    assert len(listed(store, GrantFilters()).grants) == 1


@pytest.mark.parametrize(
    "change",
    [
        {"decided_on": date(2026, 11, 1)},
        {"due_on": None},
        {"fine_forgone_fen": 500_001},
        {"promise_made": False},
        {"note": ""},
        {"document_number": ""},
        {"list": ""},
    ],
)
def test_another_grant_on_the_same_receipt_is_a_conflict(store: Store, change: dict[str, Any]) -> None:
    made = granted(store)
    with pytest.raises(IdConflict) as caught:
        granted(store, **change)
    assert caught.value.field == "receipt_id"
    assert caught.value.hint
    assert find(store, "r-1") == made
    assert counting(store, DECIDED) == ["exemption"]


def test_without_a_document_number_one_is_made_from_the_receipt(store: Store) -> None:
    made = granted(store, document_number=" ")
    assert made.grant.document_number == "首违登记-r-1"
    assert granted(store, document_number=" ") == made
    (record, *_) = Registry(store).knowledge([FIRM], None)[FIRM].records
    assert record.document_number == "首违登记-r-1"


def test_one_document_may_decide_on_two_violations_of_a_firm(store: Store) -> None:
    """Records are named by their document: the second must not pass for a new edition of the first."""
    granted(store)
    second = granted(store, receipt_id="r-2", exemption="m18")
    assert second.grant.document_number == "东市监不罚〔2026〕1号"
    assert counting(store, DECIDED) == ["exemption", "exemption"]
    records = Registry(store).knowledge([FIRM], None)[FIRM].records
    assert sorted(record.violation for record in records if record.kind == "exemption") == ["m17", "m18"]


def test_the_same_document_number_of_two_firms_stays_as_it_is(store: Store) -> None:
    granted(store)
    assert granted(store, receipt_id="r-2", subject=OTHER).record_number == "东市监不罚〔2026〕1号"
    assert counting(store, DECIDED, OTHER) == ["exemption"]


def test_a_person_and_an_act_on_no_list(store: Store) -> None:
    granted(store, subject=PERSON, exemption="", list="")
    overdue, exemption = Registry(store).knowledge([PERSON], None)[PERSON].records
    assert (overdue.violation, exemption.violation) == ("", "")


@pytest.mark.parametrize(
    ("receipt", "error", "field"),
    [
        (None, UnknownThing, "receipt_id"),
        ({"id": "r-2"}, UnknownThing, "receipt_id"),
        ({"kind": "check"}, InvalidQuestion, "receipt_id"),
        ({"kind": "level"}, InvalidQuestion, "receipt_id"),
        ({"organ": "ecology-environment"}, NotYours, "organ"),
        ({"subject": OTHER}, InvalidQuestion, "subject"),
        ({"exemption": "m18"}, InvalidQuestion, "exemption"),
    ],
)
def test_a_receipt_that_does_not_carry_it_is_refused(
    store: Store, receipt: dict[str, str] | None, error: type[GateError], field: str
) -> None:
    one = asked()
    given = None if receipt is None else receipt_for(one, **receipt)
    with pytest.raises(error) as caught:
        grant(store, one, receipt=given, organ_title=TITLE, known_at=NOW)
    assert (caught.value.field, bool(caught.value.hint)) == (field, True)
    nothing_is_stored(store)


def test_a_question_by_description_may_end_at_an_entry(store: Store) -> None:
    one = asked()
    receipt: AnswerReceipt = receipt_for(one, exemption="")
    assert grant(store, one, receipt=receipt, organ_title=TITLE, known_at=NOW).grant.exemption == "m17"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"subject": "91441900708017879A"}, "subject"),
        ({"subject": "110101180001010031"}, "subject"),  # a citizen's number is never kept
        ({"subject": ""}, "subject"),
        ({"exemption": ""}, "exemption"),
        ({"decided_on": date(2026, 11, 3)}, "decided_on"),
        ({"due_on": date(2026, 11, 1)}, "due_on"),
        ({"due_on": date.max}, "due_on"),
        ({"fine_forgone_fen": -1}, "fine_forgone_fen"),
        ({"fine_forgone_fen": 10**15 + 1}, "fine_forgone_fen"),
        ({"document_number": "号" * 201}, "document_number"),
        ({"note": "\x00"}, "note"),
        ({"note": "注" * 2001}, "note"),
    ],
)
def test_a_grant_that_can_not_be_is_refused(store: Store, changes: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidQuestion) as caught:
        granted(store, **changes)
    assert caught.value.field == field
    assert "110101180001010031" not in str(caught.value)
    nothing_is_stored(store)


def nothing_is_stored(store: Store) -> None:
    assert listed(store, GrantFilters()).grants == ()
    assert Registry(store).knowledge([FIRM], None)[FIRM].records == ()


def test_the_edges_are_allowed(store: Store) -> None:
    granted(store, due_on=DECIDED, fine_forgone_fen=10**15, document_number="号" * 200, note="一\n二")
    assert counting(store, DECIDED) == ["exemption"]
    assert counting(store, after(DECIDED)) == ["correction-overdue", "exemption"]


def test_a_decision_of_the_legal_day_may_be_registered_though_it_is_yesterday_in_utc(store: Store) -> None:
    just_after_midnight = datetime(2026, 11, 1, 16, 1, tzinfo=UTC)
    assert granted(store, known_at=just_after_midnight).registered_at == just_after_midnight


def test_it_is_whole_or_not_at_all(store: Store) -> None:
    """The registry's clock is moved last: where that fails, neither grant nor record stays."""
    rename(store, "registry_clock", "put_away")
    with pytest.raises(StoreDown):
        granted(store)
    rename(store, "put_away", "registry_clock")
    nothing_is_stored(store)
    assert granted(store).grant == asked()


def rename(store: Store, name: str, other: str) -> None:
    with store.engine.begin() as connection:
        connection.execute(text(f"ALTER TABLE {name} RENAME TO {other}"))


def test_two_at_once_make_one_grant(store: Store, store_url: str) -> None:
    made = at_once(store_url, {}, {})
    assert made[0] == made[1]
    with store.engine.connect() as connection:
        assert connection.execute(select(func.count()).select_from(GRANTS)).scalar_one() == 1
    assert len(Registry(store).knowledge([FIRM], None)[FIRM].records) == 2


def test_of_two_different_ones_at_once_one_is_a_conflict(store: Store, store_url: str) -> None:
    made = at_once(store_url, {}, {"fine_forgone_fen": 1})
    assert sorted(type(one) for one in made if isinstance(one, IdConflict)) == [IdConflict]
    (kept,) = (one for one in made if isinstance(one, RegisterGrant))
    assert find(store, "r-1") == kept


def test_many_at_once_are_all_registered(store: Store, store_url: str) -> None:
    changes = [{"receipt_id": f"r-{number}", "document_number": ""} for number in range(8)]
    assert all(isinstance(one, RegisterGrant) for one in at_once(store_url, *changes))
    assert counting(store, DECIDED) == ["exemption"] * 8


PATIENCE = 60.0
"""Seconds after which a busy store counts as one that does not answer."""


def at_once(store_url: str, *changes: dict[str, Any]) -> list[RegisterGrant | GateError]:
    """Grants from as many threads, each with a store of its own. A store that is busy is asked again, as callers do."""
    start = threading.Barrier(len(changes))
    until = time.monotonic() + PATIENCE
    made: list[RegisterGrant | GateError | None] = [None] * len(changes)

    def run(number: int) -> None:
        with closing(open_store(store_url)) as store:
            start.wait()
            while not isinstance(made[number], RegisterGrant):
                try:
                    made[number] = granted(store, **changes[number])
                except StoreDown as fault:
                    made[number] = fault
                    if time.monotonic() > until:
                        return
                except GateError as fault:
                    made[number] = fault
                    return

    threads = [threading.Thread(target=run, args=(number,)) for number in range(len(changes))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [one for one in made if one is not None]


def test_a_store_of_an_earlier_release_gets_the_register(store_url: str) -> None:
    with closing(open_store(store_url)) as store:
        migrate(store, "0002")
        with pytest.raises(StoreDown):
            find(store, "r-1")
        migrate(store)
        assert granted(store).grant == asked()
        assert counting(store, after(DUE)) == ["correction-overdue", "exemption"]


def test_the_library_knows_the_kinds_of_record_and_their_feed() -> None:
    catalogue = read_directory(RULES).rule_set.catalogue
    assert WRITTEN_KINDS == KINDS
    assert {catalogue.record_kinds[kind].feed for kind in KINDS} == {FEED}
    assert catalogue.feeds[FEED].own

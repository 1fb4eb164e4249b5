"""Contradictions between sources: each kind is found, settled by a person, traced, compared. Numbers in brackets are
those of the acceptance examples.
"""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from msgspec import UNSET

from creditgate_server.clock import rfc3339
from creditgate_server.errors import InvalidQuestion, UnknownThing
from creditgate_server.registry.authority import How
from creditgate_server.registry.comparing import Side, compare
from creditgate_server.registry.conflicts import Conflict, ConflictKind, conflicts, conflicts_of
from creditgate_server.registry.lineage import lineage
from creditgate_server.registry.quality import quality
from creditgate_server.registry.settling import acts, settle
from creditgate_server.rulebook.language import PenaltyKind
from creditgate_server.storage.database import Store

from .sources import (
    FIRM,
    OTHER,
    PERSON,
    SOMEBODY,
    A,
    B,
    Sources,
    catalogue,
    firm,
    noon,
    penalty,
    rated,
    repaired,
    represents,
    without_authority,
)

D17, D18, D19, D20 = (date(2026, 11, day) for day in (17, 18, 19, 20))
NOW = datetime(2026, 12, 1, 4, 0, tzinfo=UTC)


@pytest.fixture
def sources(store: Store) -> Sources:
    return Sources(store)


def found(sources: Sources) -> list[Conflict]:
    return list(conflicts(sources.store, catalogue()))


def only(sources: Sources, kind: ConflictKind) -> Conflict:
    (one,) = found(sources)
    assert one.kind is kind
    return one


def said(one: Conflict) -> list[tuple[str, object]]:
    return [(each.source, each.value) for each in one.said]


# -- what must be caught --------------------------------------------------------------------------------------------


def test_registration_against_another_feed_is_one_conflict_that_authority_settles(sources: Sources) -> None:
    """(1)"""
    sources.deliver(None, D18, firm(operating_state="normal"))
    sources.deliver(A, D19, firm(operating_state="cancelled"))
    one = only(sources, ConflictKind.FACT)
    assert (one.subject, one.thing, one.how, one.counts) == (
        FIRM,
        "attribute:operating_state",
        How.AUTHORITY,
        "normal",
    )
    assert said(one) == [("registration", "normal"), (A, "cancelled")]
    assert not one.open


def test_a_penalty_effective_by_a_third_party_and_repaired_by_credit_china(sources: Sources) -> None:
    sources.deliver("credit-china", D18, repaired(D17))
    sources.deliver(A, D20, penalty())
    one = only(sources, ConflictKind.RECORD)
    assert (one.field, one.how) == ("state", How.AUTHORITY)
    assert said(one) == [("credit-china", "repaired 2026-11-17"), (A, "effective")]


def test_a_repair_that_came_later_is_no_conflict_and_the_other_way_round_it_is_open(sources: Sources) -> None:
    """(4)"""
    sources.deliver(A, D18, penalty("罚1"), penalty("罚2"))
    sources.deliver(B, D19, repaired(D19, "罚1"))
    assert found(sources) == []
    assert next(one.state for one in sources.known().records if one.document_number == "罚1") == "repaired"
    sources.deliver(B, D18, repaired(D18, "罚2"))
    sources.deliver(A, D19, penalty("罚2"))
    one = only(sources, ConflictKind.RECORD)
    assert (one.thing, one.field, one.open) == ("record:penalty::罚2", "state", True)


def test_a_licence_in_force_although_revoked(sources: Sources) -> None:
    held = penalty(
        "证1", kind="licence", severity="", until=date(2030, 1, 1), licence_item="food-business-licence", amount_fen=0
    )
    revocation = penalty(
        "罚1",
        decided_on=date(2026, 10, 1),
        penalty_kinds=(PenaltyKind.REVOCATION,),
        licence_item="food-business-licence",
    )
    sources.deliver(None, D18, held, revocation)
    one = only(sources, ConflictKind.REVOKED_LICENCE)
    assert (one.subject, one.open, len(one.said)) == (FIRM, True, 2)


def test_a_licence_of_another_item_or_that_ended_before_is_none(sources: Sources) -> None:
    other = penalty("证1", kind="licence", severity="", licence_item="hygiene-licence", amount_fen=0)
    ended = penalty(
        "证2", kind="licence", severity="", licence_item="food-business-licence", until=date(2026, 9, 1), amount_fen=0
    )
    revocation = penalty(
        "罚1",
        decided_on=date(2026, 10, 1),
        penalty_kinds=(PenaltyKind.REVOCATION,),
        licence_item="food-business-licence",
    )
    sources.deliver(None, D18, other, ended, revocation)
    assert found(sources) == []


def test_a_list_entry_without_its_penalty(sources: Sources) -> None:
    entry = penalty("列1", kind="list_entry", list="market-serious", severity="", source="market", amount_fen=0)
    sources.deliver(None, D18, entry)
    assert only(sources, ConflictKind.ENTRY_ALONE).thing == "record:list_entry:market-serious:列1"
    sources.deliver(None, D19, penalty("罚1", decided_on=date(2026, 5, 1)))
    assert found(sources) == []


def test_one_document_with_two_dates(sources: Sources) -> None:
    """Of two feeds, and of one feed as records of two kinds."""
    sources.deliver(A, D18, penalty("罚1"))
    sources.deliver(B, D19, penalty("罚1", decided_on=date(2026, 5, 21), effective_from=date(2026, 5, 21)))
    one = only(sources, ConflictKind.RECORD)
    assert (one.field, one.open) == ("decided_on", True)
    again = penalty("罚9", of=OTHER, kind="licence-revocation", severity="", decided_on=date(2026, 5, 22))
    sources.deliver(None, D20, penalty("罚9", of=OTHER), again)
    assert [(one.kind, one.subject) for one in found(sources)] == [
        (ConflictKind.RECORD, FIRM),
        (ConflictKind.TWO_DAYS, OTHER),
    ]


def test_one_document_of_two_firms(sources: Sources) -> None:
    """(6) A firm and its representative may be punished by one decision; two firms with one number are raised."""
    sources.deliver(None, D18, penalty("罚1"), penalty("罚1", of=PERSON), penalty("罚 1", of=OTHER))
    one = only(sources, ConflictKind.TWO_SUBJECTS)
    assert (one.thing, one.open) == ("record:penalty::罚1", True)
    assert {value for _, value in said(one)} == {FIRM, OTHER}


def test_a_document_that_was_revoked_of_one_firm_is_of_one(sources: Sources) -> None:
    sources.deliver(None, D18, penalty("罚1", state="revoked", state_on=D17), penalty("罚1", of=OTHER))
    assert found(sources) == []


def test_two_codes_of_one_organisation(sources: Sources) -> None:
    """The code changed with the place of registration: 主体标识码 708017879 stays."""
    changed = "92441900708017879J"
    sources.deliver(None, D18, firm(operating_state="normal"), firm(changed, operating_state="normal"))
    one = only(sources, ConflictKind.CHANGED_CODE)
    assert (one.thing, [value for _, value in said(one)]) == ("organisation:708017879", [FIRM, changed])


def test_representatives_that_feeds_name_differently(sources: Sources) -> None:
    sources.deliver(None, D18, represents(PERSON, FIRM, date(2015, 1, 1)))
    sources.deliver(A, D19, represents(SOMEBODY, FIRM, date(2020, 1, 1)))
    one = only(sources, ConflictKind.REPRESENTATIVE)
    assert (one.how, one.counts) == (How.AUTHORITY, PERSON)


def test_a_file_that_lacks_what_its_sender_announced(sources: Sources) -> None:
    """(5) Control total 743, received 742; a whole file later is the end of it."""
    sources.deliver(None, D18, penalty())
    with sources.store.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE import_batch SET announced = 743, rows = 742, delivered = 0")
    one = only(sources, ConflictKind.TOTALS)
    assert (one.thing, one.note) == ("file:own-2026-11-18.csv", "应有 743 行, 收到 742 行")
    sources.deliver(None, D19, penalty())
    assert found(sources) == []


def test_nothing_contradicts_where_one_feed_speaks(sources: Sources) -> None:
    sources.deliver(None, D18, firm(operating_state="normal"), penalty(), rated("A", date(2026, 5, 1)))
    assert found(sources) == []


# -- settling -------------------------------------------------------------------------------------------------------


def two_states(sources: Sources) -> None:
    sources.deliver(B, D18, repaired(D18))
    sources.deliver(A, D19, penalty())


def settled(sources: Sources, feed: str, **changes: str) -> None:
    asked = {
        "subject": FIRM,
        "thing": "record:penalty::罚1",
        "field": "state",
        "post": "信用科审核岗",
        "reason": "已核原件",
    }
    settle(sources.store, catalogue(), feed=feed, known_at=NOW, **(asked | changes))


def test_what_a_post_settles_counts_from_then_on(sources: Sources) -> None:
    """(3) The conflict is closed with who and why; what was known before stays as it was."""
    two_states(sources)
    settled(sources, B)
    (record,) = sources.known(by=without_authority()).records
    assert (record.state, record.state_on, record.versions) == ("repaired", D18, UNSET)
    (before,) = sources.known(at=noon(D20), by=without_authority()).records
    assert before.versions is not UNSET
    one = only(sources, ConflictKind.RECORD)
    assert (one.how, one.open) == (How.SETTLED, False)
    (act,) = acts(sources.store)
    assert (act.post, act.reason, act.value, act.known_at) == (
        "信用科审核岗",
        "已核原件",
        ("repaired", "2026-11-18"),
        rfc3339(NOW),
    )


def test_a_settlement_ends_when_a_feed_says_something_new(sources: Sources) -> None:
    sources.deliver(None, D18, firm(operating_state="normal"))
    sources.deliver(A, D19, firm(operating_state="cancelled"))
    plain = without_authority()
    thing = {"thing": "attribute:operating_state", "field": "value"}
    settled(sources, A, **thing)
    assert sources.known(by=plain).attributes == {"operating_state": "cancelled"}
    sources.deliver(None, D20, firm(operating_state="normal"))  # the same again
    assert sources.known(by=plain).attributes == {"operating_state": "cancelled"}
    sources.deliver(None, date(2026, 12, 5), firm(operating_state="revoked"))
    assert sources.known(by=plain).disputed is not UNSET


def test_the_last_settlement_counts(sources: Sources) -> None:
    two_states(sources)
    settled(sources, B)
    settled(sources, A)
    (record,) = sources.known(by=without_authority()).records
    assert record.state == "effective"
    assert len(acts(sources.store)) == 2


def test_an_authority_may_be_settled_otherwise(sources: Sources) -> None:
    sources.deliver("credit-china", D18, repaired(D17))
    sources.deliver(A, D20, penalty())
    settled(sources, A)
    assert sources.known().records[0].state == "effective"


@pytest.mark.parametrize(
    ("changes", "fault", "field"),
    [
        ({"post": " "}, InvalidQuestion, "post"),
        ({"reason": ""}, InvalidQuestion, "reason"),
        ({"reason": "因" * 501}, InvalidQuestion, "reason"),
        ({"feed": "court"}, InvalidQuestion, "feed"),
        ({"thing": "record:penalty::罚9"}, UnknownThing, "thing"),
        ({"thing": "attribute:operating_state"}, UnknownThing, "thing"),
        ({"thing": "organisation:708017879"}, UnknownThing, "thing"),
        ({"field": "fine"}, UnknownThing, "thing"),
        ({"subject": OTHER}, UnknownThing, "thing"),
    ],
)
def test_what_cannot_be_settled_is_refused(
    sources: Sources, changes: dict[str, str], fault: type[InvalidQuestion | UnknownThing], field: str
) -> None:
    two_states(sources)
    with pytest.raises(fault) as caught:
        settled(sources, **({"feed": B} | changes))
    assert caught.value.field == field
    assert acts(sources.store) == ()


# -- comparing ------------------------------------------------------------------------------------------------------


def test_two_feeds_side_by_side(sources: Sources) -> None:
    sources.deliver(
        A, D18, penalty("罚1"), penalty("罚2"), penalty("罚〔3〕"), firm(operating_state="normal", small_micro=1)
    )
    sources.deliver(
        B, D19, penalty("罚1"), penalty("罚[3]", severity="serious"), penalty("罚4"), firm(operating_state="revoked")
    )
    sources.deliver(A, D20, penalty("罚2", of=OTHER))
    compared = [(one.side, one.subject, one.thing, one.different) for one in compare(sources.store, catalogue(), A, B)]
    assert compared == [
        (Side.DIFFERENT, FIRM, "attribute:operating_state", ("value",)),
        (Side.ONLY_A, FIRM, "attribute:small_micro", ()),
        (Side.ONLY_A, OTHER, "record:penalty::罚2", ()),
        (Side.DIFFERENT, FIRM, "record:penalty::罚(3)", ("severity",)),
        (Side.SAME, FIRM, "record:penalty::罚1", ()),
        (Side.ONLY_A, FIRM, "record:penalty::罚2", ()),
        (Side.ONLY_B, FIRM, "record:penalty::罚4", ()),
    ]


def test_a_feeds_own_things_are_compared_under_its_code(sources: Sources) -> None:
    sources.deliver(None, D18, penalty(), rated("A", date(2026, 5, 1)), firm(operating_state="normal"))
    sources.deliver(A, D19, penalty(), rated("B", date(2026, 5, 1)), firm(operating_state="normal"))
    assert [(one.side, one.thing) for one in compare(sources.store, catalogue(), "penalty", A)] == [
        (Side.ONLY_B, "attribute:operating_state"),
        (Side.SAME, "record:penalty::罚1"),
        (Side.ONLY_B, "rating:tax:2026-05-01"),
    ]
    assert [one.side for one in compare(sources.store, catalogue(), "registration", A) if "attribute" in one.thing] == [
        Side.SAME
    ]


def test_the_latest_word_of_a_feed_is_compared(sources: Sources) -> None:
    sources.deliver(A, D18, penalty(severity="minor"))
    sources.deliver(A, D19, penalty())
    sources.deliver(B, D19, penalty())
    assert [one.side for one in compare(sources.store, catalogue(), A, B)] == [Side.SAME]


@pytest.mark.parametrize("pair", [("nobody", A), (A, "nobody"), (A, A)])
def test_feeds_that_cannot_be_compared_are_refused(sources: Sources, pair: tuple[str, str]) -> None:
    with pytest.raises(InvalidQuestion):
        list(compare(sources.store, catalogue(), *pair))


# -- lineage and quality --------------------------------------------------------------------------------------------


def test_a_value_is_traced_to_the_row_of_the_file_that_first_said_it(sources: Sources) -> None:
    sources.deliver(None, D17, firm(OTHER, operating_state="normal"), firm(operating_state="normal"))
    sources.deliver(None, D18, firm(operating_state="normal", small_micro=1))
    sources.deliver(A, D19, firm(operating_state="cancelled"))
    by_registration, by_platform = lineage(sources.store, catalogue(), FIRM, "登记状态").origins
    assert (by_registration.feed, by_registration.file, by_registration.rows, by_registration.row) == (
        "registration",
        "own-2026-11-17.csv",
        2,
        "3",
    )
    assert (by_registration.counts, by_registration.file_day, by_registration.day) == (True, "2026-11-17", "2026-11-18")
    assert (by_platform.feed, by_platform.value, by_platform.counts) == (A, ("cancelled",), False)


def test_each_field_of_a_document_is_traced(sources: Sources) -> None:
    sources.deliver(None, D17, penalty("罚〔2026〕1号"))
    sources.deliver(None, D19, repaired(D18, "罚〔2026〕1号"))
    origins = {one.field: one for one in lineage(sources.store, catalogue(), FIRM, "罚[2026]1号").origins}
    assert origins["state"].file == "own-2026-11-19.csv"
    assert origins["decided_on"].file == "own-2026-11-17.csv"
    assert "penalty_kinds" not in origins


@pytest.mark.parametrize("what", ["登记状态", "罚99", "tax_rating"])
def test_what_nobody_said_cannot_be_traced(sources: Sources, what: str) -> None:
    sources.deliver(None, D17, penalty())
    with pytest.raises(UnknownThing):
        lineage(sources.store, catalogue(), FIRM, what)


def test_quality_counts_what_each_feed_delivered_and_how_late(sources: Sources) -> None:
    sources.deliver(None, D17, penalty("罚1"), penalty("罚2"))
    sources.deliver(None, D20, penalty("罚1"), penalty("罚3"))
    sources.deliver(A, D18, penalty("罚1"))
    by_feed = {one.feed: one for one in quality(sources.store, catalogue(), date(2026, 12, 10)).feeds}
    own = by_feed["penalty"]
    assert (own.files, own.rows, own.loaded, own.unchanged, own.rejected) == (2, 4, 3, 1, 0)
    assert (own.data_day, own.age_days, own.stale, own.lag_days) == (D20, 20, True, 1)
    assert (by_feed[A].files, by_feed["court"].data_day) == (1, None)


def test_a_file_that_broke_off_is_named_until_it_is_run_to_its_end(sources: Sources) -> None:
    sources.deliver(None, D18, penalty())
    with sources.store.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE import_batch SET finished = 0")
    assert quality(sources.store, catalogue(), D20).broken_off == ("own-2026-11-18.csv",)
    sources.deliver(None, D18, penalty())
    assert quality(sources.store, catalogue(), D20).broken_off == ()


def test_conflicts_of_one_subject_are_those_between_feeds(sources: Sources) -> None:
    two_states(sources)
    sources.deliver(A, D19, penalty("罚7", of=OTHER))
    assert [one.field for one in conflicts_of(sources.store, catalogue(), FIRM)] == ["state"]
    assert conflicts_of(sources.store, catalogue(), OTHER) == ()

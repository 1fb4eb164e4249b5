"""What several sources say of one thing: what counts, what is versions of a record, what is disputed.

Numbers in brackets are those of the acceptance examples on comparing sources.
"""

from __future__ import annotations

from datetime import date

import msgspec
import pytest
from msgspec import UNSET

from creditgate_server.decision.knowledge import Assertion, Record
from creditgate_server.rulebook.catalogue import RecordField
from creditgate_server.rulebook.language import PenaltyKind
from creditgate_server.storage.database import Store

from .sources import (
    FIRM,
    A,
    B,
    Sources,
    catalogue,
    firm,
    noon,
    penalty,
    ranking,
    rated,
    repaired,
    without_authority,
)

D17, D18, D19, D20 = (date(2026, 11, day) for day in (17, 18, 19, 20))


@pytest.fixture
def sources(store: Store) -> Sources:
    return Sources(store)


def the_record(sources: Sources, **by: object) -> Record:
    (record,) = sources.known(FIRM, **by).records
    return record


# -- facts ----------------------------------------------------------------------------------------------------------


def test_registration_counts_for_the_state_of_a_firm_and_what_another_says_is_told(sources: Sources) -> None:
    """(1) Registration says normal, another feed cancelled: by registration, with what is overruled beside it."""
    sources.deliver(None, D18, firm(operating_state="normal"))
    sources.deliver(A, D19, firm(operating_state="cancelled"))
    known = sources.known()
    assert known.attributes == {"operating_state": "normal"}
    assert known.disputed is UNSET
    assert known.overruled == {"operating_state": (Assertion(source=A, source_day=D19, value="cancelled"),)}


def test_without_an_authority_a_fact_is_disputed_with_both_values_and_sources(sources: Sources) -> None:
    """(2) No authority set: not known, with both."""
    sources.deliver(None, D18, firm(operating_state="normal"))
    sources.deliver(A, D19, firm(operating_state="cancelled"))
    known = sources.known(by=without_authority())
    assert known.attributes == {}
    assert known.disputed == {
        "operating_state": (
            Assertion(source="registration", source_day=D18, value="normal"),
            Assertion(source=A, source_day=D19, value="cancelled"),
        )
    }


def test_two_sources_that_say_the_same_are_no_conflict(sources: Sources) -> None:
    sources.deliver(None, D18, firm(operating_state="normal"))
    sources.deliver(A, D19, firm(operating_state="normal", small_micro=1))
    known = sources.known(by=without_authority())
    assert known.attributes == {"operating_state": "normal", "small_micro": 1}
    assert (known.disputed, known.overruled) == (UNSET, UNSET)


def test_of_feeds_that_rank_equal_the_newest_counts(sources: Sources) -> None:
    sources.deliver(A, D19, firm(operating_state="cancelled"))
    sources.deliver(B, D18, firm(operating_state="normal"))
    equal = ranking((A, B), facts=("operating_state",))
    assert sources.known(by=equal).attributes == {"operating_state": "cancelled"}
    first = ranking((B,), (A,), facts=("operating_state",))
    assert sources.known(by=first).attributes == {"operating_state": "normal"}


def test_of_one_feed_the_newest_counts_and_an_older_file_changes_nothing(sources: Sources) -> None:
    sources.deliver(A, D19, firm(operating_state="cancelled"))
    report = sources.deliver(A, D18, firm(operating_state="normal"))
    assert (report.revised, report.outdated) == (0, 1)
    assert sources.known().attributes == {"operating_state": "cancelled"}
    report = sources.deliver(A, D18, firm(operating_state="normal"), older=True, known=noon(D20))
    assert (report.revised, report.outdated) == (1, 0)
    assert sources.known().attributes == {"operating_state": "normal"}


def test_a_file_that_said_the_same_later_makes_an_earlier_day_outdated(sources: Sources) -> None:
    sources.deliver(A, D17, firm(operating_state="normal"))
    assert sources.deliver(A, D19, firm(operating_state="normal")).unchanged == 1
    assert sources.deliver(A, D18, firm(operating_state="cancelled")).outdated == 1
    assert sources.known().attributes == {"operating_state": "normal"}


def test_an_attribute_keeps_its_own_day_when_a_later_file_brings_another(sources: Sources) -> None:
    """The state is of the 17th still when the feed says on the 20th that the firm is small."""
    sources.deliver(A, D17, firm(operating_state="normal"))
    sources.deliver(A, D20, firm(small_micro=1))
    sources.deliver(B, D19, firm(operating_state="cancelled"))
    equal = ranking((A, B), facts=("operating_state",))
    assert sources.known(by=equal).attributes == {"operating_state": "cancelled", "small_micro": 1}


def test_what_was_known_earlier_stays_as_it_was(sources: Sources) -> None:
    sources.deliver(None, D17, firm(operating_state="normal"))
    sources.deliver(A, D19, firm(operating_state="cancelled"))
    earlier = sources.known(at=noon(D18), by=without_authority())
    assert (earlier.attributes, earlier.disputed) == ({"operating_state": "normal"}, UNSET)
    assert sources.known(by=without_authority()).disputed is not UNSET


def test_the_authority_of_the_data_day_counts(sources: Sources) -> None:
    """The library's entry on the state of penalties is in force from 2026-04-01 on."""
    before, after = date(2026, 3, 20), date(2026, 4, 20)
    sources.deliver("credit-china", before, repaired(date(2026, 3, 1)))
    sources.deliver(A, before, penalty())
    assert the_record(sources).versions is not UNSET
    sources.deliver("credit-china", after, repaired(date(2026, 3, 1)))
    record = the_record(sources)
    assert (record.state, record.versions) == ("repaired", UNSET)


# -- records --------------------------------------------------------------------------------------------------------


def test_one_document_of_two_feeds_is_one_record(sources: Sources) -> None:
    """Brackets, blanks and full width are no difference; a feed that does not know the organ's code means the same."""
    sources.deliver(None, D18, penalty("粤环罚〔2026〕15号"))
    sources.deliver(A, D19, penalty("粤环罚 [２０２６]15号", organ="", organ_title="生态环境局"))
    record = the_record(sources, by=without_authority())
    assert (record.organ, record.versions, record.amount_fen) == ("ecology-environment", UNSET, 1_500_000)


def test_the_same_number_of_another_organ_is_another_document(sources: Sources) -> None:
    sources.deliver(None, D18, penalty("1号"))
    sources.deliver(A, D19, penalty("1号", organ="market-regulation", organ_title="东莞市市场监督管理局"))
    assert len(sources.known().records) == 2


@pytest.mark.parametrize("number", ["罚[2026]1号", "罚【2026】1号", "罚(2026)1号", "罚 ﹝２０２６﹞ 1 号"])
def test_two_spellings_of_one_feed_are_one_document_and_the_newer_row_counts(sources: Sources, number: str) -> None:
    """A fine that is repaired under another writing of its number is not still effective under the first."""
    sources.deliver(None, D18, penalty("罚〔2026〕1号"))
    sources.deliver(None, D19, penalty(number, state="repaired", state_on=D19))
    assert the_record(sources).state == "repaired"


def test_a_later_repair_wins_over_an_earlier_effective(sources: Sources) -> None:
    """(4) Repaired in B on the 19th, effective in A of the 18th: the newer, and no conflict."""
    sources.deliver(A, D18, penalty())
    sources.deliver(B, D19, repaired(D19))
    record = the_record(sources, by=without_authority())
    assert (record.state, record.state_on, record.versions) == ("repaired", D19, UNSET)
    assert sources.known(by=without_authority()).overruled is UNSET


def test_an_effective_state_after_a_repair_is_a_conflict(sources: Sources) -> None:
    """(4) The other way round: effective in A of the 19th, repaired in B of the 18th."""
    sources.deliver(B, D18, repaired(D18))
    sources.deliver(A, D19, penalty())
    record = the_record(sources, by=without_authority())
    assert (record.state, record.source) == ("effective", A)
    assert record.versions is not UNSET
    (version,) = record.versions
    assert (version.state, version.state_on, version.source) == ("repaired", D18, B)
    assert version.versions is UNSET


def test_a_file_that_says_effective_again_after_the_repair_raises_it_too(sources: Sources) -> None:
    sources.deliver(A, D17, penalty())
    sources.deliver(B, D18, repaired(D18))
    assert the_record(sources, by=without_authority()).versions is UNSET
    sources.deliver(A, D19, penalty())
    assert the_record(sources, by=without_authority()).versions is not UNSET


def test_credit_china_counts_before_third_parties_on_repair(sources: Sources) -> None:
    """Effective on a third party's site, repaired on 信用中国: 信用中国 counts, whatever the days."""
    sources.deliver("credit-china", D18, repaired(D17))
    sources.deliver(A, D20, penalty())
    known = sources.known()
    (record,) = known.records
    assert (record.state, record.state_on, record.source) == ("repaired", D17, "credit-china")
    assert record.versions is UNSET
    assert known.overruled == {"record:罚1:state": (Assertion(source=A, source_day=D20, value="effective"),)}


def test_a_third_party_repairs_nothing_that_credit_china_shows(sources: Sources) -> None:
    sources.deliver("credit-china", D18, penalty())
    sources.deliver(A, D20, repaired(D19))
    assert the_record(sources).state == "effective"


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        (RecordField.DECIDED_ON, {"decided_on": date(2026, 5, 21)}),
        (RecordField.DECIDED_ON, {"effective_from": date(2026, 6, 1)}),
        (RecordField.UNTIL, {"until": date(2029, 5, 20)}),
        (RecordField.SEVERITY, {"severity": "serious"}),
        (RecordField.AMOUNTS, {"amount_fen": 15_000_000}),
        (RecordField.PENALTY_KINDS, {"penalty_kinds": (PenaltyKind.REVOCATION,)}),
        (RecordField.LICENCE_ITEM, {"licence_item": "food-business-licence"}),
        (RecordField.BAN_UNTIL, {"ban_until": date(2031, 5, 20)}),
        (RecordField.GROUND, {"ground": "6"}),
        (RecordField.VIOLATION, {"violation_code": "b"}),
    ],
)
def test_every_decisive_field_that_differs_makes_versions_and_an_authority_settles_it(
    sources: Sources, field: RecordField, changes: dict[str, object]
) -> None:
    """The same document with two dates, two amounts, two kinds of penalty …"""
    told = {
        "penalty_kinds": (PenaltyKind.FINE,),
        "licence_item": "hygiene-licence",
        "ban_until": date(2027, 5, 20),
        "ground": "1",
        "violation_code": "a",
    }
    sources.deliver(A, D18, penalty(**told))
    sources.deliver(B, D19, penalty(**{**told, **changes}))
    record = the_record(sources, by=without_authority())
    assert record.versions is not UNSET
    (version,) = record.versions
    assert {record.source, version.source} == {A, B}
    by_feed = {one.source: one for one in (record, version)}
    for name, value in changes.items():
        assert getattr(by_feed[B], name) == value
        assert getattr(by_feed[A], name) == getattr(penalty(**told).record, name)

    settled = the_record(sources, by=ranking((A,), record_fields=(field,)))
    assert settled.versions is UNSET
    assert all(getattr(settled, name) == getattr(by_feed[A], name) for name in changes)


def test_what_a_source_does_not_say_another_fills_in(sources: Sources) -> None:
    sources.deliver(A, D18, penalty(penalty_kinds=(PenaltyKind.FINE, PenaltyKind.CONFISCATION), amount_fen=0))
    sources.deliver(B, D19, penalty(until=None, amount_fen=1_500_000, fine_fen=1_000_000, confiscated_fen=500_000))
    record = the_record(sources, by=without_authority())
    assert record.versions is UNSET
    assert record.penalty_kinds == (PenaltyKind.CONFISCATION, PenaltyKind.FINE)
    assert (record.until, record.amount_fen, record.fine_fen) == (date(2027, 5, 20), 1_500_000, 1_000_000)


def test_versions_differ_in_what_is_open_alone(sources: Sources) -> None:
    """The state is settled by 信用中国, the day of the decision by nobody."""
    sources.deliver("credit-china", D18, repaired(D17))
    sources.deliver(A, D20, penalty(decided_on=date(2026, 5, 2), effective_from=date(2026, 5, 2)))
    record = the_record(sources)
    assert record.versions is not UNSET
    (version,) = record.versions
    assert (record.state, version.state) == ("repaired", "repaired")
    assert {record.decided_on, version.decided_on} == {date(2026, 5, 20), date(2026, 5, 2)}


def test_three_sources_make_two_versions(sources: Sources) -> None:
    sources.deliver(A, D18, penalty(severity="minor"))
    sources.deliver(B, D19, penalty(severity="serious"))
    sources.deliver(None, D20, penalty())
    record = the_record(sources, by=without_authority())
    assert record.versions is not UNSET
    assert sorted(one.severity for one in (record, *record.versions)) == ["general", "minor", "serious"]


SUSPENDED, REVOKED = (PenaltyKind.SUSPENSION,), (PenaltyKind.REVOCATION,)
REVOCATION = {"kind": "licence-revocation", "severity": ""}


@pytest.mark.parametrize(
    ("first", "second", "kept"),
    [
        ({"kind": "revocation-unsaid"}, {"penalty_kinds": SUSPENDED}, "penalty"),
        ({"kind": "revocation-unsaid"}, REVOCATION | {"penalty_kinds": REVOKED}, "licence-revocation"),
        ({"penalty_kinds": SUSPENDED}, {"kind": "revocation-unsaid"}, "penalty"),
        (REVOCATION | {"penalty_kinds": REVOKED}, {"kind": "revocation-unsaid"}, "licence-revocation"),
        # what was imported before it was told apart: a revocation that was none for certain
        (REVOCATION, {"kind": "revocation-unsaid"}, "revocation-unsaid"),
        ({"penalty_kinds": (PenaltyKind.FINE,)}, {"kind": "revocation-unsaid"}, "revocation-unsaid"),
        ({"kind": "revocation-unsaid"}, {"penalty_kinds": (PenaltyKind.FINE,)}, "penalty"),
        ({"kind": "revocation-unsaid"}, {"kind": "food-licence-revocation", "severity": ""}, None),
    ],
)
def test_of_one_document_what_says_whether_a_licence_was_revoked_counts(
    sources: Sources, first: dict[str, object], second: dict[str, object], kept: str | None
) -> None:
    """In whatever order one feed says it. A revocation of another licence is another matter: both stay."""
    sources.deliver(None, D18, penalty(**first))
    sources.deliver(None, D19, penalty(**second))
    found = [record.kind for record in sources.known().records]
    assert found == [kept] if kept else len(found) == 2


@pytest.mark.parametrize(
    ("other", "kinds"),
    [
        ({"penalty_kinds": SUSPENDED}, ["penalty"]),
        (REVOCATION, ["licence-revocation"]),
        ({"penalty_kinds": (PenaltyKind.FINE,)}, ["penalty", "revocation-unsaid"]),
    ],
)
def test_another_feed_may_say_it(sources: Sources, other: dict[str, object], kinds: list[str]) -> None:
    """A feed that names a fine alone does not say that the licence was left."""
    sources.deliver(A, D19, penalty(**other))
    sources.deliver(None, D18, penalty("罚 1", kind="revocation-unsaid"))
    assert sorted(record.kind for record in sources.known().records) == kinds


def test_what_was_imported_before_sources_were_kept_yields_to_what_is_dated(sources: Sources) -> None:
    """A row of whom nobody knows who said it for which day: the next word of any feed counts, as it did."""
    sources.deliver(None, D18, penalty())
    with sources.store.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE record_revision SET data_day = NULL, batch = NULL")
    sources.deliver(A, D17, penalty(severity="serious"))
    record = the_record(sources, by=without_authority())
    assert (record.severity, record.versions) == ("serious", UNSET)


# -- ratings --------------------------------------------------------------------------------------------------------


def test_a_rating_on_which_feeds_disagree_is_disputed_until_the_next(sources: Sources) -> None:
    sources.deliver(None, D18, rated("A", date(2026, 5, 1)))
    sources.deliver(A, D19, rated("D", date(2026, 5, 1)))
    known = sources.known()
    assert known.disputed == {
        "tax_rating": (
            Assertion(source="tax", source_day=D18, value="A"),
            Assertion(source=A, source_day=D19, value="D"),
        )
    }
    sources.deliver(None, D20, rated("B", date(2026, 11, 20)))
    assert sources.known().disputed is UNSET


def test_the_library_has_a_table_of_authority() -> None:
    assert list(catalogue().authority) == [
        "registered-facts",
        "registered-representative",
        "repair-shown",
        "list-removal",
    ]
    assert msgspec.json.encode(catalogue().authority["repair-shown"].ranked) == (
        b'[{"feeds":["credit-china"]},{"feeds":["own"]}]'
    )

"""Who is what of whom: as feeds say it, as it counts, two steps deep, and how many are looked at."""

from __future__ import annotations

from datetime import date

import pytest
from msgspec import UNSET

from creditgate_server.decision.knowledge import Assertion, Knowledge, PrevailedBy, Prevailing, Related
from creditgate_server.registry.reading import MOST_RELATIONS
from creditgate_server.rulebook.language import RelationKind
from creditgate_server.storage.database import Store
from creditgate_server.studies.sources.overruled import overruled_lines

from .sources import FIRM, OTHER, PERSON, SOMEBODY, THIRD, A, B, Sources, catalogue, noon, penalty, represents

D1, D20 = date(2026, 11, 1), date(2026, 11, 20)
Y2015, Y2018, Y2020 = (date(year, 1, 1) for year in (2015, 2018, 2020))


@pytest.fixture
def sources(store: Store) -> Sources:
    return Sources(store)


def spans(knowledge: Knowledge) -> list[tuple[str, bool, date | None, date | None]]:
    return [(one.knowledge.identifier, one.of, one.since, one.until) for one in knowledge.relations]


def only(knowledge: Knowledge) -> Related:
    (related,) = knowledge.relations
    return related


def test_a_firms_representative_and_their_other_firms_are_known_with_their_records(sources: Sources) -> None:
    sources.deliver(
        None,
        D20,
        represents(PERSON, FIRM, Y2020),
        represents(PERSON, OTHER, Y2015, Y2018),
        penalty("吊1", of=OTHER, kind="licence-revocation", severity=""),
    )
    known = sources.known(FIRM)
    person = only(known)
    assert (person.kind, person.of, person.source) == (RelationKind.LEGAL_REPRESENTATIVE, False, "registration")
    assert spans(known) == [(PERSON, False, Y2020, None)]
    assert spans(person.knowledge) == [(OTHER, True, Y2015, Y2018)]
    former = only(person.knowledge).knowledge
    assert [record.document_number for record in former.records] == ["吊1"]
    assert former.related is UNSET  # two steps, and never back to where one came from


def test_a_persons_firms_are_known_from_the_person(sources: Sources) -> None:
    sources.deliver(None, D20, represents(PERSON, FIRM, Y2020), represents(PERSON, OTHER, Y2015, Y2018))
    assert sorted(spans(sources.known(PERSON))) == [(OTHER, True, Y2015, Y2018), (FIRM, True, Y2020, None)]


def test_the_next_representative_ends_the_one_before(sources: Sources) -> None:
    sources.deliver(None, D1, represents(PERSON, FIRM, Y2015))
    sources.deliver(None, D20, represents(SOMEBODY, FIRM, Y2020))
    ended = (PERSON, False, Y2015, date(2019, 12, 31))
    assert spans(sources.known(FIRM)) == [ended, (SOMEBODY, False, Y2020, None)]
    assert spans(sources.known(PERSON)) == [(FIRM, True, Y2015, date(2019, 12, 31))]
    assert spans(sources.known(FIRM, at=noon(date(2026, 11, 10)))) == [(PERSON, False, Y2015, None)]


def test_a_file_that_gives_the_last_day_revises_the_relation(sources: Sources) -> None:
    sources.deliver(None, D1, represents(PERSON, FIRM, Y2015))
    report = sources.deliver(None, D20, represents(PERSON, FIRM, Y2015, Y2018))
    assert (report.loaded, report.revised) == (0, 1)
    assert spans(sources.known(FIRM)) == [(PERSON, False, Y2015, Y2018)]


def test_a_relation_without_a_first_day_holds_from_the_day_of_its_data(sources: Sources) -> None:
    """Before that day it is not known; a relation that had ended by then holds on no later day."""
    sources.deliver(A, D1, represents(PERSON, FIRM), represents(PERSON, OTHER, until=Y2018))
    sources.deliver(A, D20, represents(PERSON, FIRM))
    held = only(sources.known(FIRM))
    assert (held.since, held.seen) == (None, D1)
    assert [held.holds_on(day) for day in (date(2026, 10, 31), D1, D20, date(2026, 12, 1))] == [None, True, True, True]
    ended = only(sources.known(OTHER))
    assert ended.seen is UNSET
    assert [ended.holds_on(day) for day in (Y2015, Y2018, D20)] == [None, None, False]


def test_whom_the_next_file_names_without_a_first_day_has_taken_over(sources: Sources) -> None:
    sources.deliver(None, D1, represents(PERSON, FIRM))
    sources.deliver(None, D20, represents(SOMEBODY, FIRM))
    by = {one.knowledge.identifier: one for one in sources.known(FIRM).relations}
    assert [by[PERSON].holds_on(day) for day in (D1, date(2026, 11, 19), D20)] == [True, True, False]
    assert [by[SOMEBODY].holds_on(day) for day in (D1, D20)] == [None, True]


def test_who_is_still_told_of_has_not_been_taken_over(sources: Sources) -> None:
    """Two feeds of one rank tell of two, both of the same day: both hold."""
    sources.deliver(A, D1, represents(PERSON, FIRM))
    sources.deliver(B, D20, represents(SOMEBODY, FIRM))
    sources.deliver(A, D20, represents(PERSON, FIRM))
    assert [one.holds_on(D20) for one in sources.known(FIRM).relations] == [True, True]


def test_registration_counts_before_who_is_named_without_a_first_day(sources: Sources) -> None:
    sources.deliver(None, D1, represents(PERSON, FIRM, Y2015))
    sources.deliver(A, D20, represents(SOMEBODY, FIRM))
    assert spans(sources.known(FIRM)) == [(PERSON, False, Y2015, None)]


def test_who_came_back_without_a_first_day_is_known_beside_the_time_before(sources: Sources) -> None:
    sources.deliver(None, D1, represents(PERSON, FIRM, Y2015, Y2018))
    sources.deliver(A, D20, represents(PERSON, FIRM))
    assert sorted(one.holds_on(D20) is True for one in sources.known(FIRM).relations) == [False, True]


def test_a_relation_without_a_first_day_adds_nothing_beside_one_that_has_it(sources: Sources) -> None:
    sources.deliver(A, D1, represents(PERSON, FIRM))
    sources.deliver(None, D20, represents(PERSON, FIRM, Y2015))
    assert spans(sources.known(FIRM)) == [(PERSON, False, Y2015, None)]


def test_a_decision_that_names_somebody_says_no_more_than_that_day(sources: Sources) -> None:
    """On that day for certain; before it and after it that is not known."""
    day = date(2024, 5, 5)
    sources.deliver("penalty", D20, represents(PERSON, FIRM, on=day, feed="penalty"))
    certain, unknown = sorted(sources.known(FIRM).relations, key=lambda one: one.since is None)
    assert (certain.holds_on(day), certain.holds_on(D20)) == (True, False)
    assert (unknown.holds_on(day), unknown.holds_on(D20)) == (None, None)


def test_what_a_decision_names_within_a_registered_span_adds_nothing(sources: Sources) -> None:
    sources.deliver("penalty", D20, represents(PERSON, FIRM, on=date(2024, 5, 5), feed="penalty"))
    sources.deliver(None, D20, represents(PERSON, FIRM, Y2020))
    assert spans(sources.known(FIRM)) == [(PERSON, False, Y2020, None)]


def test_registration_counts_for_who_represents_a_firm(sources: Sources) -> None:
    """A platform calls somebody else the representative from a day on which another is registered."""
    sources.deliver(None, D1, represents(PERSON, FIRM, Y2015))
    sources.deliver(A, D20, represents(SOMEBODY, FIRM, Y2020))
    assert spans(sources.known(FIRM)) == [(PERSON, False, Y2015, None)]
    assert sources.known(SOMEBODY).related is UNSET
    name = f"relation:legal_representative:{FIRM}:{PERSON}"
    otherwise = {name: (Assertion(source=A, source_day=D20, value=SOMEBODY),)}
    counts = Prevailing(
        source="registration", value=PERSON, by=PrevailedBy.AUTHORITY, authority="registered-representative"
    )
    for asked in (FIRM, PERSON, SOMEBODY):  # each of whom it may bar or spare
        known = sources.known(asked)
        assert (known.overruled, known.prevailing) == (otherwise, {name: counts})
    (line,) = overruled_lines(sources.known(SOMEBODY), catalogue())
    assert line.startswith(f"{FIRM} 的法定代表人: 采用市场主体登记数据的“p:11111111…”(依数据权威表")
    assert sources.known(FIRM, at=noon(D1)).overruled is UNSET


def test_relations_go_no_further_than_two_steps_and_round_no_circle(sources: Sources) -> None:
    shareholder = represents(OTHER, FIRM, Y2015)
    back = represents(FIRM, OTHER, Y2015)
    sources.deliver(None, D20, shareholder, back, represents(OTHER, THIRD, Y2018))
    known = sources.known(FIRM)
    assert spans(known) == [(OTHER, False, Y2015, None), (OTHER, True, Y2015, None)]
    owner, owned = known.relations
    assert spans(owner.knowledge) == [(THIRD, True, Y2018, None)]
    assert owned.knowledge.related is UNSET


def test_of_too_many_relations_it_is_known_how_many_there_are_beyond(sources: Sources) -> None:
    firms = [f"firm-{number:03}" for number in range(MOST_RELATIONS + 3)]
    rows = [represents(PERSON, firm, date(2000 + number % 20, 1, 1), Y2020) for number, firm in enumerate(firms)]
    sources.deliver(None, D20, *rows, represents(PERSON, FIRM, Y2020))
    known = sources.known(PERSON)
    assert (len(known.relations), known.relations_beyond) == (MOST_RELATIONS, 4)
    assert FIRM in {one.knowledge.identifier for one in known.relations}  # what goes on comes first
    person = only(sources.known(FIRM)).knowledge
    assert (len(person.relations), person.relations_beyond) == (MOST_RELATIONS - 1, 4)


def test_the_same_rows_again_change_nothing(sources: Sources) -> None:
    sources.deliver(None, D20, represents(PERSON, FIRM, Y2020))
    assert sources.deliver(None, D20, represents(PERSON, FIRM, Y2020)).unchanged == 1

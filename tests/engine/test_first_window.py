"""How far back a definition of "first" looks: months, days, or the calendar year of the act; on both roads."""

from __future__ import annotations

from datetime import date

import msgspec
import pytest

from creditgate_server.decision.knowledge import Record
from creditgate_server.decision.records import DatedRecord
from creditgate_server.decision.violation import Violation
from creditgate_server.decision.working_days import WorkingDays
from creditgate_server.engine.reference_violation import ReferenceViolation
from creditgate_server.rulebook.catalogue import FirstDefinition
from creditgate_server.rulebook.language import RecordState, Value
from creditgate_server.rulebook.words import first_in_words

from .violations import library

TODAY = date(2026, 12, 1)
HALF_A_YEAR = FirstDefinition(days=180)
A_YEAR_BACK = FirstDefinition(months=12)
OF_THE_YEAR = FirstDefinition(calendar_year=True)


def both(definition: FirstDefinition, acted: date, decided: date) -> tuple[bool | None, bool | None]:
    """Whether an act is the first after a penalty of the same kind, as engine and reference say it."""
    facts: dict[str, Value] = {
        "act_ended_on": acted.isoformat(),
        "discovered_on": acted.isoformat(),
        "prior_same_kind": 0,
    }
    record = Record(
        source="double-publicity",
        document_number="文1",
        kind="penalty",
        violation_code="r05",
        organ="transport",
        decided_on=decided,
        effective_from=decided,
    )
    violation = Violation(
        given=facts,
        exemption="r05",
        organ="transport",
        region="320000",
        day=TODAY,
        working_days=WorkingDays([]),
        covered=False,
    )
    said = violation.first(
        violation.earlier(definition, [DatedRecord(record, RecordState.EFFECTIVE, None)], complete=True)
    )
    other = ReferenceViolation(library().catalogue, facts, "r05", "transport", "320000", TODAY)
    return None if said is None else bool(said), other.first(definition, [record], complete=True)


@pytest.mark.parametrize(
    ("definition", "acted", "decided", "first"),
    [
        # 2026-06-01 and 180 days: 29 of June, 31, 31, 30, 31 make 152 by 31 October, the 180th is 28 November
        (HALF_A_YEAR, date(2026, 11, 28), date(2026, 6, 1), False),
        (HALF_A_YEAR, date(2026, 11, 29), date(2026, 6, 1), True),
        # six months from 2026-06-01 end on 2026-12-01: three days longer than 180
        (FirstDefinition(months=6), date(2026, 11, 29), date(2026, 6, 1), False),
        (A_YEAR_BACK, date(2026, 3, 10), date(2025, 3, 10), False),
        (A_YEAR_BACK, date(2026, 3, 11), date(2025, 3, 10), True),
        # a calendar year: new on 1 January, however short the time between
        (OF_THE_YEAR, date(2026, 1, 1), date(2025, 12, 31), True),
        (OF_THE_YEAR, date(2025, 12, 31), date(2025, 1, 1), False),
        (OF_THE_YEAR, date(2026, 11, 1), date(2026, 1, 1), False),
    ],
)
def test_an_earlier_penalty_counts_within_the_time_that_is_looked_at(
    definition: FirstDefinition, acted: date, decided: date, first: bool
) -> None:
    assert both(definition, acted, decided) == (first, first)


def test_the_time_is_told_in_words() -> None:
    assert first_in_words(HALF_A_YEAR) == "初次违法(此前 180 日内没有同类违法)"
    assert first_in_words(OF_THE_YEAR) == "初次违法(此前同一公历年度内没有同类违法)"


def test_a_definition_that_does_not_say_it_is_written_as_it_was_before_it_could_be_said() -> None:
    written = msgspec.json.decode(msgspec.json.encode(FirstDefinition(months=24)))
    assert written == {"months": 24, "any_kind": False, "same_organ": False, "area": "nation"}

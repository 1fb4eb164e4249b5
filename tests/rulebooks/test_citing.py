"""Which of an entry's laws make its act punishable on a day."""

from __future__ import annotations

from datetime import date

from creditgate_server.rulebook.catalogue import Catalogue, Citation, Instrument, Period, Rank
from creditgate_server.rulebook.citing import cited_on

OLD, NEW = Citation(instrument="old", article="第十四条"), Citation(instrument="new", article="第十五条第四项")
CATALOGUE = Catalogue(
    instruments={
        "old": Instrument(
            code="old",
            title="旧法",
            rank=Rank.LAW,
            effective=Period(start=date(2001, 1, 1), until=date(2025, 12, 31)),
        ),
        "new": Instrument(code="new", title="新法", rank=Rank.LAW, effective=Period(start=date(2026, 1, 1))),
    }
)


def test_the_old_law_speaks_to_its_last_day_and_the_new_one_from_its_first() -> None:
    assert cited_on(CATALOGUE, (OLD, NEW), date(2025, 12, 31)) == (OLD,)
    assert cited_on(CATALOGUE, (OLD, NEW), date(2026, 1, 1)) == (NEW,)


def test_where_none_is_in_force_all_are_told() -> None:
    assert cited_on(CATALOGUE, (OLD,), date(2026, 1, 1)) == (OLD,)

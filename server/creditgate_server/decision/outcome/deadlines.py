"""Until when a report is due. The first day is the legal day of the receipt, which is not counted."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta

from ...clock import LEGAL_ZONE, add_days, legal_day, rfc3339
from ...rulebook.catalogue import GENERAL_OUTCOME_DAYS, Organ


class Deadlines:
    """Days that each organ has for its reports, by the catalogue in force."""

    def __init__(self, organs: Mapping[str, Organ]) -> None:
        self._own = {code: organ.report_within_days for code, organ in organs.items() if organ.outcome_days}

    @property
    def own(self) -> Mapping[str, int]:
        """Days of the organs that set their own."""
        return self._own

    def days(self, organ: str) -> int:
        """Calendar days after the receipt's."""
        return self._own.get(organ, GENERAL_OUTCOME_DAYS)

    def due_on(self, organ: str, issued_at: str) -> date:
        """Last legal day for a report on a receipt, inclusive. `issued_at`: RFC 3339."""
        return add_days(legal_day(datetime.fromisoformat(issued_at)), self.days(organ))

    def late(self, organ: str, issued_at: str, reported_at: str) -> bool:
        """Whether a report came after the last day."""
        return legal_day(datetime.fromisoformat(reported_at)) > self.due_on(organ, issued_at)

    def overdue_before(self, organ: str, today: date) -> str:
        """An organ's receipts from before this instant, RFC 3339 in UTC, are overdue on a legal day."""
        return overdue_before(self.days(organ), today)


def overdue_before(days: int, today: date) -> str:
    """Receipts from before this instant are overdue on a legal day, where there are so many days."""
    return rfc3339(midnight(today - timedelta(days=days)))


def midnight(day: date) -> datetime:
    """The instant at which a legal day begins."""
    return datetime.combine(day, time(), LEGAL_ZONE)

"""Several sources of one registry: what they say is written down row by row, as an import does it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from pathlib import Path

import msgspec

from creditgate_server.clock import rfc3339
from creditgate_server.decision.knowledge import Knowledge, Rating, Record
from creditgate_server.registry.fields import FileKind
from creditgate_server.registry.loading import Delivery, begin, finish, load_rows
from creditgate_server.registry.lookup import Registry
from creditgate_server.registry.reports import ImportReport
from creditgate_server.registry.rows import RatingRow, ReadRow, RecordRow, RelationRow, SubjectRow
from creditgate_server.rulebook.catalogue import Authority, Catalogue, Citation, Feed, Period, Ranked
from creditgate_server.rulebook.language import RelationKind, Value
from creditgate_server.rulebook.load import read_directory
from creditgate_server.storage.database import Store

ROOT = Path(__file__).resolve().parents[2]
FIRM = "91441900708017879M"
OTHER = "914419006177625157"
THIRD = "9144030071526726XG"
PERSON = "p:" + "1" * 64
SOMEBODY = "p:" + "2" * 64

A, B = "third-party", "city-platform"
"""Two feeds that no entry of the library ranks."""


@cache
def catalogue() -> Catalogue:
    """The library's, with two feeds more."""
    library = read_directory(ROOT / "rules").rule_set.catalogue
    more = {
        code: Feed(code=code, title=title, organ="development-reform", max_age_days=15)
        for code, title in ((A, "第三方平台"), (B, "市级平台"))
    }
    return msgspec.structs.replace(library, feeds={**library.feeds, **more})


def without_authority() -> Catalogue:
    return msgspec.structs.replace(catalogue(), authority={})


def ranking(*ranks: tuple[str, ...], **of: object) -> Catalogue:
    """With one entry of authority alone."""
    entry = Authority(
        code="one",
        title="一条",
        ranked=tuple(Ranked(feeds=feeds) for feeds in ranks),
        effective=Period(start=date(2020, 1, 1)),
        basis=(Citation(instrument="credit-repair-2026"),),
        **of,
    )
    return msgspec.structs.replace(catalogue(), authority={"one": entry})


def noon(day: date) -> datetime:
    """In Shanghai, a day after the data day: the file took so long."""
    return datetime.combine(day + timedelta(days=1), time(4), tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Sources:
    """Feeds that deliver to one store."""

    store: Store

    def deliver(
        self, feed: str | None, day: date, *rows: ReadRow, older: bool = False, known: datetime | None = None
    ) -> ImportReport:
        """One file of a feed, known a day later unless told; None: of each thing's own feed."""
        path = Path(f"{feed or 'own'}-{day}.csv")
        delivery = Delivery(catalogue(), day, rfc3339(known or noon(day)), feed, older)
        delivery = replace(delivery, batch=begin(self.store, path.name, "信用记录", delivery))
        report = ImportReport(path, FileKind.RECORDS, feeds={feed} if feed else set(), rows=len(rows), delivered=True)
        load_rows(self.store, enumerate(rows, start=2), delivery, report)
        finish(self.store, report, delivery)
        return report

    def known(self, identifier: str = FIRM, by: Catalogue | None = None, at: datetime | None = None) -> Knowledge:
        return Registry(self.store).knowledge([identifier], at, by or catalogue())[identifier]


def penalty(number: str = "罚1", *, of: str = FIRM, kind: str = "penalty", **changes: object) -> RecordRow:
    """A fine of 1.5 万元 that the environment office decided on 2026-05-20, of which a file tells everything."""
    record = Record(
        source="penalty",
        document_number=number,
        kind=kind,
        severity="general",
        organ="ecology-environment",
        organ_title="东莞市生态环境局",
        decided_on=date(2026, 5, 20),
        effective_from=date(2026, 5, 20),
        until=date(2027, 5, 20),
        amount_fen=1_500_000,
    )
    return RecordRow(of, msgspec.structs.replace(record, **changes), frozenset(Record.__struct_fields__))


def repaired(on: date, number: str = "罚1", **changes: object) -> RecordRow:
    return penalty(number, state="repaired", state_on=on, **changes)


def firm(of: str = FIRM, **attributes: Value) -> SubjectRow:
    return SubjectRow(of, "(样例)", attributes)


def rated(rating: str, on: date, ladder: str = "tax") -> RatingRow:
    return RatingRow(FIRM, Rating(ladder=ladder, rating=rating, decided_on=on))


def represents(
    who: str,
    firm: str = FIRM,
    since: date | None = None,
    until: date | None = None,
    on: date | None = None,
    feed: str = "registration",
) -> RelationRow:
    return RelationRow(firm, who, RelationKind.LEGAL_REPRESENTATIVE, since, until, feed, on=on)

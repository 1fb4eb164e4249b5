"""Random damages to sound files: every row is imported with its values, or named, or the file is refused."""

from __future__ import annotations

import csv
from datetime import UTC, date, datetime
from pathlib import Path
from random import Random

import pytest

from creditgate_server.errors import SetupFault
from creditgate_server.registry.forms import read_forms
from creditgate_server.registry.identity import PersonKey
from creditgate_server.registry.importer import HowToImport, import_file
from creditgate_server.registry.lookup import Registry
from creditgate_server.rulebook.load import read_directory
from tests import lanes
from tests.shared import store_with_tables

from .made.damages import Damaged, damaged
from .made.files import FOLDER

FORMS = read_forms(FOLDER.parents[2] / "rules")
DAY = date(2026, 11, 30)
NOW = datetime(2026, 11, 30, 4, 0, tzinfo=UTC)
_STATES = {"effective": "有效", "revoked": "已撤销"}


@pytest.mark.soak
def test_no_row_is_lost_unseen(sqlite_url: str, tmp_path: Path) -> None:
    store = store_with_tables(sqlite_url)
    catalogue = read_directory(FOLDER.parents[2] / "rules").rule_set.catalogue
    first = 1
    outcomes = {"taken": 0, "named": 0, "refused": 0}
    for campaign in range(lanes.size(120, 2_000)):
        case = damaged(Random(lanes.seed(14_000) * 10_000 + campaign), first)
        first += len(case.penalties)
        path, rejects = tmp_path / case.name, tmp_path / f"rejects-{campaign}.csv"
        path.write_bytes(case.content)
        try:
            import_file(
                store,
                path,
                catalogue=catalogue,
                forms=FORMS,
                person_key=PersonKey(b"k" * 32),
                data_day=DAY,
                known_at=NOW,
                how=HowToImport(rejects=rejects),
            )
        except SetupFault as fault:
            outcomes["refused"] += 1
            assert fault.message
            continue
        check(case, Registry(store), rejects, outcomes, f"case {campaign}: {case.told}")
    assert min(outcomes.values()) > 0
    store.close()


def check(case: Damaged, registry: Registry, rejects: Path, outcomes: dict[str, int], told: str) -> None:
    """Every penalty is there as it was written, or stands among the rows set aside."""
    aside = ""
    if rejects.exists():
        with rejects.open(encoding="utf-8-sig", newline="") as file:
            aside = plain("".join("".join(cells[3:]) for cells in csv.reader(file)))
    known = registry.knowledge([one.code for one in case.penalties], None)
    for one in case.penalties:
        found = [
            (
                record.amount_fen,
                record.decided_on,
                record.until,
                plain(record.organ_title),
                _STATES[record.state],
            )
            for record in known[one.code].records
            if plain(record.document_number) == one.document
        ]
        if found:
            wanted = (one.fine * 1_000_000, one.decided_on, one.until, one.organ, one.state)
            assert found == [wanted], f"{told}: {one.document} is not what the file says"
            outcomes["taken"] += 1
        else:
            assert one.document in aside or one.code in aside, f"{told}: {one.document} is lost"
            outcomes["named"] += 1


def plain(text: str) -> str:
    """Without quotes: one in the middle of a cell is part of what the file says."""
    return text.replace('"', "")

"""The shipped rules, a store of its own, and a ledger that a test writes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from creditgate_server.rulebook.bundle import RuleSet
from creditgate_server.rulebook.load import read_directory
from creditgate_server.storage.database import Store
from tests.outcomes.ledgers import Book, open_book
from tests.shared import store_with_tables

from .world import Reconciled, Run, run_on

RULES = Path(__file__).parents[2] / "rules"


@pytest.fixture(scope="session")
def rule_set() -> RuleSet:
    return read_directory(RULES).rule_set


@pytest.fixture
def embedded(sqlite_url: str) -> Iterator[Store]:
    opened = store_with_tables(sqlite_url)
    yield opened
    opened.close()


@pytest.fixture
def book(embedded: Store) -> Iterator[Book]:
    with open_book(embedded) as opened:
        yield opened


@pytest.fixture
def run(book: Book, rule_set: RuleSet) -> Run:
    """Reconcile files with what the test's ledger holds."""

    def reconciled(*files: Path, **changes: object) -> Reconciled:
        return run_on(book.store, rule_set, *files, **changes)

    return reconciled

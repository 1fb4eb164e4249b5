from pathlib import Path

import pytest

from creditgate_server.exemptions.search.documents import documents_of
from creditgate_server.exemptions.search.index import SearchIndex
from creditgate_server.rulebook.bundle import RuleSet
from creditgate_server.rulebook.load import read_directory

from .library import rule_set

RULES = Path(__file__).parents[2] / "rules"


@pytest.fixture(scope="session")
def small() -> SearchIndex:
    """The entries of `library.py`."""
    return SearchIndex(documents_of(rule_set()))


@pytest.fixture(scope="session")
def shipped_rules() -> RuleSet:
    """The shipped rules."""
    return read_directory(RULES).rule_set


@pytest.fixture(scope="session")
def shipped(shipped_rules: RuleSet) -> SearchIndex:
    """The entries of the shipped rules."""
    return SearchIndex(documents_of(shipped_rules))

from pathlib import Path

import pytest

from creditgate_server.exemptions.search.documents import documents_of
from creditgate_server.exemptions.search.index import Index
from creditgate_server.rulebook.load import read_directory

from .library import rule_set

RULES = Path(__file__).parents[2] / "rules"


@pytest.fixture(scope="session")
def small() -> Index:
    """The entries of `library.py`."""
    return Index(documents_of(rule_set()))


@pytest.fixture(scope="session")
def shipped() -> Index:
    """The entries of the shipped rules."""
    return Index(documents_of(read_directory(RULES).rule_set))

"""The tables that go by kind are whole: whoever adds a row to `judging/kinds.py` is told here what else it needs."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from creditgate.v1 import receipts_pb2
from creditgate_server.judging.kinds import ALL, ANSWERS, KINDS, TITLES, Kind
from creditgate_server.service.pack import ANSWERS as SENT
from creditgate_server.service.pack import WIRE
from creditgate_server.studies.explanation.explanation import EXPLAINERS

SERVER = Path(__file__).resolve().parents[2] / "server" / "creditgate_server"
GENERIC = (
    "service/receipts.py",
    "service/gate.py",
    "service/second_opinion.py",
    "judging/judge.py",
    "judging/second_opinion.py",
    "studies/replay",
    "ledger/verification",
    "ledger/asked.py",
    "ledger/loop.py",
    "ledger/persons.py",
    "ledger/figures.py",
    "cli/ledger",
)
"""What works on answers of any kind."""


@pytest.mark.parametrize("kind", ALL, ids=[kind.code for kind in ALL])
def test_a_kind_is_titled_packed_and_explained(kind: Kind) -> None:
    assert KINDS[kind.code] is kind
    assert TITLES[kind.code]
    assert kind.code in EXPLAINERS
    sent = SENT[kind.code]
    WIRE.fill(kind.decision, sent.message)  # raises Unmatched where a field has no source
    assert sent.response.DESCRIPTOR.fields_by_name["answer"].message_type is sent.message.DESCRIPTOR
    assert sent.on_receipt in {one.name for one in receipts_pb2.Receipt.DESCRIPTOR.oneofs_by_name["content"].fields}


def test_no_table_knows_a_kind_that_there_is_not() -> None:
    assert SENT.keys() == EXPLAINERS.keys() == KINDS.keys()
    assert set(ANSWERS) == {code for kind in ALL for code in kind.answers}


def test_kinds_are_told_apart_by_their_questions_and_decisions() -> None:
    assert len({kind.question for kind in ALL}) == len({kind.decision for kind in ALL}) == len(ALL)


def _named(path: Path) -> Iterator[str]:
    """Kinds that a module names: rows, types of questions and of decisions."""
    rows = {kind.code.upper() for kind in ALL}
    types = {one.__name__ for kind in ALL for one in (kind.question, kind.decision)}
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            for name in (one.name for one in node.names):
                if name in types or (name in rows and str(node.module).endswith("kinds")):
                    yield name
        elif isinstance(node, ast.Constant) and node.value in KINDS:
            yield repr(node.value)


@pytest.mark.parametrize("place", GENERIC)
def test_what_works_on_any_kind_names_none(place: str) -> None:
    paths = sorted((SERVER / place).rglob("*.py")) if (SERVER / place).is_dir() else [SERVER / place]
    assert paths
    named = {path.relative_to(SERVER).as_posix(): found for path in paths if (found := sorted(_named(path)))}
    assert not named


def test_the_leniency_question_is_named_where_it_is_meant() -> None:
    """The kind that once touched eighty files of the server."""
    naming = [path for path in SERVER.rglob("*.py") if "lenien" in path.read_text(encoding="utf-8").lower()]
    assert len(naming) <= 35, sorted(path.relative_to(SERVER).as_posix() for path in naming)

"""A kind of question that nobody needs, added to a copy of the tree: what it touches is counted, then it is asked."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from shutil import copytree, ignore_patterns
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
TOY = Path(__file__).with_name("toy")
DRIVER = "drive.py"
MOST_FILES = 9

ROW = """PLEDGE = Kind(
    code="pledge",
    title="告知承诺",
    question=PledgeQuestion,
    decision=PledgeDecision,
    subjects=lambda question: (question.subject,),
    judge=judge_pledge,
    open=lambda decision: decision.undetermined,
    answer=lambda decision: decision.answer,
    answers={answer.value: title for answer, title in PLEDGE_ANSWERS.items()},
    asked=asked_of_pledge,
    headline=lambda decision: PLEDGE_ANSWERS[decision.answer],
    moves=pledge_moves,
    item=lambda question: question.item,
)
"""
IMPORT = """from ..decision.pledge.decide import (
    PLEDGE_ANSWERS,
    PledgeDecision,
    PledgeQuestion,
    asked_of_pledge,
    judge_pledge,
    pledge_moves,
)
"""


@dataclass(frozen=True)
class Edit:
    """A line of a file that is there, and what stands there instead."""

    path: str
    before: str
    after: str

    @property
    def lines(self) -> int:
        """How many are written."""
        return len(set(self.after.splitlines()) - set(self.before.splitlines()))


_KINDS = "server/creditgate_server/judging/kinds.py"
_ALL = "ALL: tuple[Kind[Any, Any], ...] = (CHECK, LEVEL, LENIENCY"
THE_ROW = (
    Edit(_KINDS, _ALL, ROW + "\n" + _ALL + ", PLEDGE"),
    Edit(_KINDS, "from ..decision.parts", IMPORT + "from ..decision.parts"),
)

_PACK = "server/creditgate_server/service/pack.py"
_EXPLAIN = "server/creditgate_server/studies/explanation/explanation.py"
_SERVER = "server/creditgate_server/service/server.py"
_CLIENT = "client/creditgate/calls/client.py"
_RECEIPTS = "proto/creditgate/v1/explanation.proto"
_LAST_KIND = "  // An erasure.\n  RECEIPT_KIND_ERASURE = 5;\n"
REGISTRATION = (
    Edit(
        _PACK,
        "ANSWERS = {\n",
        "ANSWERS = {\n    PLEDGE.code: AnswerMessage(pledge_pb2.Pledge, pledge_pb2.AssessPledgeResponse),\n",
    ),
    Edit(_PACK, "leniency_pb2, supervision_pb2\n", "leniency_pb2, pledge_pb2, supervision_pb2\n"),
    Edit(_PACK, "LENIENCY, LEVEL, Kind\n", "LENIENCY, LEVEL, PLEDGE, Kind\n"),
    Edit(
        _EXPLAIN,
        "    LEVEL.code: level.EXPLAINER,\n",
        "    LEVEL.code: level.EXPLAINER,\n    PLEDGE.code: Explainer(),\n",
    ),
    Edit(_EXPLAIN, "LENIENCY, LEVEL, TITLES", "LENIENCY, LEVEL, PLEDGE, TITLES"),
    Edit(_SERVER, "        Supervision,\n", "        Supervision,\n        Pledges,\n"),
    Edit(_SERVER, "        CatalogueShown(gate),\n", "        CatalogueShown(gate),\n        Pledges(gate),\n"),
    Edit(_SERVER, "from .pools import", "from .pledge import Pledges\nfrom .pools import"),
    Edit(_RECEIPTS, _LAST_KIND, _LAST_KIND + "  // A commitment.\n  RECEIPT_KIND_PLEDGE = 6;\n"),
    Edit(_CLIENT, "class AsyncClient(CheckCalls,", "class AsyncClient(CheckCalls, PledgeCalls,"),
    Edit(_CLIENT, "from .receipts import", "from .pledge import PledgeCalls\nfrom .receipts import"),
)
"""A line or two in a table or a list, and what they import."""


def new_files() -> list[str]:
    """What the toy brings, by its place in the tree."""
    names = (path.relative_to(TOY).as_posix().removesuffix(".txt") for path in sorted(TOY.rglob("*.txt")))
    return [name for name in names if name != DRIVER]


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The copy, with the toy in it and what is generated made anew."""
    copy = tmp_path_factory.mktemp("toy") / "tree"
    left_out = ignore_patterns("__pycache__", "releases", ".*", "toy")
    for name in ("client", "docs", "proto", "rules", "server", "tests", "tools"):
        copytree(ROOT / name, copy / name, ignore=left_out)
    (copy / "pyproject.toml").write_bytes((ROOT / "pyproject.toml").read_bytes())
    for name in (*new_files(), DRIVER):
        target = copy / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes((TOY / f"{name}.txt").read_bytes())
    for edit in (*THE_ROW, *REGISTRATION):
        path = copy / edit.path
        text = path.read_text("utf-8")
        assert text.count(edit.before) == 1, f"{edit.path}: {edit.before!r} is there {text.count(edit.before)} times"
        path.write_text(text.replace(edit.before, edit.after), "utf-8")
    for command in (["generate_stubs.py", "client"], ["generate_values.py"], ["generate_sync.py"]):
        _run(copy, [f"tools/{command[0]}", *command[1:]])
    return copy


def _run(tree: Path, arguments: list[str]) -> str:
    paths = os.pathsep.join(str(tree / name) for name in ("server", "client", "."))
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=tree,
        env={**os.environ, "PYTHONPATH": paths},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, f"{arguments}: {done.stderr[-3000:]}"
    return done.stdout


def test_a_kind_touches_nine_files_at_most() -> None:
    touched = [*new_files(), *dict.fromkeys(edit.path for edit in THE_ROW)]
    assert touched == [
        "client/creditgate/calls/pledge.py",
        "client/creditgate/values/pledge.py",
        "docs/pledge.md",
        "proto/creditgate/v1/pledge.proto",
        "server/creditgate_server/decision/pledge/__init__.py",
        "server/creditgate_server/decision/pledge/decide.py",
        "server/creditgate_server/service/pledge.py",
        "tests/golden/pledge.yaml",
        "server/creditgate_server/judging/kinds.py",
    ]
    assert len(touched) <= MOST_FILES, touched


def test_what_is_left_are_lines_of_registration() -> None:
    lines: dict[str, int] = {}
    for edit in REGISTRATION:
        lines[edit.path] = lines.get(edit.path, 0) + edit.lines
    assert lines == {_PACK: 3, _EXPLAIN: 2, _SERVER: 3, _RECEIPTS: 2, _CLIENT: 2}


@pytest.fixture(scope="module")
def told(tree: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What a real server of the copy answered, and what became of its receipts."""
    said: dict[str, Any] = json.loads(_run(tree, [DRIVER, str(tmp_path_factory.mktemp("store"))]).splitlines()[-1])
    return said


@pytest.mark.process
def test_the_toy_is_asked_and_receipted(told: dict[str, Any]) -> None:
    assert "pledge" in told["kinds"]
    assert (
        [one["answer"] for one in told["found"]] == [one["wanted"] for one in told["found"]] == ["accepted", "refused"]
    )
    for one in told["found"]:
        assert one["exported"]
        assert one["column"] == ["pledge", one["answer"], "licence", False, ""]


@pytest.mark.process
def test_its_receipts_are_replayed_judged_again_and_verified(told: dict[str, Any]) -> None:
    for one in told["found"]:
        assert (one["replayed"], one["second_opinion"], one["rejudged"][0]) == ("same", "", True)
        assert "重新判断对照: 告知承诺回执" in one["rejudged"][1]
        assert "事项 licence, 主体 91441900MA" in one["rejudged"][1]
    assert told["sound"]


@pytest.mark.process
def test_its_answers_are_explained(told: dict[str, Any]) -> None:
    accepted, refused = (one["explained"] for one in told["found"])
    assert accepted[:2] == ["告知承诺", "可以告知承诺。"]
    assert refused[:2] == ["告知承诺", "不适用告知承诺。"]
    assert "市场监管局" in accepted[2]
    assert all(one["page"] for one in told["found"])

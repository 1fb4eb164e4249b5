"""`creditgate-server rules check`: the real library is sound; one slip, and the command names its place."""

from __future__ import annotations

import json
import re
import shutil
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from creditgate_server.cli.rules import app
from creditgate_server.publication.proofs import prove_once
from creditgate_server.storage.database import open_store

from .. import shared
from .test_rulebooks import BASE, HERE

RULES = HERE.parent.parent / "rules"


def check(path: Path, *options: str) -> Result:
    return CliRunner().invoke(app, ["check", str(path), *options])


@pytest.fixture(params=[HERE / "base", RULES], ids=["small", "real"])
def library(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A copy of a library that a test may spoil."""
    if not any(request.param.rglob("*.yaml")):
        pytest.skip("no rule library here")
    return Path(shutil.copytree(request.param, tmp_path / "rules"))


@pytest.fixture
def small(tmp_path: Path) -> Path:
    for name, content in BASE.items():
        (tmp_path / name).write_bytes(content)
    return tmp_path


def spoil(library: Path, pattern: str, replacement: str) -> tuple[Path, int]:
    """Replace the first match in the measures books; the file and the line of the match."""
    for file in sorted(library.rglob("*.yaml")):
        text = file.read_text(encoding="utf-8")
        match = re.search(pattern, text, re.MULTILINE)
        if "book: measures" in text and match:
            spoiled = text[: match.start()] + match.expand(replacement) + text[match.end() :]
            file.write_text(spoiled, encoding="utf-8")
            return file, text[: match.start()].count("\n") + 1
    raise AssertionError(f"nothing in the library matches {pattern}")


def assert_refused(library: Path, file: Path, first: int, last: int, fragment: str) -> None:
    result = check(library, "--no-proof")
    assert result.exit_code == 1
    named = re.search(rf"^{re.escape(str(file))}:(\d+):\d+: .*{fragment}", result.output, re.MULTILINE)
    assert named, result.output
    assert first <= int(named.group(1)) <= last


@pytest.mark.process
def test_the_small_library_is_proven():
    result = check(HERE / "base")
    assert result.exit_code == 0, result.output
    assert "没有错误: 规则 6 条, 措施 3 项, 依据 4 件, 事项 2 项" in result.output
    assert "引擎与对照判断一致: 规则 6 条" in result.output
    assert re.search(r"sha256:[0-9a-f]{64}", result.output)


@pytest.mark.process
def test_json_has_counts_digest_and_proof(small: Path):
    answer = json.loads(check(small, "--json").output)
    assert answer["sound"] is True
    assert answer["faults"] == []
    assert answer["counts"]["unverified_instruments"] == 4
    assert answer["digest"].startswith("sha256:")
    assert answer["proof"]["rules"] == 6


def test_json_has_the_faults(small: Path):
    broken = small / "broken.yaml"
    broken.write_text("traits:\n  - {code: one, titel: x}\n", encoding="utf-8")
    result = check(small, "--json")
    answer = json.loads(result.output)
    assert result.exit_code == 1
    assert answer["sound"] is False
    assert [(fault["file"], fault["line"], fault["column"]) for fault in answer["faults"]] == [(str(broken), 2, 17)]


def test_a_missing_directory_is_named(tmp_path: Path):
    result = check(tmp_path / "none")
    assert result.exit_code == 1
    assert f"{tmp_path / 'none'}:1:1: 没有这个目录" in result.output


@pytest.mark.process
def test_the_real_library_is_sound_and_proven(tmp_path: Path):
    """By the proof that the tests of a run share; how the command tells one, the small library shows."""
    result = check(RULES, "--no-proof")
    assert result.exit_code == 0, result.output
    assert "没有错误" in result.output
    shutil.copyfile(shared.proved_store(), tmp_path / "gate.db")
    rule_set = shared.library().rule_set
    with closing(open_store(f"sqlite:///{tmp_path / 'gate.db'}")) as store:
        proof = prove_once(store, rule_set, datetime.now(UTC), seconds=0.001)
    assert proof.kept
    assert (proof.report.rules, proof.beside) == (len(rule_set.rules), "")
    assert proof.report.compared > 100_000


def test_a_citation_removed_is_named(library: Path):
    file, line = spoil(library, r"^    basis:(?: .*\n|\n(?:      .*\n|    - .*\n)+)", "")
    assert_refused(library, file, 1, line, "缺少字段 basis")


def test_a_doubled_key_is_named(library: Path):
    file, line = spoil(library, r"^(    title: .*\n)", r"\1\1")
    assert_refused(library, file, line + 1, line + 1, "字段 title 重复")


def test_a_fact_misspelled_is_named(library: Path):
    file, line = spoil(library, r"fact: ([a-z_]+)", r"fact: \1x")
    assert_refused(library, file, line, line, "事实表里没有 .*是不是")


def test_an_unknown_measure_is_named(library: Path):
    file, line = spoil(library, r"measure: ([a-z0-9_.-]+)", r"measure: \1x")
    assert_refused(library, file, line, line, "措施目录里没有 .*是不是")

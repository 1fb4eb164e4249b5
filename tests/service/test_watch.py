"""`serve --watch`: an edit of the rule directory is live, or refused while the last good rules go on."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from creditgate.v1 import rule_sets_pb2, rule_sets_pb2_grpc

from .rule_books import variant
from .running import PATIENCE, Service, checks, fill_registry, question, serving

FILE = "books/measures/general.yaml"


class Edited:
    """A service that watches a copy of the library."""

    def __init__(self, service: Service, rules: Path) -> None:
        self.service = service
        self.rules = rules

    def digest(self) -> str:
        with self.service.channel() as channel:
            return checks(channel).Check(question(), wait_for_ready=True).answer.rule_set

    def refused(self) -> list[str]:
        with self.service.channel() as channel:
            stub = rule_sets_pb2_grpc.RuleSetServiceStub(channel)
            return list(stub.GetStatus(rule_sets_pb2.GetStatusRequest(), wait_for_ready=True).refused)

    def until(self, seen: Callable[[], bool]) -> None:
        """Look until it is so."""
        end = time.monotonic() + PATIENCE
        while not seen():
            assert time.monotonic() < end, self.service.log.read_text("utf-8")[-3000:]
            time.sleep(0.02)

    def replace(self, old: str, new: str) -> None:
        """Edit the file as editors do: written aside, then put in its place."""
        path = self.rules / FILE
        aside = path.with_name(".general.yaml.swp")
        text = path.read_text("utf-8")
        assert old in text
        aside.write_text(text.replace(old, new), "utf-8")
        aside.replace(path)


@pytest.fixture
def edited(tmp_path: Path) -> Iterator[Edited]:
    rules = variant(tmp_path, "甲")
    fill_registry(f"sqlite:///{tmp_path}/gate.db")
    with serving(tmp_path, "--watch", "--rules", str(rules)) as service:
        yield Edited(service, rules)


def test_an_edit_is_live_and_a_bad_one_refused(edited: Edited):
    first = edited.digest()
    edited.replace("〔甲〕", "〔乙〕")
    edited.until(lambda: edited.digest() != first)
    second = edited.digest()

    edited.replace("basis:", "bassis:")
    edited.until(lambda: bool(edited.refused()))
    assert edited.digest() == second
    assert any(f"{edited.rules / FILE}:" in line and "没有字段 bassis" in line for line in edited.refused())
    refusal = edited.service.await_event(event="rule directory refused, the last good rule set goes on")
    assert "没有字段 bassis" in str(refusal["faults"])

    edited.replace("bassis:", "basis:")
    edited.until(lambda: not edited.refused())
    assert edited.digest() == second


def test_new_renamed_and_deleted_files_count_and_half_a_file_does_not(edited: Edited):
    """Of a section on which no verdict depends: another organ would have all rules proved again each time."""
    first = edited.digest()
    extra = edited.rules / "catalogue" / "extra.yaml"
    extra.write_text("soft_measures:\n  - {code: letter, tit", "utf-8")
    edited.until(lambda: bool(edited.refused()))
    assert edited.digest() == first
    extra.write_text("soft_measures:\n  - {code: letter, title: 提示函}\n", "utf-8")
    edited.until(lambda: edited.digest() != first)
    with_letter = edited.digest()

    extra.rename(extra.with_name("renamed.yaml"))
    another = edited.rules / "catalogue" / "another.yaml"
    another.write_text("soft_measures:\n  - {code: visit, title: 上门走访}\n", "utf-8")
    edited.until(lambda: edited.digest() != with_letter)
    assert not edited.refused()

    (edited.rules / "catalogue" / "renamed.yaml").unlink()
    another.unlink()
    edited.until(lambda: edited.digest() == first)


def test_a_directory_that_vanishes_is_refused_and_taken_in_when_it_is_back(edited: Edited):
    first = edited.digest()
    away = edited.rules.with_name("away")
    edited.rules.rename(away)
    edited.until(lambda: bool(edited.refused()))
    assert edited.digest() == first
    text = (away / FILE).read_text("utf-8").replace("〔甲〕", "〔丙〕")
    (away / FILE).write_text(text, "utf-8")
    away.rename(edited.rules)
    edited.until(lambda: edited.digest() != first)
    assert not edited.refused()

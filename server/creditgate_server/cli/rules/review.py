"""What a rule library goes through before it is proposed: checks, its own tests, a comparison with what serves."""

from __future__ import annotations

import io
import os
from dataclasses import dataclass
from pathlib import Path

import msgspec
from rich.console import Console

from ...clock import legal_day
from ...errors import RuleSetFault
from ...judging.prove import PROVE_SECONDS, ProofReport
from ...present import utc_now
from ...publication.proofs import prove_once
from ...rulebook.bundle import RuleSet
from ...rulebook.load import LoadedRuleSet
from ...storage.database import Store
from ...studies.ruletests.load import FOLDER, read_tests
from ...studies.ruletests.run import CaseStatus, Runner
from ..difference.source import active_rule_set
from ..difference.terminal import show
from .check import check_directory
from .diff import WIDTH, DiffOrder, compare
from .trial import result_lines, summary

MOST_SUBJECTS = 20_000
"""Subjects that the comparison looks at; beyond, a random sample of so many."""


@dataclass(frozen=True, slots=True)
class ReviewResult:
    """What was found."""

    lines: tuple[str, ...]
    """For the proposer to read."""
    loaded: LoadedRuleSet | None
    """None where it may not be proposed."""
    report: bytes = b""
    """What it changes against the rule set in force, as JSON: kept with the proposal."""


def review(path: Path, store: Store) -> ReviewResult:
    """Check, prove, analyse and test a library, and compare it with what is in force."""

    def prove(rule_set: RuleSet) -> ProofReport:
        return prove_once(store, rule_set, utc_now(), seconds=PROVE_SECONDS).report

    checked = check_directory(path, legal_day(utc_now()), prove=prove)
    if not checked.sound or checked.loaded is None:
        return ReviewResult(checked.lines(), None)
    passed, lines = _tested(path, checked.loaded)
    if not passed:
        return ReviewResult(lines, None)
    active = active_rule_set(store)
    if active is None:
        return ReviewResult((*lines, "还没有启用过规则集, 没有可比较的"), checked.loaded)
    compared, report = _compared(active, checked.loaded.rule_set, store)
    return ReviewResult((*lines, *compared), checked.loaded, report)


def _tested(path: Path, loaded: LoadedRuleSet) -> tuple[bool, tuple[str, ...]]:
    if not (path / FOLDER).is_dir():
        return True, (f"没有规则用例: 建议在 {path / FOLDER} 写上",)
    try:
        tests = read_tests(path, loaded.rule_set)
    except RuleSetFault as refused:
        return False, tuple(str(fault) for fault in refused.faults)
    results = Runner(loaded.rule_set).run_all(tests.tests)
    failed = [result for result in results if result.status is CaseStatus.FAILED]
    return not failed, (*result_lines(tuple(failed)), summary(results))


def _compared(active: RuleSet, proposed: RuleSet, store: Store) -> tuple[tuple[str, ...], bytes]:
    now = utc_now()
    url = store.url.render_as_string(hide_password=False)
    wanted = DiffOrder(legal_day(now), now, url, sample=MOST_SUBJECTS, processes=os.cpu_count() or 1)
    found = compare(active, proposed, wanted, ("现行规则集", "提交的规则集"))
    written = io.StringIO()
    show(found, Console(file=written, width=WIDTH))
    return tuple(written.getvalue().splitlines()), msgspec.json.encode(found)

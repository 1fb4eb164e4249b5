"""Leniency questions in one process: with everything known, and with little."""

from __future__ import annotations

import statistics
import time
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from creditgate_server.decision.knowledge import Knowledge
from creditgate_server.decision.leniency.question import LeniencyQuestion
from creditgate_server.decision.question import SubjectInRole
from creditgate_server.judging.judge import Judge
from creditgate_server.rulebook.language import Role, Value
from creditgate_server.rulebook.load import read_directory

RULES = Path(__file__).resolve().parents[1] / "rules"
DAY = date(2026, 11, 20)
FIRM = "91441900708017879M"
LITTLE: dict[str, Value] = {"act_ended_on": "2026-11-18", "discovered_on": "2026-11-18"}
ALL: dict[str, Value] = {
    **LITTLE,
    "corrected": 1,
    "corrected_on": "2026-11-18",
    "corrected_on_the_spot": 1,
    "goods_value": 6_600,
    "source_explained": 1,
    "food_incident": 0,
    "catering": 0,
    "safety_bottom_line": 0,
    "malicious": 0,
    "repeated": 0,
    "consequences": "slight",
    "party_heard": 1,
    "prior_same_kind": 0,
}


@dataclass(frozen=True)
class LeniencyFigures:
    """Milliseconds a question, medians."""

    known: float
    unknown: float


def measure(turns: int = 200) -> LeniencyFigures:
    """Ask about expired food, again and again."""
    judge = Judge(read_directory(RULES).rule_set)
    return LeniencyFigures(known=_median(judge, ALL, turns), unknown=_median(judge, LITTLE, turns))


def _median(judge: Judge, facts: dict[str, Value], turns: int) -> float:
    feeds = dict.fromkeys(judge.rule_set.catalogue.feeds, DAY)
    known = {FIRM: Knowledge(identifier=FIRM, present=True, attributes={}, records=(), ratings=())}
    question = LeniencyQuestion(
        organ="market-regulation",
        exemption="m17",
        case_number="1",
        subject=SubjectInRole(identifier=FIRM, role=Role.APPLICANT),
        facts=facts,
        region="441900",
        purpose="bench",
        day=DAY,
    )
    seen = []
    for _ in range(turns):
        started = time.perf_counter()
        judge.judge(question, known, feeds)
        seen.append((time.perf_counter() - started) * 1_000)
    return statistics.median(seen)

"""The engine entered by many threads, one at a time and each after another, as a worker's threads enter it."""

from __future__ import annotations

import threading
from random import Random

import pytest

from creditgate_server.engine.reference import Case
from creditgate_server.judging.judge import Judge
from tests import lanes

from . import worlds
from .test_agreement import question_of

THREADS = 16
DECISIONS_A_RULE_SET = 1_000


class Turns:
    """Sixteen threads that decide one after another; no thread decides twice running."""

    def __init__(self, judge: Judge, cases: list[Case]) -> None:
        self._judge = judge
        self._cases = cases
        self._turns = [threading.Semaphore(0) for _ in range(THREADS)]
        self.decided = 0
        self.differences: list[str] = []

    def run(self) -> None:
        threads = [threading.Thread(target=self._decide, args=(number,)) for number in range(THREADS)]
        for thread in threads:
            thread.start()
        self._turns[0].release()
        for thread in threads:
            thread.join()

    def _decide(self, thread: int) -> None:
        mine = self._turns[thread]
        for place in range(thread, len(self._cases), THREADS):
            mine.acquire()
            try:
                self._decide_case(place)
            finally:
                self._turns[(thread + 1) % THREADS].release()

    def _decide_case(self, place: int) -> None:
        case = self._cases[place]
        question, known = question_of(case), {case.knowledge.identifier: case.knowledge}
        decision = self._judge.judge(question, known, case.feeds)
        difference = self._judge.second_opinion(question, known, case.feeds, decision)
        self.decided += 1
        if difference:
            self.differences.append(f"case {place}: {difference}")


@pytest.mark.soak
@pytest.mark.timeout(7200)
def test_decisions_by_sixteen_threads_in_turn_are_those_of_the_reference() -> None:
    """In soak 100,000."""
    decided = 0
    for block in range(lanes.size(2, 100)):
        random = Random(lanes.seed(block))
        rule_set = worlds.rule_set(random, rules=random.choice((5, 12, 30)))
        while not worlds.fits(rule_set):
            rule_set = worlds.rule_set(random, rules=random.choice((5, 12, 30)))
        judge = Judge(rule_set)
        turns = Turns(judge, [worlds.case(random, rule_set) for _ in range(DECISIONS_A_RULE_SET)])
        turns.run()
        assert turns.differences == [], f"rule set {lanes.seed(block)}"
        assert judge.engine_faults == 0
        decided += turns.decided
    assert decided == lanes.size(2, 100) * DECISIONS_A_RULE_SET

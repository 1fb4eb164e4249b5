"""What the memory check runs: the whole engine path on many worlds, faults included. Prints how many sessions ran."""

import sys
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from creditgate_server.engine.durable import EngineFault, Ruleset
from creditgate_server.judging.judge import Judge
from tests.engine import worlds
from tests.engine.test_agreement import engine_says
from tests.engine.test_limits import at_the_limits


def main() -> None:
    sessions = 0
    for seed in range(3):
        random = Random(seed)
        rule_set = worlds.rule_set(random, rules=20)
        judge = Judge(rule_set)
        for _ in range(25):
            engine_says(judge, worlds.case(random, rule_set))
            sessions += 1
        assert judge.engine_faults == 0
    for patterns, members in at_the_limits():
        ruleset = Ruleset(patterns)
        for _ in range(3):
            ruleset.ask(members)
            sessions += 1
        ruleset.close()
    try:
        Ruleset({"r": {"$and": [{"$or": [{"$and": [{"a": n}, {"b": n}]} for n in range(30)]}]}})
    except EngineFault:
        sessions += 1
    print(sessions)


if __name__ == "__main__":
    main()

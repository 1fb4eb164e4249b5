"""What the proof of a rule set looks at again when it knows one that was proved before."""

from __future__ import annotations

from pathlib import Path

import msgspec

from creditgate_server.judging.prove import prove
from creditgate_server.rulebook.bundle import RuleSet
from creditgate_server.rulebook.load import read_directory

BASE = Path(__file__).resolve().parents[1] / "rulebooks" / "base"


def test_only_what_verdicts_depend_on_is_proved_again():
    rule_set = read_directory(BASE).rule_set
    facts = rule_set.catalogue.facts
    fact = facts["promised"]

    def changed(**changes: object) -> RuleSet:
        other = {**facts, fact.name: msgspec.structs.replace(fact, **changes)}
        return RuleSet(catalogue=msgspec.structs.replace(rule_set.catalogue, facts=other), rules=rule_set.rules)

    assert prove(rule_set, rule_set).subjects == 0
    assert prove(changed(label="另一个名称"), rule_set).subjects == 0
    assert prove(changed(default=1), rule_set).subjects > len(rule_set.rules)
    first = rule_set.rules[-1]
    without = msgspec.structs.replace(first, when=None)
    rules = (*rule_set.rules[:-1], without)
    again = prove(RuleSet(catalogue=rule_set.catalogue, rules=rules), rule_set)
    assert 0 < again.subjects < prove(rule_set).subjects // 10

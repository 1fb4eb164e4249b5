"""The analysis of what records say in detail, and of records of related subjects."""

from __future__ import annotations

import pytest

from creditgate_server.rulebook.bundle import RuleSet
from creditgate_server.rulebook.load import read_texts
from creditgate_server.studies.analysis.analyse import analyse
from creditgate_server.studies.analysis.findings import RuleFindingKind

from .library import CATALOGUE, GRADE, LEVEL, MEASURES, rule

STRICT, LANE = "{measure: strict, duty: mandatory}", "{measure: lane, duty: optional}"
RELATIONS = CATALOGUE.replace("max_age_days: 30}", "max_age_days: 30, relations: true}")
PENALTY = "kinds: [penalty]"
OFFICER = "as: [legal_representative], of: true, while"


def planted(*rules: str) -> RuleSet:
    texts = {"catalogue.yaml": RELATIONS, "grade.yaml": GRADE, "level.yaml": LEVEL, "m.yaml": MEASURES + "".join(rules)}
    return read_texts({name: text.encode() for name, text in texts.items()}).rule_set


DEAD = {
    "fine more than everything": f"{{all: [{{records: {{{PENALTY}}}, fine: {{at_least: 100.00}}}}, {{records: {{{PENALTY}}}, amount: {{at_most: 99.99}}}}]}}",  # noqa: E501
    "of a kind and of none": f"{{all: [{{records: {{{PENALTY}, penalty_kinds: [fine]}}}}, {{records: {{{PENALTY}}}, at_most: 0}}]}}",  # noqa: E501
    "that licence and no record": f"{{all: [{{records: {{{PENALTY}, that_licence: true}}}}, {{records: {{{PENALTY}}}, at_most: 0}}]}}",  # noqa: E501
    "a running ban beyond its window": f"{{all: [{{records: {{{PENALTY}, ban_running: true}}}}, {{none: [{{records: {{{PENALTY}}}}}]}}]}}",  # noqa: E501
    "related and not": f"{{all: [{{related: {{{OFFICER}: now, records: {{{PENALTY}, penalty_kinds: [fine]}}}}}}, {{none: [{{related: {{{OFFICER}: now, records: {{{PENALTY}}}}}}}]}}]}}",  # noqa: E501
}
ALIVE = {
    "a fine below everything": f"{{all: [{{records: {{{PENALTY}}}, fine: {{at_most: 99.99}}}}, {{records: {{{PENALTY}}}, amount: {{at_least: 100.00}}}}]}}",  # noqa: E501
    "two kinds in one decision": f"{{all: [{{records: {{{PENALTY}, penalty_kinds: [fine]}}}}, {{records: {{{PENALTY}, penalty_kinds: [revocation]}}}}, {{records: {{{PENALTY}}}, at_most: 1}}]}}",  # noqa: E501
    "another licence": f"{{all: [{{records: {{{PENALTY}}}}}, {{none: [{{records: {{{PENALTY}, that_licence: true}}}}]}}]}}",  # noqa: E501
    "another organ": f"{{all: [{{records: {{{PENALTY}}}}}, {{none: [{{records: {{{PENALTY}, items_organ: true}}}}]}}]}}",  # noqa: E501
    "a ban that is over": f"{{all: [{{records: {{{PENALTY}}}}}, {{none: [{{records: {{{PENALTY}, ban_running: true}}}}]}}]}}",  # noqa: E501
    "another ground": "{all: [{records: {lists: [worse]}}, {none: [{records: {lists: [worse], grounds: [fraud]}}]}]}",
    "related then and no longer": f"{{all: [{{related: {{{OFFICER}: decided, records: {{{PENALTY}}}}}}}, {{none: [{{related: {{{OFFICER}: now, records: {{{PENALTY}}}}}}}]}}]}}",  # noqa: E501
    "related now and not yet then": f"{{all: [{{related: {{{OFFICER}: now, records: {{{PENALTY}}}}}}}, {{none: [{{related: {{{OFFICER}: decided, records: {{{PENALTY}}}}}}}]}}]}}",  # noqa: E501
}


@pytest.mark.parametrize("name", DEAD)
def test_a_rule_that_contradicts_itself_is_dead(name: str):
    found = [(one.kind, one.rules) for one in analyse(planted(rule("planted", DEAD[name], STRICT, "附一")))]
    assert (RuleFindingKind.DEAD, ("planted@2020-01-01",)) in found


@pytest.mark.parametrize("name", ALIVE)
def test_a_rule_that_can_hold_is_not_dead(name: str):
    found = [one.kind for one in analyse(planted(rule("planted", ALIVE[name], STRICT, "附一")))]
    assert RuleFindingKind.DEAD not in found


def test_an_incentive_and_a_restraint_on_a_relation_meet_and_are_shown():
    cause = f"{{related: {{{OFFICER}: decided, records: {{{PENALTY}, penalty_kinds: [revocation]}}}}}}"
    rules = rule("planted-strict", cause, STRICT, "附一"), rule("planted-lane", cause, LANE, "附二")
    (finding,) = [one for one in analyse(planted(*rules)) if one.kind is RuleFindingKind.CONTRADICTION]
    assert finding.witness is not None
    assert any("由其担任法定代表人的主体" in line and "吊销许可证件" in line for line in finding.witness.words)

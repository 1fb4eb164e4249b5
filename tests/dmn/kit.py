"""The decision tables of the DMN Technology Compatibility Kit, level 2, in our own layout, through the real parts.

Each case file names the kit's case, its facts, our tables of it, all their outputs, and what each test case of the kit
gives, in the kit's order. An output is a measure of a small catalogue built around the tables. Facts come from the
caller.

`python -m tests.dmn.kit` writes REPORT.md anew.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from creditgate_server.decision.check.question import Question
from creditgate_server.decision.findings import Verdicts
from creditgate_server.decision.knowledge import Knowledge
from creditgate_server.decision.question import SubjectInRole
from creditgate_server.engine.reference import Case, Reference
from creditgate_server.judging.judge import Judge
from creditgate_server.rulebook.bundle import RuleSet
from creditgate_server.rulebook.language import Role as SubjectRole
from creditgate_server.rulebook.language import Rule, Stage
from creditgate_server.rulebook.load import read_texts
from tests.shared import read_yaml

HERE = Path(__file__).parent
REPORT = HERE / "REPORT.md"
DAY = date(2026, 11, 20)
SUBJECT = "914419000000000000"
OTHER_CASES = ("0001", "0002", "0003", "0008", "0009", "0100", "0101", "0102", "0105", "0115", "0116")
"""Cases of the kit's level 2 that `not_expressible.yaml` must speak of."""


@dataclass(frozen=True)
class Said:
    """What one road says of a test case."""

    gives: tuple[str, ...]
    """Outputs that hold, each once, sorted."""
    open: tuple[str, ...]
    """Outputs that something unknown decides. Sorted."""
    rows: tuple[str, ...]
    """Outputs of the rows that hold, in the tables' order of rows."""


@dataclass(frozen=True)
class Compared:
    """A test case: what was expected and what each road says."""

    name: str
    expected: Said
    decision: Said
    engine: Said
    reference: Said
    second_opinion: str

    @property
    def passed(self) -> bool:
        """Whether both roads say what the kit expects."""
        agree = self.decision == self.engine == self.reference
        return agree and self.engine == self.expected and not self.second_opinion


def case_files() -> list[dict[str, Any]]:
    """The cases that are translated, in the kit's order."""
    return [read_yaml(file) for file in sorted((HERE / "cases").glob("*.yaml"))]


def not_expressible() -> list[dict[str, Any]]:
    """The cases that our tables can't say, with the reasons."""
    entries: list[dict[str, Any]] = read_yaml(HERE / "not_expressible.yaml")
    return entries


def rule_set_of(case: dict[str, Any]) -> RuleSet:
    """The tables of a case within a catalogue of their facts and outputs, read as any rule library is."""
    tables = {f"books/{name}": (HERE / "tables" / name).read_bytes() for name in case["tables"]}
    catalogue = {
        "instruments": [{"code": "tck", "title": "DMN TCK", "rank": "law", "effective": {"from": "2016-01-01"}}],
        "organs": [{"code": "organ", "title": "部门"}],
        "items": [{"code": "item", "title": "事项", "organ": "organ"}],
        "measures": [
            {"code": output, "title": output, "kind": "incentive", "instruction": "无"} for output in case["outputs"]
        ],
        "facts": [fact_entry(name, kind) for name, kind in case["facts"].items()],
    }
    text = yaml.safe_dump(catalogue, allow_unicode=True, sort_keys=False).replace("'2016-01-01'", "2016-01-01")
    return read_texts({"catalogue.yaml": text.encode(), **tables}).rule_set


def fact_entry(name: str, kind: str | list[str]) -> dict[str, Any]:
    """A fact of the catalogue: a flag, a whole number, or one of some words."""
    entry: dict[str, Any] = {"name": name, "label": name, "source": "caller", "supplier": "用例"}
    return {**entry, "type": kind} if isinstance(kind, str) else {**entry, "type": "choice", "choices": kind}


def compared(case: dict[str, Any]) -> list[Compared]:
    """Every test case of a case, on both roads."""
    rule_set = rule_set_of(case)
    judge, reference = Judge(rule_set), Reference(rule_set)
    known = Knowledge(identifier=SUBJECT, present=True, attributes={}, records=(), ratings=())
    results = []
    for number, test in enumerate(case["cases"], start=1):
        given = {name: int(value) if isinstance(value, bool) else value for name, value in test["given"].items()}
        subject = SubjectInRole(identifier=SUBJECT, role=SubjectRole.APPLICANT)
        question = Question(
            organ="organ",
            item="item",
            case_number=f"{case['number']}-{number:03d}",
            stage=Stage.ACCEPTANCE,
            subjects=(subject,),
            facts=given,
            purpose="dmn-tck",
            day=DAY,
        )
        engine = judge.judged(question, subject, known, {}).measures.verdicts
        opinion = reference.judge(Case(known, {}, DAY, given, subject.role, "organ", "item", Stage.ACCEPTANCE))
        decision = judge.judge(question, {SUBJECT: known}, {})
        waiting = {rule for entry in decision.undetermined for rule in entry.rules}
        from_engine = said(rule_set, engine)
        results.append(
            Compared(
                name=question.case_number,
                expected=expectation(test, from_engine),
                decision=Said(
                    gives=tuple(sorted(measure.code for measure in decision.measures)),
                    open=tuple(sorted({output_of(rule) for rule in rule_set.rules if rule.id in waiting})),
                    rows=from_engine.rows,
                ),
                engine=from_engine,
                reference=said(rule_set, opinion.measures_book),
                second_opinion=judge.second_opinion(question, {SUBJECT: known}, {}, decision),
            )
        )
    return results


def expectation(test: dict[str, Any], engine: Said) -> Said:
    """What the kit expects. Where it expects no list, the rows behind an output do not matter."""
    gives, undecided = tuple(sorted(test["gives"])), tuple(sorted(test.get("open", ())))
    return Said(gives, undecided, tuple(test["rows"]) if "rows" in test else engine.rows)


def said(rule_set: RuleSet, verdicts: Verdicts) -> Said:
    """Outputs by the verdicts on rows. An output that holds already is not open for another row's sake."""
    rows = [output_of(rule) for rule in rule_set.rules if rule.key in verdicts.holds]
    waiting = {output_of(rule) for rule in rule_set.rules if rule.key in verdicts.open} - set(rows)
    return Said(tuple(sorted(set(rows))), tuple(sorted(waiting)), tuple(rows))


def output_of(rule: Rule) -> str:
    """The measure that a row gives."""
    return str(getattr(rule.then, "measure", ""))


def report() -> str:
    """REPORT.md: what is translated and passes, and what our tables can't say."""
    cases = [(case, compared(case)) for case in case_files()]
    left_out = not_expressible()
    tests, passed = sum(len(done) for _, done in cases), sum(each.passed for _, done in cases for each in done)
    lines = [
        "# DMN Technology Compatibility Kit, compliance level 2",
        "",
        "Written by `python -m tests.dmn.kit`; a test holds it to what the tables do. Facts and figures are those of",
        "the kit's cases; tables and cases are written anew in our layout. Each test case runs through the table",
        "reader, the engine's judge and the reference evaluator, and all must say what the kit expects.",
        "",
        f"Translated: {len(cases)} of {len(cases) + len(left_out)} cases, with {tests} test cases; {passed} pass. "
        f"Not expressible: {len(left_out)} cases, with {sum(entry['cases'] for entry in left_out)} test cases.",
        "",
        "| case | hit policy | ours | translation | passed |",
        "|---|---|---|---|---|",
    ]
    for case, done in cases:
        count = f"{sum(each.passed for each in done)} of {len(done)}"
        row = (f"{case['number']} {case['title']}", case["policy"], case["hit"], case["translation"], count)
        lines.append(f"| {' | '.join(row)} |")
    lines += [
        "",
        "A decision names each output once and in no order. Where the kit expects a list (rule order, output order,",
        "collect), its order and repeats are read off the rows that hold, which carry their numbers.",
        "",
        "| not expressible | test cases | why |",
        "|---|---|---|",
        *(f"| {entry['number']} | {entry['cases']} | {entry['why']} |" for entry in left_out),
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    REPORT.write_text(report(), encoding="utf-8")

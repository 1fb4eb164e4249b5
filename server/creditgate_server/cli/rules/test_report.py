"""How `rules test` shows what it found: lines for people, one JSON object for programs."""

from __future__ import annotations

from collections.abc import Iterator

from ...rulebook.bundle import RuleSet
from ...rulebook.catalogue import Citation
from ...rulebook.language import Place
from ...rulebook.load import Loaded
from ...rulebook.words import test_in_words
from ...studies.ruletests.coverage import CoverageReport, Share, Side, tests_of
from ...studies.ruletests.run import Result, Status


def result_lines(results: tuple[Result, ...]) -> Iterator[str]:
    """One line for each expectation that was not met, and for each test that was not run."""
    for result in results:
        for wrong in result.mismatches:
            yield f"{_at(wrong.place)}: 用例“{result.test.name}”未通过: {wrong.message}"
        if result.status is Status.SKIPPED:
            yield f"{_at(result.test.place)}: 用例“{result.test.name}”跳过: {result.test.skip}"


def summary(results: tuple[Result, ...]) -> str:
    """How many tests came out how."""
    count = counts(results)
    return (
        f"规则用例 {len(results)} 个: 通过 {count['passed']}, 失败 {count['failed']}, "
        f"跳过 {count['skipped']}, 草稿 {count['draft']}"
    )


def counts(results: tuple[Result, ...]) -> dict[str, int]:
    """Tests by status."""
    statuses = [result.status for result in results]
    return {status.value: statuses.count(status) for status in Status}


def coverage_lines(report: CoverageReport, loaded: Loaded) -> Iterator[str]:
    """The shares, then all that is not covered, with the rule's place."""
    rule_set, places = loaded.rule_set, loaded.places
    for key in report.uncovered_rules:
        yield f"{_at(places[key])}: 未覆盖: 规则 {key} 从未成立"
    for side in report.uncovered_sides:
        yield f"{_at(places[side.rule])}: 未覆盖: 规则 {side.rule} 的条件{_never(side)}: {_words(rule_set, side)}"
    for citation, key in report.uncovered_citations:
        yield f"{_at(places[key])}: 未覆盖: 依据 {_cited(rule_set, citation)} 没有在成立的规则中出现"
    yield (f"覆盖: 规则 {_share(report.rules)}, 条件两面 {_share(report.sides)}, 依据条款 {_share(report.citations)}")


def as_json(
    results: tuple[Result, ...], report: CoverageReport, loaded: Loaded, missed: tuple[str, ...]
) -> dict[str, object]:
    """Everything, for programs."""
    rule_set, places = loaded.rule_set, loaded.places
    return {
        "passed": not missed and not any(result.status is Status.FAILED for result in results),
        "counts": counts(results),
        "tests": [_result(result) for result in results],
        "below_threshold": list(missed),
        "digest": rule_set.digest,
        "coverage": {
            "rules": _numbers(report.rules),
            "conditions": _numbers(report.sides),
            "citations": _numbers(report.citations),
            "uncovered_rules": [{"rule": key, **_placed(places[key])} for key in report.uncovered_rules],
            "uncovered_conditions": [
                {
                    "rule": side.rule,
                    "condition": _words(rule_set, side),
                    "never": side.holds,
                    **_placed(places[side.rule]),
                }
                for side in report.uncovered_sides
            ],
            "uncovered_citations": [
                {"instrument": citation.instrument, "article": citation.article, "rule": key, **_placed(places[key])}
                for citation, key in report.uncovered_citations
            ],
        },
    }


def _result(result: Result) -> dict[str, object]:
    return {
        "name": result.test.name,
        "status": result.status.value,
        **_placed(result.test.place),
        "skip": result.test.skip,
        "mismatches": [{"message": wrong.message, **_placed(wrong.place)} for wrong in result.mismatches],
    }


def _placed(place: Place) -> dict[str, object]:
    return {"file": place.file, "line": place.line, "column": place.column}


def _at(place: Place) -> str:
    return f"{place.file}:{place.line}:{place.column}"


def _numbers(share: Share) -> dict[str, object]:
    return {"covered": share.covered, "total": share.total, "percent": round(share.percent, 2)}


def _share(share: Share) -> str:
    return f"{share.covered}/{share.total}({share.percent:.1f}%)"


def _words(rule_set: RuleSet, side: Side) -> str:
    rule = next(rule for rule in rule_set.rules if rule.key == side.rule)
    return test_in_words(rule_set.catalogue, tests_of(rule)[side.number])


def _never(side: Side) -> str:
    return "从未成立" if side.holds else "从未不成立"


def _cited(rule_set: RuleSet, citation: Citation) -> str:
    return f"《{rule_set.catalogue.instruments[citation.instrument].title}》{citation.article}"

"""`rules test`: runs the tests beside a rule library, measures what they cover, drafts and shows."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from ...errors import RuleSetFault
from ...files.whole import write, write_new
from ...rulebook.bundle import RuleSet
from ...rulebook.catalogue import Citation
from ...rulebook.language import Place
from ...rulebook.load import LoadedRuleSet, read_directory
from ...rulebook.words import test_in_words
from ...studies.ruletests.coverage import ConditionSide, CoveredShare, RuleCoverage, tests_of
from ...studies.ruletests.junit import junit
from ...studies.ruletests.language import Tests
from ...studies.ruletests.load import read_tests
from ...studies.ruletests.run import CaseResult, CaseStatus, Runner
from ...studies.ruletests.skeleton import Drafter
from ...studies.ruletests.skeleton_text import skeleton_text
from ..asked import UNUSABLE, refuse
from ..faults import told_plainly


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Least coverage in whole percent, inclusive; None: none asked."""

    rules: int | None
    conditions: int | None

    @property
    def asked(self) -> bool:
        """Whether there is any."""
        return self.rules is not None or self.conditions is not None

    def missed(self, report: RuleCoverage) -> tuple[str, ...]:
        """What is below its threshold, in Chinese."""
        wanted = (("规则", report.rules, self.rules), ("条件两面", report.sides, self.conditions))
        return tuple(
            f"{label}覆盖 {share.percent:.1f}%, 低于要求的 {least}%"
            for label, share, least in wanted
            if least is not None and not share.reaches(least)
        )


def test_books(
    path: Annotated[Path, typer.Argument(help="规则库目录, 用例在其中的 tests 目录")] = Path("rules"),
    only: Annotated[str, typer.Option("--filter", metavar="文字", help="只运行名称含这些文字的用例")] = "",
    junit_file: Annotated[Path | None, typer.Option("--junit", metavar="文件", help="结果另写成 JUnit XML")] = None,
    json_output: Annotated[bool, typer.Option("--json", help="输出一个 JSON 对象")] = False,
    coverage: Annotated[bool, typer.Option("--coverage", help="列出没有覆盖的规则、条件和依据")] = False,
    threshold_rules: Annotated[
        int | None, typer.Option(min=0, max=100, metavar="百分比", help="至少成立过的规则")
    ] = None,
    threshold_conditions: Annotated[
        int | None, typer.Option(min=0, max=100, metavar="百分比", help="条件成立、不成立两面至少出现过的")
    ] = None,
    skeleton: Annotated[Path | None, typer.Option(metavar="文件", help="把没有覆盖的写成草稿文件")] = None,
) -> None:
    """运行规则用例。全部通过且达到覆盖要求时退出状态为 0, 有失败或不够时为 1, 规则或用例读不出来时为 2。"""
    thresholds = Thresholds(threshold_rules, threshold_conditions)
    if only and (thresholds.asked or skeleton):
        raise refuse("--filter 只运行一部分用例, 不能与覆盖要求或 --skeleton 同用")
    loaded, tests = _read(path, only)
    runner = Runner(loaded.rule_set)
    results = runner.run_all(tests.tests)
    report = runner.coverage.report()
    missed = thresholds.missed(report)
    if junit_file is not None:
        with told_plainly(UNUSABLE):
            write(junit_file, junit(results))
    if json_output:
        typer.echo(json.dumps(as_json(results, report, loaded, missed), ensure_ascii=False, sort_keys=True))
    else:
        _print(results, report, loaded, missed, coverage=coverage or thresholds.asked)
    if skeleton is not None:
        _write_skeleton(skeleton, runner, tests, quiet=json_output)
    failed = any(result.status is CaseStatus.FAILED for result in results)
    raise typer.Exit(1 if failed or missed else 0)


def _read(path: Path, only: str) -> tuple[LoadedRuleSet, Tests]:
    try:
        loaded = read_directory(path)
        tests = read_tests(path, loaded.rule_set)
    except RuleSetFault as refused:
        for fault in refused.faults:
            typer.echo(str(fault))
        raise refuse(f"规则库 {path} 或它的用例有 {len(refused.faults)} 处错误, 没有运行") from refused
    picked = tests.named(only) if only else tests
    if not picked.tests:
        raise refuse(f"没有名称含“{only}”的用例")
    return loaded, picked


def _print(
    results: tuple[CaseResult, ...],
    report: RuleCoverage,
    loaded: LoadedRuleSet,
    missed: tuple[str, ...],
    *,
    coverage: bool,
) -> None:
    for line in result_lines(results):
        typer.echo(line)
    if coverage:
        for line in coverage_lines(report, loaded):
            typer.echo(line)
    for line in missed:
        typer.echo(line)
    typer.echo(summary(results))


def _write_skeleton(file: Path, runner: Runner, tests: Tests, *, quiet: bool) -> None:
    day = max(test.day for test in tests.tests)
    made = Drafter(runner, day).skeleton()
    if made.drafts:
        with told_plainly(UNUSABLE):
            write_new(file, skeleton_text(made, runner.rule_set, day).encode())
    if not quiet:
        where = f", 已写入 {file}" if made.drafts else ", 没有写文件"
        typer.echo(f"草稿 {len(made.drafts)} 个{where}; 未能生成 {len(made.unreached)} 个")


def result_lines(results: tuple[CaseResult, ...]) -> Iterator[str]:
    """One line for each expectation that was not met, and for each test that was not run."""
    for result in results:
        for wrong in result.mismatches:
            yield f"{_at(wrong.place)}: 用例“{result.test.name}”未通过: {wrong.message}"
        if result.status is CaseStatus.SKIPPED:
            yield f"{_at(result.test.place)}: 用例“{result.test.name}”跳过: {result.test.skip}"


def summary(results: tuple[CaseResult, ...]) -> str:
    """How many tests came out how."""
    count = counts(results)
    return (
        f"规则用例 {len(results)} 个: 通过 {count['passed']}, 失败 {count['failed']}, "
        f"跳过 {count['skipped']}, 草稿 {count['draft']}"
    )


def counts(results: tuple[CaseResult, ...]) -> dict[str, int]:
    """Tests by status."""
    statuses = [result.status for result in results]
    return {status.value: statuses.count(status) for status in CaseStatus}


def coverage_lines(report: RuleCoverage, loaded: LoadedRuleSet) -> Iterator[str]:
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
    results: tuple[CaseResult, ...], report: RuleCoverage, loaded: LoadedRuleSet, missed: tuple[str, ...]
) -> dict[str, object]:
    """Everything, for programs."""
    rule_set, places = loaded.rule_set, loaded.places
    return {
        "passed": not missed and not any(result.status is CaseStatus.FAILED for result in results),
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


def _result(result: CaseResult) -> dict[str, object]:
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


def _numbers(share: CoveredShare) -> dict[str, object]:
    return {"covered": share.covered, "total": share.total, "percent": round(share.percent, 2)}


def _share(share: CoveredShare) -> str:
    return f"{share.covered}/{share.total}({share.percent:.1f}%)"


def _words(rule_set: RuleSet, side: ConditionSide) -> str:
    rule = next(rule for rule in rule_set.rules if rule.key == side.rule)
    return test_in_words(rule_set.catalogue, tests_of(rule)[side.number])


def _never(side: ConditionSide) -> str:
    return "从未成立" if side.holds else "从未不成立"


def _cited(rule_set: RuleSet, citation: Citation) -> str:
    return f"《{rule_set.catalogue.instruments[citation.instrument].title}》{citation.article}"

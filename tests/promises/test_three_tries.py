"""Three tries to slip a firm through: each fails, and the answer says at what. From the files to a judged check.

Files are read by the importer, the answers are those of the shipped rules, and a second evaluator agrees with each.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from openpyxl import Workbook

from creditgate_server.decision.check.decision import Decision, Outcome
from creditgate_server.decision.check.question import Question
from creditgate_server.decision.question import SubjectInRole
from creditgate_server.errors import SetupFault
from creditgate_server.judging.judge import Judge
from creditgate_server.registry.forms import read_forms
from creditgate_server.registry.identity import PersonKey
from creditgate_server.registry.importer import HowToImport, import_file
from creditgate_server.registry.lookup import Registry
from creditgate_server.registry.reports import ImportReport
from creditgate_server.rulebook.language import Role, Stage
from creditgate_server.storage.database import Store
from tests.shared import RULES, library

FIRM, FORMER = "91441900708017879M", "914419006177625157"
MANAGER = "110101180001010031"
"""A citizen identity number that was never given: of a person born in 1800."""
DAY, DAY_BEFORE = date(2026, 11, 20), date(2026, 11, 19)
NOW = datetime(2026, 11, 21, 4, 0, tzinfo=UTC)
FORMS = read_forms(RULES)

SUBJECTS = ("统一社会信用代码", "主体名称", "成立日期", "登记状态")
RECORDS = ("统一社会信用代码", "记录类别", "文书号", "许可事项", "认定日期", "认定单位")
RELATIONS = ("统一社会信用代码", "关系类别", "关系人证件类型", "关系人证件号码", "起始日期", "终止日期")
PENALTIES = ("统一社会信用代码", "行政处罚决定书文号", "处罚类别", "罚款金额(万元)", "处罚决定日期", "处罚机关")
PENALTIES += ("失信严重程度", "状态", "状态日期")
FINED = (FIRM, "东环罚〔2026〕1号", "罚款", "300", "2026-03-02", "东莞市生态环境局", "严重", "有效", "")
"""A fine of 200 万元 or more forbids an award for three years.

政府采购法 第二十二条, 实施条例 第十九条, 财库〔2022〕3号.
"""
NEVER_DELIVERED = "feed:penalty 从未送达数据 东莞市发展和改革局"


class Gate:
    """A registry that every feed but some has told all of DAY, and the judge of the shipped rules."""

    def __init__(self, store: Store, folder: Path) -> None:
        self.store, self.folder = store, folder
        self.rules = library().rule_set
        self.judge = Judge(self.rules)

    def feeds_delivered(self, *, but: str = "") -> None:
        """The firms' registration; of the rest a file without a row: there is nothing to tell."""
        firms = [(FIRM, "(样例)新厂", "2024-08-01", "正常"), (FORMER, "(样例)旧厂", "2015-01-01", "正常")]
        assert self.take(self.table(SUBJECTS, *firms)).delivered
        for code, feed in self.rules.catalogue.feeds.items():
            if code not in ("registration", but) and not feed.own:
                assert self.take(self.table(RECORDS), feed=code).delivered

    def table(self, headers: Sequence[str], *rows: Sequence[str]) -> Path:
        path = self.folder / "table.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([headers, *rows])
        return path

    def workbook(self, headers: Sequence[str], *rows: Sequence[str]) -> Path:
        book, path = Workbook(), self.folder / "book.xlsx"
        for row in (headers, *rows):
            book.active.append(row)
        book.save(path)
        return path

    def take(self, path: Path, *, feed: str | None = None, day: date = DAY) -> ImportReport:
        return import_file(
            self.store,
            path,
            catalogue=self.rules.catalogue,
            forms=FORMS,
            person_key=PersonKey(b"k" * 32),
            data_day=day,
            known_at=NOW,
            how=HowToImport(feed=feed),
        )

    def check(self, item: str) -> Decision:
        """May FIRM have it?"""
        question = Question(
            organ=self.rules.catalogue.items[item].organ,
            item=item,
            case_number="虚构-1",
            stage=Stage.DECISION,
            subjects=(SubjectInRole(identifier=FIRM, role=Role.APPLICANT),),
            facts={},
            purpose="办理",
            day=DAY,
        )
        known, feeds = Registry(self.store).known([FIRM], None, self.rules.catalogue)
        decision = self.judge.judge(question, known, feeds)
        assert self.judge.second_opinion(question, known, feeds, decision) == ""
        return decision


@pytest.fixture
def gate(store: Store, tmp_path: Path) -> Iterator[Gate]:
    made = Gate(store, tmp_path)
    yield made
    made.judge.close()


def reasons(decision: Decision) -> str:
    return "\n".join(f"{one.what} {one.reason} {one.supplier}" for one in decision.undetermined)


def measures(decision: Decision) -> list[tuple[str, str]]:
    return [(measure.code, measure.rule) for measure in decision.measures if measure.prohibits]


# The first try: a penalty that would forbid the award comes in a workbook that is damaged.


def test_nothing_to_tell_is_clear(gate: Gate) -> None:
    """What the tries are measured by: with all feeds whole and no penalty, nothing stands in the way."""
    gate.feeds_delivered()
    assert gate.check("government-procurement").outcome is Outcome.CLEAR


def test_a_penalty_with_a_formula_for_its_fine_is_named_and_its_feed_is_not_whole(gate: Gate) -> None:
    """The program that made the workbook stored the formula and no result: the fine may be any amount."""
    gate.feeds_delivered(but="penalty")
    fined = [*FINED[:3], "=150*2", *FINED[4:]]
    report = gate.take(gate.workbook(PENALTIES, fined))
    assert (report.rows, report.loaded, report.rejected, report.delivered) == (1, 0, 1, False)
    assert report.reject_file is not None
    named = report.reject_file.read_text("utf-8-sig")
    assert "罚款金额(万元)" in named
    assert "公式没有存下结果" in named

    decision = gate.check("government-procurement")
    assert decision.outcome is Outcome.UNDETERMINED
    assert reasons(decision) == NEVER_DELIVERED

    assert gate.take(gate.workbook(PENALTIES, FINED)).delivered  # mended at its source
    decision = gate.check("government-procurement")
    assert decision.outcome is Outcome.PROHIBITED
    assert measures(decision) == [("procurement-ban", "procurement-major-violation")]


def test_a_workbook_with_a_header_twice_is_refused_and_its_feed_is_not_whole(gate: Gate) -> None:
    """Which of two columns holds the fine, nobody can say."""
    gate.feeds_delivered(but="penalty")
    with pytest.raises(SetupFault, match=r"罚款金额.*出现两次"):
        gate.take(gate.workbook([*PENALTIES, "罚款金额(万元)"], [*FINED, "1"]))
    decision = gate.check("government-procurement")
    assert decision.outcome is Outcome.UNDETERMINED
    assert reasons(decision) == NEVER_DELIVERED


# Beside it: an export that leaves unsaid what decides. It loads as it is, and nothing is guessed.

EXPORT = (
    "行政相对人代码_1（统一社会信用代码）",
    "行政处罚决定书文号",
    "处罚类别",
    "处罚内容",
    "罚款金额（万元）",
    "暂扣或吊销证照名称及编号",
)
EXPORT += ("处罚决定日期", "处罚机关")
"""Columns of the national form of dual publicity. It has none for 失信严重程度."""


@pytest.mark.parametrize(
    ("kind", "content", "licence", "what", "reason"),
    [
        ("警告", "", "", "record:市监罚1:severity", "没有写明失信严重程度"),
        (
            "暂扣或者吊销许可证、暂扣或者吊销执照",
            "",
            "食品经营许可证 粤1",
            "record:市监罚1:penalty_kinds",
            "没有写明处罚种类",
        ),
    ],
)
def test_what_an_export_leaves_unsaid_is_named(
    gate: Gate, kind: str, content: str, licence: str, what: str, reason: str
) -> None:
    """食品安全法 第一百一十三条: more inspection where it is not minor; 第一百三十五条: the ban where it revoked."""
    gate.feeds_delivered()
    row = (FIRM, "市监罚1", kind, content, "", licence, "2026-09-01", "东莞市市场监督管理局")
    assert gate.take(gate.table(EXPORT, row)).delivered
    decision = gate.check("food-business-licence")
    assert decision.outcome is Outcome.UNDETERMINED
    assert measures(decision) == []
    assert reason in {one.what: one.reason for one in decision.undetermined}[what]
    assert all(one.supplier == "东莞市市场监督管理局" for one in decision.undetermined if one.what == what)


def test_what_the_text_says_decides(gate: Gate) -> None:
    """Suspended: no ban. Revoked: the ban. And an export that says neither is put right by one that does."""
    gate.feeds_delivered()
    row = (
        FIRM,
        "市监罚1",
        "暂扣或者吊销许可证、暂扣或者吊销执照",
        "",
        "",
        "食品经营许可证",
        "2026-03-01",
        "东莞市市场监督管理局",
    )
    assert gate.take(gate.table(EXPORT, row)).delivered
    assert gate.check("food-production-licence").outcome is Outcome.UNDETERMINED
    revoked = (*row[:3], "吊销食品经营许可证", *row[4:])
    assert gate.take(gate.table(EXPORT, revoked)).delivered
    assert measures(gate.check("food-production-licence")) == [("food-business-ban", "food-licence-revoked")]


# The second try: a new firm, represented by who represented another when its licence was revoked.


@pytest.mark.parametrize(
    ("item", "kind", "licence", "measure", "rule"),
    [
        (
            "entertainment-licence",
            "吊销许可证件",
            "娱乐经营许可",
            "entertainment-officer-ban",
            "entertainment-officer-revoked",
        ),
        (
            "food-production-licence",
            "吊销食品生产经营许可证件",
            "食品生产许可",
            "food-manager-ban",
            "food-manager-revoked",
        ),
    ],
)
def test_a_representative_brings_along_what_was_revoked(
    gate: Gate, item: str, kind: str, licence: str, measure: str, rule: str
) -> None:
    """娱乐场所管理条例 第五十三条, 食品安全法 第一百三十五条: five years, of whoever represented the firm then.

    The question names the new firm alone, of which no record is known.
    """
    gate.feeds_delivered()
    revoked = (FORMER, kind, "吊1", licence, "2024-01-10", "东莞市市场监督管理局")
    assert gate.take(gate.table(RECORDS, revoked)).delivered
    assert gate.check(item).outcome is Outcome.UNDETERMINED  # whom to look at, no file has told
    represents = ("法定代表人", "居民身份证", MANAGER)
    then, now = (FORMER, *represents, "2018-01-01", "2024-06-30"), (FIRM, *represents, "2024-08-01", "")
    assert gate.take(gate.table(RELATIONS, then, now)).delivered

    decision = gate.check(item)
    assert decision.outcome is Outcome.PROHIBITED
    assert measures(decision) == [(measure, rule)]
    (ban,) = (one for one in decision.measures if one.prohibits)
    assert "吊1" in str(ban.evidence)


# The third try: a second feed says of the penalty that its decision was revoked.


def test_a_state_that_two_feeds_tell_differently_is_open_and_both_are_named(gate: Gate) -> None:
    """No entry of the table of authority ranks either feed, and a revoked penalty does not come back.

    A repaired one would forbid the award all the same: 政府采购法实施条例 第十九条 knows no repair.
    """
    gate.feeds_delivered()
    revoked = (*FINED[:7], "已撤销", "2026-11-18")
    assert gate.take(gate.table(PENALTIES, revoked), feed="market", day=DAY_BEFORE).delivered
    assert gate.take(gate.table(PENALTIES, FINED), feed="environment").delivered

    decision = gate.check("government-procurement")
    assert decision.outcome is Outcome.UNDETERMINED
    assert measures(decision) == []
    told = reasons(decision)
    for value, feed, owner in (
        ("已撤销", "市场监管失信名单和经营异常名录", "市场监督管理局"),
        ("有效", "环境信用评价和第三方机构名单", "生态环境局"),
    ):
        assert value in told
        assert feed in told
        assert owner in told

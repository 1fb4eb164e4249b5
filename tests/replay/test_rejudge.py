"""The same question under other rules or with other knowledge: every move was worked out by hand."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import msgspec
import pytest
from typer.testing import CliRunner, Result

from creditgate_server.cli.main import app
from creditgate_server.clock import rfc3339
from creditgate_server.decision.check.question import Question
from creditgate_server.decision.knowledge import Knowledge
from creditgate_server.decision.leniency.question import LeniencyQuestion
from creditgate_server.decision.moves import Move
from creditgate_server.decision.question import SubjectInRole
from creditgate_server.errors import WrongState
from creditgate_server.judging.judge import Judge
from creditgate_server.ledger.receipt import Receipt, contents
from creditgate_server.ledger.writer import ReceiptWriter
from creditgate_server.publication.publisher import install
from creditgate_server.publication.rule_sets import save_rule_set
from creditgate_server.registry.lookup import Registry
from creditgate_server.registry.tables import RecordRevision, RegistryClock
from creditgate_server.rulebook.bundle import RuleSet
from creditgate_server.rulebook.language import Role, Stage
from creditgate_server.rulebook.load import read_directory
from creditgate_server.storage.database import Store
from creditgate_server.studies.replay.rejudge import Rejudgement, Under, rejudge
from creditgate_server.studies.replay.run import replay
from creditgate_server.studies.replay.selection import Selection
from creditgate_server.studies.replay.stored import OpenedReceipt, Opener
from tests.difference.people import SMALL, STRICTER_GRADE, fill, library, rule_set
from tests.golden import test_leniency as golden

from .mill import drafted

DAY = date(2026, 11, 20)
THEN = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
LATER = "2026-12-01T01:00:00.000000Z"


def asked(subject: str, item: str = "licence", organ: str = "market", **facts: int | str) -> Question:
    return Question(
        organ=organ,
        item=item,
        case_number="虚构-1",
        stage=Stage.DECISION,
        subjects=(SubjectInRole(identifier=subject, role=Role.APPLICANT),),
        facts=facts,
        purpose="办理",
        day=DAY,
    )


class Town:
    """The small library's ten subjects in a store, and checks of them with receipts."""

    def __init__(self, store: Store) -> None:
        self.store = store
        fill(store)
        self.rules = read_directory(SMALL)
        save_rule_set(store, self.rules.rule_set, self.rules.files, THEN)
        self.judge = Judge(self.rules.rule_set)
        self.writer = ReceiptWriter(store, now=lambda: THEN)

    def close(self) -> None:
        self.writer.close()
        self.judge.close()

    def check(self, question: Question) -> Receipt:
        """Ask with what the registry knows now."""
        known, feeds = Registry(self.store).known([one.identifier for one in question.subjects], question.known_at)
        made = self.writer.submit(drafted(question, self.judge.judge(question, known, feeds))).result()
        assert isinstance(made, Receipt)
        return made

    def correct_wages(self, subject: str) -> None:
        """The entry on the list of wage defaulters was a mistake: revoked from the start, as became known later."""
        revision = {
            "identifier": subject,
            "source": "credit",
            "document_number": "wages",
            "kind": "list_entry",
            "list": "wages",
            "severity": "",
            "organ": "",
            "organ_title": "",
            "decided_on": "2026-06-01",
            "effective_from": "2026-06-01",
            "until": None,
            "state": "revoked",
            "state_on": "2026-06-01",
            "amount_fen": 0,
            "content_hash": "",
            "known_at": LATER,
        }
        clock = RegistryClock.__table__  # type: ignore[attr-defined]
        with self.store.engine.begin() as connection:
            connection.execute(RecordRevision.__table__.insert(), [revision])  # type: ignore[attr-defined]
            connection.execute(clock.update().values(version=clock.c.version + 1))


@pytest.fixture
def town(store: Store) -> Iterator[Town]:
    made = Town(store)
    yield made
    made.close()


def opened(receipt: Receipt) -> OpenedReceipt:
    stored = Opener().open(receipt.kind, contents(receipt))
    assert stored is not None
    return stored


def under(receipt: Receipt, rules: RuleSet, **changes: object) -> Rejudgement:
    stored = opened(receipt)
    values = {
        "rule_set": rules,
        "known": stored.known,
        "feeds": stored.feeds,
        "day": stored.question.day,
        "knowledge": "作出结论时",
        **changes,
    }
    return rejudge(receipt.id, receipt.issued_at, stored, None, Under(**values))


def told(moves: tuple[Move, ...]) -> dict[str, tuple[str, str]]:
    return {move.what: (move.then, move.now) for move in moves}


def test_under_a_stricter_grade_a_clear_answer_becomes_measures(town: Town, tmp_path: Path) -> None:
    """c1 is rated C: B before, D after; D orders the strict review and, as high risk, the inspection."""
    result = under(town.check(asked("c1")), rule_set(tmp_path / "stricter", *STRICTER_GRADE))
    moves = told(result.moves)
    assert moves["结论"] == ("无奖惩措施", "适用惩戒措施")
    assert moves["信用等级"] == ("B(良)", "D(差)")
    assert moves["监管等级"] == ("一般风险", "高风险")
    measures = [(move.then, move.now) for move in result.moves if move.what == "措施"]
    assert measures == [
        ("无", "应当 从严审查, 规则 review, 依据《信用法》第九条"),
        ("无", "可以 现场核查, 规则 inspected, 依据《信用法》第十三条"),
    ]
    assert result.known == ()
    assert not result.same


def test_under_its_own_rules_with_its_own_knowledge_nothing_moves(town: Town) -> None:
    result = under(town.check(asked("c1")), town.rules.rule_set)
    assert (result.moves, result.known, result.same) == ((), (), True)


def test_a_rule_set_that_differs_in_words_alone_moves_nothing(town: Town, tmp_path: Path) -> None:
    renamed = rule_set(tmp_path / "renamed", ("title: 国家评价为 A\n", "title: 国家评价为A的\n"))
    result = under(town.check(asked("c1")), renamed)
    assert result.then.rule_set != result.now.rule_set
    assert (result.moves, result.same) == ((), True)


def test_an_item_that_the_other_rules_do_not_have_is_told(town: Town, tmp_path: Path) -> None:
    gone = rule_set(tmp_path / "gone", ("  - {code: grant, title: 专项资金, organ: finance}\n", ""), *GRANT_RULES_GONE)
    with pytest.raises(WrongState, match="没有事项 grant"):
        under(town.check(asked("b1", "grant", "finance", sum=200_000)), gone)


GRANT_RULES_GONE = (
    (
        "    title: 信用良而金额大的可以从严审查\n    effective: {from: 2021-01-01}\n    applies: {items: [grant]}\n",
        "    title: 信用良而金额大的可以从严审查\n    effective: {from: 2021-01-01}\n",
    ),
)


def test_a_record_that_was_corrected_since_counts_as_it_was_known_then(town: Town, tmp_path: Path) -> None:
    """w1 stood on the list of wage defaulters, so no licence; months later the entry is revoked as a mistake."""
    receipt = town.check(asked("w1"))
    assert receipt.answer == "prohibited"
    town.correct_wages("w1")
    registry = Registry(town.store)

    # Replay judges with what was known then.
    report = replay(town.store, Selection())
    assert (report.done, report.found) == (1, 0)

    # The registry itself still knows what was known then, and it is what the receipt holds.
    stored = opened(receipt)
    assert registry.known(["w1"], THEN)[0] == stored.known
    assert town.check(asked("w1")).answer == "incentives"
    as_then = town.check(msgspec.structs.replace(asked("w1"), known_at=THEN))
    assert (as_then.answer, as_then.decision) == ("prohibited", receipt.decision)

    # Today's knowledge: without the entry w1 is rated A; the express lane, and no ban.
    known, feeds = registry.known(["w1"], None)
    result = under(receipt, town.rules.rule_set, known=known, feeds=feeds)
    moves = told(result.moves)
    assert moves["结论"] == ("依法不予办理", "适用激励措施")
    assert moves["信用等级"] == ("D(差)", "A(优)")
    assert moves["监管等级"] == ("高风险", "低风险")
    assert {(move.then.split(",")[0], move.now.split(",")[0]) for move in result.moves if move.what == "措施"} == {
        ("应当 不予许可", "无"),
        ("应当 从严审查", "无"),
        ("可以 现场核查", "无"),
        ("无", "可以 绿色通道"),
    }
    (change,) = result.known
    assert (change.what, change.subject) == ("信用记录", "w1")
    assert change.then == "欠薪名单 wages, 2026-06-01 作出, 有效"
    assert change.now == "欠薪名单 wages, 2026-06-01 作出, 已撤销(2026-06-01)"


def test_on_a_later_day_the_rules_of_that_day_are_asked(town: Town, tmp_path: Path) -> None:
    ends = (
        "    title: 欠薪的不予许可\n    effective: {from: 2021-01-01}\n",
        "    title: 欠薪的不予许可\n    effective: {from: 2021-01-01, until: 2026-11-30}\n",
    )
    rules = rule_set(tmp_path / "ends", ends)
    receipt = town.check(asked("w1"))
    (move,) = under(receipt, rules).moves  # on that day the ban holds, and its end is known
    assert (move.what, move.then, move.now) == (
        "措施",
        "应当 不予许可, 规则 ban, 依据《信用法》第十一条",
        "应当 不予许可, 至 2026-11-30, 规则 ban, 依据《信用法》第十一条",
    )
    result = under(receipt, rules, day=date(2026, 12, 1))
    assert told(result.moves)["结论"] == ("依法不予办理", "适用惩戒措施")


def test_a_leniency_answer_moves_with_a_record_that_was_not_known(town: Town) -> None:
    """Golden cases: the first violation in two years may go without a penalty; with one 23 months ago it may not."""
    first, second = (
        next(case for case in golden.CASES if case["title"] == title)
        for title in ("过期食品货值66元, 二年内初次违法, 当场改正", "23个月前有同类处罚")
    )
    before, after = golden.decided(first), golden.decided(second)
    question = LeniencyQuestion(
        organ="market-regulation",
        exemption="m17",
        description="",
        case_number="1",
        subject=SubjectInRole(identifier=golden.FIRM, role=Role.APPLICANT),
        facts=golden.facts(first),
        region="441900",
        purpose="golden",
        day=golden.DAY,
    )
    made = town.writer.submit(drafted(question, before)).result()
    assert isinstance(made, Receipt)
    result = under(made, golden.judge().rule_set, known={golden.FIRM: after.known})
    moves = told(result.moves)
    assert moves["结论"] == ("首违可以不罚: 可以不予行政处罚", "没有不予处罚的情形, 按一般程序办理")
    assert moves["依据的规则"] == ("law-first、m17-samr-2025-1-first", "无")
    grounds = [move for move in result.moves if move.what == "情形"]
    assert all("符合" in move.then and "不符合" in move.now for move in grounds)
    assert len(grounds) == 2
    assert [move.what for move in result.known] == ["信用记录"]


def test_of_a_person_nothing_but_the_beginning_of_the_key_is_shown(town: Town, tmp_path: Path) -> None:
    person = "p:" + "0123456789abcdef" * 4
    receipt = town.check(asked(person))
    penalised = Knowledge(identifier=person, present=True, attributes={}, records=(), ratings=())
    result = under(receipt, rule_set(tmp_path / "s", *STRICTER_GRADE), known={person: penalised})
    assert {move.subject for move in result.moves} <= {"", "p:01234567…"}


# -- the command ------------------------------------------------------------------------------------------------------


@pytest.fixture
def run(town: Town) -> Callable[..., Result]:
    address = town.store.url.render_as_string(hide_password=False)

    def command(*arguments: str) -> Result:
        return CliRunner().invoke(app, ["ledger", "rejudge", "--store", address, *arguments])

    return command


Run = Callable[..., Result]


def test_the_command_shows_both_answers_and_what_moved(town: Town, run: Run, tmp_path: Path) -> None:
    receipt = town.check(asked("c1"))
    folder = library(tmp_path / "stricter", *STRICTER_GRADE)
    result = run("--receipt", receipt.id, "--rules", str(folder))
    assert result.exit_code == 0, result.output
    lines = result.stdout.splitlines()
    assert "当时: 无奖惩措施" in lines
    assert "重新判断: 适用惩戒措施" in lines
    assert "结论由“无奖惩措施”变为“适用惩戒措施”" in lines
    assert "    当时: B(良)" in lines
    assert "    重新判断: D(差)" in lines


def test_the_command_takes_the_rules_in_force_and_a_digest(town: Town, run: Run, tmp_path: Path) -> None:
    receipt = town.check(asked("c1"))
    assert run("--receipt", receipt.id).exit_code == 1  # nothing is in force yet
    loaded = read_directory(library(tmp_path / "stricter", *STRICTER_GRADE))
    recorded = install(town.store, loaded, "test")
    assert recorded is not None
    while rfc3339(datetime.now(UTC)) < recorded.effective_at:
        time.sleep(0.02)  # an activation takes effect at an instant of the clock
    for rules in ("today", loaded.rule_set.digest, loaded.rule_set.digest[len("sha256:") :][:12]):
        plain = json.loads(run("--receipt", receipt.id, "--rules", rules, "--json").stdout)
        assert (plain["then"]["rule_set"], plain["now"]["rule_set"]) == (receipt.rule_set, loaded.rule_set.digest)
        assert plain["moves"][0] == {"now": "适用惩戒措施", "subject": "", "then": "无奖惩措施", "what": "结论"}
    assert json.loads(run("--receipt", receipt.id, "--rules", "then", "--json").stdout)["same"] is True


def test_the_command_takes_what_is_known_today_or_was_at_an_instant(town: Town, run: Run) -> None:
    receipt = town.check(asked("w1"))
    town.correct_wages("w1")

    def moves(knowledge: str) -> list[str]:
        result = run("--receipt", receipt.id, "--rules", "then", "--knowledge", knowledge, "--json")
        return [move["now"] for move in json.loads(result.stdout)["moves"] if move["what"] == "结论"]

    assert moves("then") == []
    assert moves("2026-11-20T12:00:00+08:00") == []
    assert moves("today") == ["适用激励措施"]
    assert moves("2026-12-02T00:00:00Z") == ["适用激励措施"]


def test_the_page_stands_alone_and_escapes_what_it_shows(town: Town, run: Run, tmp_path: Path) -> None:
    receipt = town.check(msgspec.structs.replace(asked("c1"), purpose="<script>alert(1)</script>"))
    target = tmp_path / "page.html"
    folder = library(tmp_path / "stricter", *STRICTER_GRADE)
    assert run("--receipt", receipt.id, "--rules", str(folder), "--html", str(target)).exit_code == 0
    page = target.read_text("utf-8")
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert not re.search("https?:", page)
    assert "应当 从严审查" in page
    assert receipt.id in page


@pytest.mark.parametrize(
    "wrong",
    [
        ("--receipt", "r-none"),
        ("--knowledge", "yesterday"),
        ("--day", "2026-13-01"),
        ("--rules", "0123456789"),
        ("--html", "/nowhere/page.html"),
    ],
)
def test_what_cannot_be_done_is_told(town: Town, run: Run, wrong: tuple[str, str]) -> None:
    receipt = town.check(asked("c1"))
    arguments = {"--receipt": receipt.id, "--rules": "then", **dict([wrong])}
    result = run(*(part for pair in arguments.items() for part in pair))
    assert result.exit_code == 1
    assert result.stderr.startswith("creditgate-server: ")
